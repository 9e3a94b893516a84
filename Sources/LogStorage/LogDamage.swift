public import Vocabulary

/// Bytes of the data directory that had been synced and are not what was written.
public struct LogDamage: Hashable, Sendable {
    /// The damaged file, or the one that is not there.
    public let file: FileName
    /// Where the first byte stands that is not believed.
    public let offset: Int
    public let what: String
    /// The groups whose copies may have forgotten a vote or an acknowledgement: each came back
    /// under a new id, with what could be saved. Ascending. A group of which nothing at all was
    /// found is not named here, nor among the recovered ones.
    public internal(set) var affected: [ReplicaGroupID] = []

    init(_ file: FileName, offset: Int, _ what: String) {
        self.file = file
        self.offset = offset
        self.what = what
    }
}

extension LogDamage: CustomStringConvertible {
    public var description: String {
        let groups = affected.map { "\($0)" }.joined(separator: ", ")
        return "\(file) is damaged at offset \(offset): \(what)"
            + (affected.isEmpty ? "" : "; new copies of \(groups)")
    }
}
