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
    /// The entry in the heap of deadlines that counts for this connection.
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

    /// An entry was taken out of the heap; false if a later one took its place.
    mutating func wasWoken(at instant: Instant) -> Bool {
        guard scheduled == instant else { return false }
        scheduled = nil
        return true
    }
}
