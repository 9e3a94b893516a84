public import Vocabulary

/// What became of a proposal at once. What becomes of it in the end shows `apply`.
public enum ProposalOutcome: Hashable, Sendable {
    /// The payloads stand in this node's log, the first at `firstIndex`. They are committed if
    /// entries of `term` are applied at their indexes.
    case accepted(firstIndex: LogIndex, term: Term)
    case refused(ProposalRefusal)
}

/// Why nothing was appended. The payloads can not commit through this call.
public enum ProposalRefusal: Hashable, Sendable {
    case notLeader(leader: NodeID?)
    /// Too much waits to be committed: try again when something was.
    case overloaded
    /// Leadership is being handed over: try there, in a moment.
    case transferring(to: NodeID)
}
