public import Vocabulary

/// The last entry that a snapshot contains, or that was dropped from a log.
public struct SnapshotPosition: Hashable, Sendable, CustomStringConvertible {
    public let index: LogIndex
    /// The term of the entry at `index`.
    public let term: Term

    public init(index: LogIndex, term: Term) {
        self.index = index
        self.term = term
    }

    /// Before the first entry.
    public static let zero = SnapshotPosition(index: .zero, term: .zero)

    public var description: String { "\(index)@\(term)" }
}
