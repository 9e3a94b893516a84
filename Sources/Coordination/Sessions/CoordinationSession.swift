public import Vocabulary
public import ZooKeeperWire

/// What is known of a session on every replica. Whether its client is alive is the leader's
/// business, and stands nowhere here.
public struct CoordinationSession: Hashable, Sendable {
    public let id: CoordinationSessionID
    public let timeoutMilliseconds: Int32
    /// The only one whose requests are taken.
    public let owner: CoordinationOwner
    /// The change that opened it or attached it last. An expiry names it, so that a session that
    /// was attached since is left alone.
    public let attachment: Zxid
    /// By the group's clock.
    public let openedAt: WallTime
    public let ephemeralsCount: Int
    /// Nobody can use it any more, but some of its nodes still wait for `continueClosing`.
    public let isClosing: Bool

    public init(
        id: CoordinationSessionID, timeoutMilliseconds: Int32, owner: CoordinationOwner,
        attachment: Zxid, openedAt: WallTime, ephemeralsCount: Int = 0, isClosing: Bool = false
    ) {
        self.id = id
        self.timeoutMilliseconds = timeoutMilliseconds
        self.owner = owner
        self.attachment = attachment
        self.openedAt = openedAt
        self.ephemeralsCount = ephemeralsCount
        self.isClosing = isClosing
    }
}
