public import ZooKeeperWire

/// What became of a command.
public struct CoordinationReply: Hashable, Sendable {
    /// The number of the change, refused or not: the log's index.
    public let zxid: Zxid
    /// Whom to tell; nil for what the cluster does of itself.
    public let requester: CoordinationRequester?
    public let outcome: CoordinationOutcome

    public init(zxid: Zxid, requester: CoordinationRequester?, outcome: CoordinationOutcome) {
        self.zxid = zxid
        self.requester = requester
        self.outcome = outcome
    }
}

public enum CoordinationOutcome: Hashable, Sendable {
    case sessionOpened(timeoutMilliseconds: Int32)
    case sessionAttached(timeoutMilliseconds: Int32)
    /// All its nodes are gone.
    case sessionClosed
    /// It is over, but nodes of it are left. The requester is answered by an effect, once
    /// `continueClosing` has deleted the last.
    case sessionClosing
    /// Of op 1.
    case created(ZnodePath)
    /// Of ops 15, 19 and 21.
    case createdWithStat(ZnodePath, NodeStat)
    case deleted
    case dataSet(NodeStat)
    case accessSet(NodeStat)
    /// A result for each operation; if one was wrong, nothing was changed.
    case multi([MultiResult])
    case sessionsExpired(count: Int)
    case closingContinued
    case reaped(count: Int)
    case refused(ZooKeeperError)
}
