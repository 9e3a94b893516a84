import Vocabulary

/// What a socket of a client is, whatever it speaks. Small and flat: it is looked at many times for
/// every frame. What it speaks lies beside it, in a `HTTPSession` or a `SocketSession`.
struct ClientConnection: Sendable {
    var backlog = SocketBacklog()
    var rate: RateLimit
    /// A WebSocket whose client was welcomed.
    var isOpen = false
    /// Of a WebSocket behind its `hello`.
    var identity = Identity(user: UserID(0), device: DeviceID(0))
    /// Where the user's sessions are kept; this node before `hello`.
    var home: NodeID
    /// When to look again whether there is room for what waits.
    var wakeAt: Instant?
    /// The deadline that is set for this connection; it may have moved back since.
    var scheduled: Instant?

    init(home: NodeID, _ settings: GatewaySettings) {
        self.home = home
        rate = RateLimit(perSecond: settings.messagesPerSecond, burst: settings.messagesBurst)
    }

    /// Whether the client was welcomed and less than `limit` bytes wait for its socket. Mutating so
    /// that it looks in place.
    mutating func keepsUp(below limit: Int, at now: Instant) -> Bool {
        isOpen && backlog.bytes(at: now) < limit
    }

    /// When time alone changes something about the socket itself.
    func deadline(_ settings: GatewaySettings) -> Instant? {
        let stuckAt = backlog.stuckSince.map { $0 + settings.stuckSocket }
        return [stuckAt, wakeAt].compactMap(\.self).min()
    }
}
