import Vocabulary

/// One socket of a client, as its edge sees it: HTTP first, then perhaps a WebSocket.
struct ClientConnection: Sendable {
    var http: HTTPSession?
    var socket: SocketSession?
    var backlog = SocketBacklog()
    var rate: RateLimit
    /// Nothing more is read from it or sent to it; the shell is to close it.
    var isClosing = false
    /// When to look again whether there is room for what waits.
    var wakeAt: Instant?
    /// The earliest entry in the heap of deadlines that is for this connection.
    private var scheduled: Instant?

    init(_ settings: GatewaySettings, at now: Instant) {
        rate = RateLimit(perSecond: settings.messagesPerSecond, burst: settings.messagesBurst)
        http = HTTPSession(at: now)
    }

    /// When time alone changes something here.
    func deadline(_ settings: GatewaySettings) -> Instant? {
        if isClosing { return nil }
        let parts = [
            backlog.stuckSince.map { $0 + settings.stuckSocket }, http?.deadline(settings),
            socket?.deadline(settings), wakeAt,
        ]
        return parts.compactMap(\.self).min()
    }

    /// The deadline to put into the heap; nil if an entry there is early enough.
    mutating func deadlineToSchedule(_ settings: GatewaySettings) -> Instant? {
        guard let due = deadline(settings) else { return nil }
        if let scheduled, scheduled <= due { return nil }
        scheduled = due
        return due
    }

    /// The heap's entry was taken out.
    mutating func wasWoken() { scheduled = nil }
}
