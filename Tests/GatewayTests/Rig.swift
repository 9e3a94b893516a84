import ChatWire
import Credentials
import Gateway
import HTTPWire
import Membership
import Messages
import Placement
import Toolbox
import Vocabulary
import WebSocketWire

/// A gateway and everything around it: clients' sockets, the clock, and a list of what it asked.
struct Rig {
    let node: NodeID
    var gateway: GatewayInstance
    var clock: Int64 = 1_000_000_000
    var asked: [(request: RequestID, question: GatewayQuestion)] = []
    var works: [(request: RequestID, work: GatewayWork)] = []
    var told: [(peer: NodeID, message: EdgeHomeMessage)] = []
    var closed: Set<ConnectionID> = []
    private var sent: [ConnectionID: [Bytes]] = [:]
    private var decoders: [ConnectionID: WebSocketDecoder] = [:]
    private var lastConnection: UInt64 = 0

    static let ring = Ring.balanced(over: [NodeID(1), NodeID(2)], epoch: RingEpoch(3))
    static let signer = TokenSigner(key: Bytes([UInt8](repeating: 7, count: 32)), keyID: 1)
    static let wallStart: Int64 = 1_700_000_000_000

    init(
        node: UInt16 = 1, covers: Bool = true,
        _ change: (inout GatewaySettings) -> Void = { _ in }
    ) {
        var settings = GatewaySettings()
        settings.messagesPerSecond = 0
        change(&settings)
        var urls: SortedMap<NodeID, String> = SortedMap()
        for node in 1...3 { urls[NodeID(UInt16(node))] = "http://127.0.0.1:808\(node)" }
        self.node = NodeID(node)
        gateway = GatewayInstance(
            node: NodeID(node), ring: Self.ring, urls: urls, tokens: Self.signer,
            settings: settings,
            page: [StaticPage(path: "/", contentType: "text/html", body: "<p>hello</p>")],
            random: SeededRandom(seed: UInt64(node)))
        if covers { act { $0.subscriptionsCover(true, at: $1, into: &$2) } }
    }

    /// The nth user whose home is node `home`.
    static func user(_ number: Int, home: UInt16 = 1) -> UserID {
        var left = number
        for raw in UInt64(1)... {
            guard ring.owner(of: UserID(raw)) == NodeID(home) else { continue }
            if left == 0 { return UserID(raw) }
            left -= 1
        }
        return UserID(0)
    }

    static func token(
        _ user: UserID, device: UInt64 = 5, expires: Int64 = wallStart + 86_400_000
    ) -> String {
        signer.issue(
            AccessToken(
                user: user, device: DeviceID(device), issued: WallTime(milliseconds: wallStart),
                expires: WallTime(milliseconds: expires), nonce: TokenNonce(high: 1, low: 2)))
    }

    // MARK: - Events

    var now: Moment {
        Moment(
            monotonic: Instant(nanoseconds: clock),
            wall: WallTime(milliseconds: Self.wallStart + clock / 1_000_000))
    }

    mutating func act(
        _ event: (inout GatewayInstance, Moment, inout [GatewayDirective]) -> Void
    ) {
        var directives: [GatewayDirective] = []
        clock += 1_000
        event(&gateway, now, &directives)
        gateway.endTurn(into: &directives)
        for directive in directives {
            switch directive {
            case .send(let connection, let bytes): sent[connection, default: []].append(bytes)
            case .close(let connection): closed.insert(connection)
            case .tell(let peer, let message): told.append((peer, message))
            case .ask(let request, let question): asked.append((request, question))
            case .work(let request, let work): works.append((request, work))
            }
        }
    }

    mutating func connect() -> ConnectionID {
        lastConnection += 1
        let connection = ConnectionID(lastConnection)
        act { $0.clientConnected(connection, at: $1, into: &$2) }
        return connection
    }

    mutating func receive(_ bytes: Bytes, on connection: ConnectionID) {
        act { $0.clientReceived(connection, bytes, at: $1, into: &$2) }
    }

    mutating func backlog(_ queued: Int, on connection: ConnectionID) {
        act { $0.clientBacklogChanged(connection, queuedBytes: queued, at: $1, into: &$2) }
    }

    mutating func deliver(_ effect: MessageEffect) {
        let delivery = Delivery(group: ReplicaGroupID(1), event: effect)
        act { $0.delivered(delivery, at: $1, into: &$2) }
    }

