public import Raft
public import Vocabulary

/// What the checkers see of one replica.
public protocol ObservedReplica {
    var group: ReplicaGroupID { get }
    /// Another one after a disk was lost, or the copy was taken out and made again.
    var copy: ReplicaID { get }
    var role: RaftRole { get }
    var term: Term { get }
    var commitIndex: LogIndex { get }
    var appliedIndex: LogIndex { get }
    var firstIndex: LogIndex { get }
    var lastIndex: LogIndex { get }
    var lastTerm: Term { get }
    /// Nil outside of `firstIndex - 1 ... lastIndex`.
    func term(at index: LogIndex) -> Term?
    /// - Precondition: the range lies in the log.
    func entries(from first: LogIndex, through last: LogIndex) -> [LogEntry]
}

extension ObservedReplica {
    public var copy: ReplicaID { .none }
}

/// One entry as the checkers remember it.
struct EntryMark: Hashable, Sendable {
    var term: Term
    /// Of this entry alone.
    var hash: UInt64
    /// Of this entry and all before it.
    var prefix: UInt64
}
