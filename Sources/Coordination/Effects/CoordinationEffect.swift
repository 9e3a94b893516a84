public import ZooKeeperWire

/// What an applied command means outside the tree, in order. Every replica gets all of them: each
/// knows which connections and watches are its own.
public enum CoordinationEffect: Hashable, Sendable {
    /// For watches, before the reply that tells of it.
    case changed(ZnodeChange)
    case sessionOpened(CoordinationSession)
    /// The old owner's connection has nothing more to say.
    case sessionMoved(CoordinationSession, from: CoordinationOwner)
    /// Closed or expired, behind the deletions of its nodes, or of the first of them.
    case sessionClosed(CoordinationSessionID, owner: CoordinationOwner, CoordinationEnd)
    /// For the node of the requester's owner.
    case replied(CoordinationReply)
}

/// Why a session is over.
public enum CoordinationEnd: Hashable, Sendable {
    case closed
    case expired
}
