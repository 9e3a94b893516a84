public import Vocabulary

/// What happened to an instance, for people and for bookkeeping.
public enum RaftObservation: Hashable, Sendable {
    /// `leader` is nil until it is heard of.
    case becameFollower(of: NodeID?, term: Term, because: StepDownReason)
    case becamePreCandidate(term: Term)
    case becameCandidate(term: Term)
    case becameLeader(term: Term)
    /// Entries from here on, never committed, gave way to another leader's.
    case truncated(from: LogIndex)
    /// A message that no correct peer sends; it was dropped.
    case nonsense(from: NodeID)
}

/// Why an instance follows.
public enum StepDownReason: UInt8, Hashable, Sendable {
    case heardLeader
    case higherTerm
    /// A leader that had no answer of a quorum for `RaftSettings.quorumTimeout`.
    case quorumSilent
    case electionLost
}
