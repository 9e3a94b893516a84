public import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// What goes into the coordination group's log.
public enum CoordinationCommand: Hashable, Sendable {
    /// A new session. `none` as its id lets the machine number it, by the log's index; any other
    /// id must never have been used.
    case openSession(
        CoordinationSessionID, timeoutMilliseconds: Int32, owner: CoordinationOwner)
    /// The client of a session came back, over another connection or node: from here on only that
    /// one is listened to.
    case attachSession(
        CoordinationSessionID, timeoutMilliseconds: Int32, owner: CoordinationOwner)
    case closeSession(CoordinationRequester)
    /// Sessions that the leader of `term` has not heard of for too long.
    case expireSessions([ExpiringSession], term: Term)
    /// Deletes more of what sessions left behind whose nodes were too many for one entry. The
    /// leader sends it as long as `CoordinationMachine.closingSessionsCount` is not 0.
    case continueClosing
    /// Containers that are empty again and nodes whose time is over. Judged once more in `apply`.
    case reap([ZnodePath])
    /// What `/zookeeper/config` says. The requester is the client that asked for it, if one did.
    case publishConfiguration(Bytes, requester: CoordinationRequester?)
    case write(CoordinationWrite)
}

/// A session, and the attachment at which it fell silent.
public struct ExpiringSession: Hashable, Sendable {
    public var session: CoordinationSessionID
    public var attachment: Zxid

    public init(_ session: CoordinationSessionID, attachment: Zxid) {
        self.session = session
        self.attachment = attachment
    }
}
