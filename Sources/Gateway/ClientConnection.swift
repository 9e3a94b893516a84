import Toolbox
import Vocabulary

/// What a socket of a client is, whatever it speaks. Small and flat: it is looked at many times for
/// every frame. What it speaks lies beside it, in a `HTTPSession` or a `SocketSession`.
struct ClientConnection: Sendable {
    var backlog = SocketBacklog()
    var rate: RateLimit
    /// What leaves at the end of the turn.
    private var output = ByteWriter()
    /// Bytes that left at the end of the last turn with any: what the next will need.
    private var usualOutput = 0
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

    // MARK: Output

    /// Adds what `body` writes to what leaves at the end of the turn. Returns whether it is the
    /// first of it.
    mutating func write(at now: Instant, _ body: (inout ByteWriter) -> Void) -> Bool {
        let before = output.count
        if before == 0, usualOutput > 0 { output = ByteWriter(reserving: usualOutput) }
        body(&output)
        backlog.send(output.count - before, at: now)
        return before == 0
    }

    /// Takes what was written; nil if nothing was.
    mutating func takeOutput() -> Bytes? {
        guard !output.isEmpty else { return nil }
        usualOutput = min(output.count * 3 / 2 + Self.spareBytes, Self.usualMaximum)
        return output.take()
    }

    private static let spareBytes = 64
    private static let usualMaximum = 2_048

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
