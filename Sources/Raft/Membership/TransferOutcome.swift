public import Vocabulary

/// What became of a wish to hand leadership over. How it ended is observed.
public enum TransferOutcome: Hashable, Sendable {
    case begun
    case alreadyLeader
    case refused(TransferRefusal)
}

/// Why leadership stays where it is.
public enum TransferRefusal: Hashable, Sendable {
    case notLeader(leader: NodeID?)
    case unknownMember(NodeID)
    case notAVoter(NodeID)
    /// Not heard within `RaftSettings.quorumTimeout`, or in need of a snapshot.
    case unreachable(NodeID)
    case changeRunning
    case transferRunning(to: NodeID)
}
