public import Vocabulary

/// What the log says of one group.
public struct RecoveredGroup: Hashable, Sendable {
    /// The copy that this is; `.none` if none was ever created.
    public var replica: ReplicaID
    public var term: Term
    public var vote: NodeID?
    /// The newest durable snapshot.
    public var snapshot: SnapshotReference?
    /// Without a gap, from behind the snapshot (or from index 1) on.
    public var entries: [LogEntry]
    /// Entries up to the snapshot's that the log happens to have still, without a gap, the last
    /// one at the snapshot's index; for followers that are a little behind.
    public var retained: [LogEntry]
    /// The index before `retained`, and the term of its entry. The snapshot's own if nothing is
    /// retained; zero without a snapshot.
    public var baseIndex: LogIndex
    public var baseTerm: Term

    public init(
        replica: ReplicaID = .none, term: Term = .zero, vote: NodeID? = nil,
        snapshot: SnapshotReference? = nil, entries: [LogEntry] = []
    ) {
        self.replica = replica
        self.term = term
        self.vote = vote
        self.snapshot = snapshot
        self.entries = entries
        retained = []
        baseIndex = snapshot?.index ?? .zero
        baseTerm = snapshot?.term ?? .zero
    }
}
