import Toolbox
import Vocabulary

extension [LogEntry] {
    /// The entries in pieces that each take at most `bytes` as a record, but for a piece of one.
    func pieces(of bytes: Int) -> [ArraySlice<LogEntry>] {
        var pieces: [ArraySlice<LogEntry>] = []
        var start = startIndex
        var taken = StoredRecord.overheadBytes
        for index in indices {
            let entryBytes = self[index].payload.count + StoredRecord.entryOverheadBytes
            if index > start, taken + entryBytes > bytes {
                pieces.append(self[start..<index])
                start = index
                taken = StoredRecord.overheadBytes
            }
            taken += entryBytes
        }
        if start < endIndex { pieces.append(self[start...]) }
        return pieces
    }
}
