import Vocabulary

/// The appends that a follower was sent and has not acknowledged, oldest first.
struct InFlightWindow: Sendable {
    private struct Append: Sendable {
        let last: LogIndex
        let entries: Int
        let bytes: Int
    }

    private var appends: [Append] = []
    private(set) var entriesCount = 0
    private(set) var bytesCount = 0

    var appendsCount: Int { appends.count }
    var isEmpty: Bool { appends.isEmpty }

    func isFull(_ settings: RaftSettings) -> Bool {
        appends.count >= settings.windowAppendsMaximum
            || entriesCount >= settings.windowEntriesMaximum
            || bytesCount >= settings.windowBytesMaximum
    }

    mutating func add(last: LogIndex, entries: Int, bytes: Int) {
        appends.append(Append(last: last, entries: entries, bytes: bytes))
        entriesCount += entries
        bytesCount += bytes
    }

    mutating func free(through index: LogIndex) {
        var count = 0
        while count < appends.count, appends[count].last <= index {
            entriesCount -= appends[count].entries
            bytesCount -= appends[count].bytes
            count += 1
        }
        appends.removeFirst(count)
    }

    mutating func removeAll() {
        appends.removeAll(keepingCapacity: true)
        entriesCount = 0
        bytesCount = 0
    }
}
