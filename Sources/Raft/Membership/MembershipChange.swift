public import Vocabulary

/// What an operator, or the group itself, wants of its members.
public enum MembershipChange: Hashable, Sendable {
    /// Sends the log to one more copy, which is never counted. It takes the place of another
    /// learner of its node.
    case addLearner(RaftMember)
    /// Makes the node's learner a voter, in the place of the voter that the node may have.
    case promote(NodeID)
    /// Makes the node's voter a learner.
    case demote(NodeID)
    /// Takes all copies of the node out of the group.
    case remove(NodeID)
    /// Makes these nodes' copies, voters or learners now, the voters; voters that are not named
    /// leave the group.
    case setVoters([NodeID])
}

/// What became of a change at once. When it is in force and committed is observed.
public enum MembershipOutcome: Hashable, Sendable {
    /// Its first entry stands in this node's log. What follows happens by itself, also under
    /// another leader, unless the entry is replaced by one.
    case accepted(index: LogIndex, term: Term)
    /// The configuration is as wanted.
    case unchanged
    case refused(MembershipRefusal)
}

/// Why nothing was changed.
public enum MembershipRefusal: Hashable, Sendable {
    case notLeader(leader: NodeID?)
    /// One change at a time, up to the end of its joint phase.
    case changeRunning
    /// Ask again in a moment: this leader has not yet committed an entry of its own.
    case nothingCommittedInTerm
    case unknownMember(NodeID)
    case notALearner(NodeID)
    /// The learner lacks so many entries, or was not heard lately.
    case lagging(NodeID, entries: Int)
    /// No majority of the voters before, or after, was heard within `RaftSettings.quorumTimeout`.
    case quorumAtRisk(silent: [NodeID])
    case noVoters
    case tooManyVoters
    case tooManyLearners
    case transferRunning
}
