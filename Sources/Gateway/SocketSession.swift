import ChatWire
import Toolbox
import Vocabulary
import WebSocketWire

/// The WebSocket side of a connection, as its edge sees it.
///
/// greeting ──hello──▶ joining ──attached, position known──▶ open
struct SocketSession: Sendable {
    enum Stage: Sendable {
        case greeting(until: Instant)
        case joining(Joining)
        case open
    }

    /// Between `hello` and `welcome`.
    struct Joining: Sendable {
        let id: FrameID?
        let since: Instant
        /// As the client gave it.
        let cursor: Bytes?
        /// The home has answered, or is not waited for any longer.
        var isSettled = false
    }

    /// How far a guest is with being sent to his home.
    enum Departure: Hashable, Sendable {
        case none
        /// He may stay until then.
        case due(Instant)
        /// He waits for his turn.
        case queued
        case told
    }

    /// Bytes of a message before `welcome`.
    static let helloBytesMaximum = 16 << 10

    private let edge: NodeID
    var decoder: WebSocketDecoder
    var stage: Stage
    var session = ClientSessionID(0)
    var link: HomeLink
    var requests = RequestQueue()
    /// Pushes of another node that came before `welcome` was sent.
    var held: [Bytes] = []
    /// When the client last said anything.
    var heardAt: Instant
    /// When it is closed, after a `goaway`.
    var leavesAt: Instant?
    var leavesWith = ClientCloseCode.restart
    var departure = Departure.none
    /// The user was at home here, or where another home was, until the ring moved him.
    var isDisplaced = false

    init(edge: NodeID, _ settings: GatewaySettings, at now: Instant) {
        self.edge = edge
        decoder = WebSocketDecoder(
            role: .server, limits: WebSocketLimits(messageBytesMaximum: Self.helloBytesMaximum))
        stage = .greeting(until: now + settings.helloTimeout)
        link = HomeLink(home: edge)
        heardAt = now
    }

    /// A good `hello` came.
    mutating func join(
        _ joining: Joining, session: ClientSessionID, home: NodeID
    ) {
        stage = .joining(joining)
        self.session = session
        link = HomeLink(home: home)
    }

    /// The client was welcomed: it may send what it likes.
    mutating func open() {
        stage = .open
        decoder.limits.messageBytesMaximum = Limits.clientMessageBytesMaximum
    }

    /// Two and a half heartbeats without a word, and the client counts as gone.
    func silentAt(_ settings: GatewaySettings) -> Instant {
        heardAt + settings.heartbeat * 5 / 2
    }

    func deadline(_ settings: GatewaySettings) -> Instant? {
        switch stage {
        case .greeting(let until): min(until, leavesAt ?? until)
        case .joining(let joining):
            earliest(silentAt(settings), leavesAt, linkDeadline, settlesAt(joining, settings))
        case .open: earliest(silentAt(settings), leavesAt, linkDeadline, departsAt)
        }
    }

    /// A home on this node needs no looking after.
    private var linkDeadline: Instant? { link.home == edge ? nil : link.deadline }

    private var departsAt: Instant? {
        if case .due(let at) = departure { at } else { nil }
    }

    private func earliest(_ instants: Instant?...) -> Instant? {
        instants.compactMap(\.self).min()
    }

    /// When a home that does not answer is waited for no longer.
    func settlesAt(_ joining: Joining, _ settings: GatewaySettings) -> Instant? {
        if joining.isSettled { return nil }
        return joining.since
            + (link.home == edge ? settings.welcomeTimeout : settings.homePatience)
    }
}