    /// Lets time pass, waking the gateway whenever it asked for it.
    mutating func pass(_ duration: Duration) {
        let end = clock + duration.nanoseconds
        while let due = gateway.nextDeadline, due.nanoseconds <= end {
            clock = max(clock, due.nanoseconds)
            act { $0.timeDidAdvance(to: $1, into: &$2) }
        }
        clock = max(clock, end)
    }

    /// Answers the oldest open question.
    mutating func answer(_ answer: Gateway.GatewayAnswer) {
        let request = asked.removeFirst().request
        act { $0.answered(request, answer, at: $1, into: &$2) }
    }

    mutating func finishWork(_ result: GatewayWorkResult) {
        let request = works.removeFirst().request
        act { $0.workDone(request, result, at: $1, into: &$2) }
    }

    // MARK: - HTTP

    mutating func request(
        _ method: HTTPMethod, _ target: String, body: String = "", token: String? = nil,
        headers: [(String, String)] = [], on connection: ConnectionID
    ) throws {
        var fields = HTTPHeaders()
        if let token { fields.append("Authorization", "Bearer \(token)") }
        for (name, value) in headers { fields.append(name, value) }
        let request = HTTPRequest(
            method: method, target: try HTTPTarget(target), host: "127.0.0.1:8081",
            headers: fields, body: Bytes(body))
        receive(request.encoded(), on: connection)
    }

    /// What was sent since the last look, as bytes.
    mutating func takeSent(on connection: ConnectionID) -> Bytes {
        var writer = ByteWriter()
        for bytes in sent[connection] ?? [] { writer.writeRaw(bytes) }
        sent[connection] = nil
        return writer.take()
    }

    mutating func response(on connection: ConnectionID) throws -> HTTPResponse? {
        var decoder = HTTPResponseDecoder()
        decoder.append(takeSent(on: connection))
        return try decoder.next()
    }

    // MARK: - WebSocket

    mutating func openSocket() throws -> ConnectionID {
        let connection = connect()
        try request(
            .get, "/v1/socket",
            headers: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("Sec-WebSocket-Protocol", "rookery.v1"),
            ], on: connection)
        var decoder = HTTPResponseDecoder()
        decoder.append(takeSent(on: connection))
        guard try decoder.next()?.status == 101 else { throw RigFailure.noUpgrade }
        decoders[connection] = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: 4 << 20))
        return connection
    }

    mutating func text(_ text: String, on connection: ConnectionID) {
        receive(WebSocketEncoder.text(Bytes(text), mask: 0x0102_0304), on: connection)
    }

    /// A session that has been welcomed.
    mutating func session(
        _ user: UserID, device: UInt64 = 5, cursor: String? = nil
    ) throws -> ConnectionID {
        let connection = try openSocket()
        let extra = cursor.map { #","cursor":"\#($0)""# } ?? ""
        text(
            #"{"op":"hello","id":1,"token":"\#(Self.token(user, device: device))"\#(extra)}"#,
            on: connection)
        return connection
    }

    /// What came over the WebSocket since the last look.
    mutating func messages(on connection: ConnectionID) throws -> [WebSocketMessage] {
        let arrived = takeSent(on: connection)
        decoders[connection]?.append(arrived)
        var messages: [WebSocketMessage] = []
        while let message = try decoders[connection]?.next() { messages.append(message) }
        return messages
    }

    /// The frames that came; anything else, a close included, is left out.
    mutating func frames(on connection: ConnectionID) throws -> [ServerFrame] {
        var frames: [ServerFrame] = []
        for case .text(let text) in try messages(on: connection) {
            frames.append(try ServerFrame.decode(text))
        }
        return frames
    }
}

enum RigFailure: Error { case noUpgrade }

/// An entry of a chat's log.
func entry(
    _ seq: UInt64, from user: UserID, _ text: String, kind: ChatEntry.Kind = .message,
    users: [UserID] = []
) -> ChatEntry {
    ChatEntry(
        seq: SequenceNumber(seq), ord: seq, time: WallTime(milliseconds: 1_000 + Int64(seq)),
        from: user, kind: kind, clientID: ClientMessageID(high: 0x7000, low: 1 << 63 | seq),
        body: kind == .message ? MessageBody(text: Bytes(text)) : nil, users: users,
        digest: seq * 3)
}

let clientID = "01890a5d-ac96-774b-bcce-b302099a8057"
