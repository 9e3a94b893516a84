public import Vocabulary

/// What a replica group wants to survive a crash.
public enum WriteAheadLogRecord: Hashable, Sendable {
    /// Entries that follow one another. The first may be at or before the last one appended
    /// earlier: what was there from it on is replaced.
    ///
    /// - Precondition: not empty, above the group's snapshot, no gap.
    case entries(ReplicaGroupID, [LogEntry])
    /// The group's term, and whom this node voted for in it.
    case hardState(ReplicaGroupID, term: Term, vote: NodeID?)
    /// The state at `index` is durable in `file`, made here or received. Entries up to `index` may
    /// go. If the entry at `index` is there and has that term the entries behind it stay; else
    /// the group's log is reset to start behind `index`. One that is older than the group's
    /// snapshot changes nothing.
    case snapshotInstalled(ReplicaGroupID, index: LogIndex, term: Term, file: FileName)
    /// Entries up to `through` are not wanted any more.
    ///
    /// - Precondition: a snapshot at or behind `through` has been recorded.
    case compacted(ReplicaGroupID, through: LogIndex)
    /// A fresh copy of the group's log begins: whatever the log says of the group from before is
    /// void.
    ///
    /// - Precondition: the id is not `.none`.
    case replicaCreated(ReplicaGroupID, ReplicaID)
    /// The group has no copy here any more: the log forgets it, and recovery does not name it.
    case replicaRemoved(ReplicaGroupID)

    public var group: ReplicaGroupID {
        switch self {
        case .entries(let group, _): group
        case .hardState(let group, _, _): group
        case .snapshotInstalled(let group, _, _, _): group
        case .compacted(let group, _): group
        case .replicaCreated(let group, _): group
        case .replicaRemoved(let group): group
        }
    }
}

/// A snapshot that the log knows to be durable.
public struct SnapshotReference: Hashable, Sendable {
    /// The last entry that the snapshot stands for.
    public let index: LogIndex
    public let term: Term
    public let file: FileName

    public init(index: LogIndex, term: Term, file: FileName) {
        self.index = index
        self.term = term
        self.file = file
    }
}
