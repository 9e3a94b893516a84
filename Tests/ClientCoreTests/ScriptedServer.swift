import ChatWire
import ClientCore
import HTTPWire
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

/// A client and the other end of its connection, played by hand.
struct ScriptedServer {
    var client: ChatClientInstance
    var now = Moment(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 1_000_000))
    /// What the client asked to connect to, in order.
    var dialled: [ServerAddress] = []
    var connection: ConnectionID?
    var reports: [ChatClientReport] = []
    /// Frames that the client sent and nobody looked at.
    var frames: [ClientFrame] = []
    var closesCount = 0

    private var requests = HTTPRequestDecoder()
    private var messages: WebSocketDecoder?

    static let nodes = [1, 2, 3].map { ServerAddress(host: "n\($0)", port: 80) }
    static let idText = "01912d68-783e-7a03-8467-5661c1243ad4"

    init(seed: UInt64 = 1, _ change: (inout ChatClientSettings) -> Void = { _ in }) {
        var settings = ChatClientSettings(nodes: Self.nodes, token: "token")
        change(&settings)
        client = ChatClientInstance(settings: settings, seed: seed)
    }

    // MARK: - What the client is told

    mutating func act(
        _ body: (inout ChatClientInstance, Moment, inout [ChatClientDirective]) -> Void
    ) {
        var directives: [ChatClientDirective] = []
        body(&client, now, &directives)
        for directive in directives { perform(directive) }
    }

    mutating func start() { act { $0.start(at: $1, into: &$2) } }

    mutating func connect() {
        guard let connection else { return }
        act { $0.handle(.connected(connection), at: $1, into: &$2) }
    }

    mutating func receive(_ bytes: Bytes) {
        guard let connection else { return }
        act { $0.handle(.received(connection, bytes), at: $1, into: &$2) }
    }

    /// The server says `text`.
    mutating func say(_ text: String) { receive(WebSocketEncoder.text(Bytes(text))) }

    mutating func say(_ frame: ServerFrame) {
        var writer = ByteWriter()
        frame.encode(into: &writer)
        receive(WebSocketEncoder.text(writer.take()))
    }

    mutating func breakConnection() {
        guard let lost = connection else { return }
        connection = nil
        act { $0.handle(.closed(lost), at: $1, into: &$2) }
    }

    mutating func wait(_ duration: Duration) {
        now = Moment(
            monotonic: now.monotonic + duration,
            wall: WallTime(milliseconds: now.wall.milliseconds + duration.nanoseconds / 1_000_000))
        act { $0.timeDidAdvance(to: $1, into: &$2) }
    }

    /// Goes to the client's next deadline.
    mutating func waitForDeadline() {
        guard let deadline = client.nextDeadline else { return }
        wait(max(.zero, deadline - now.monotonic))
    }

    /// Brings the client from its dial to its `hello`.
    mutating func upgrade() {
        connect()
        let key = takeUpgradeKey() ?? ""
        receive(
            Bytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: \(WebSocketHandshake.acceptKey(for: key) ?? "")\r\n"
                    + "Sec-WebSocket-Protocol: rookery.v1\r\n\r\n"))
    }

    mutating func welcome(session: Int = 5, isResumed: Bool = false, time: Int64? = nil) {
        say(
            #"{"op":"welcome","id":0,"session":"\#(session)","user":"7","device":"2","node":1,"#
                + #""ring_epoch":1,"time":\#(time ?? now.wall.milliseconds),"heartbeat_ms":20000,"#
                + #""resumed":\#(isResumed),"cursor":"c0","limits":{}}"#)
    }

    /// Brings the client from nothing to an open connection.
    mutating func open() {
        start()
        upgrade()
        welcome()
    }

    /// After a loss: waits for the next dial and brings it to an open connection.
    mutating func reopen(session: Int = 6) {
        waitForDeadline()
        upgrade()
        welcome(session: session)
    }

    // MARK: - What the client did

    mutating func takeFrames() -> [ClientFrame] {
        defer { frames = [] }
        return frames
    }

    mutating func takeReports() -> [ChatClientReport] {
        defer { reports = [] }
        return reports
    }

    /// The frames that are sends.
    mutating func takeSends() -> [SendFrame] {
        takeFrames().compactMap { frame in
            if case .send(let send) = frame { send } else { nil }
        }
    }

    mutating func takeGets() -> [GetFrame] {
        takeFrames().compactMap { frame in
            if case .get(let get) = frame { get } else { nil }
        }
    }

    private mutating func perform(_ directive: ChatClientDirective) {
        switch directive {
        case .connect(let connection, let address):
            self.connection = connection
            dialled.append(address)
            requests = HTTPRequestDecoder()
            messages = nil
        case .send(let connection, let bytes):
            #expect(connection == self.connection)
            read(bytes)
        case .close(let connection):
            #expect(connection == self.connection)
            self.connection = nil
            closesCount += 1
        case .report(let report): reports.append(report)
        }
    }

    private mutating func takeUpgradeKey() -> String? {
        do throws(HTTPFailure) {
            guard let request = try requests.next() else { return nil }
            #expect(request.path == "/v1/socket")
            #expect(request.asksForUpgrade(to: "websocket"))
            messages = WebSocketDecoder(
                role: .server, limits: WebSocketLimits(messageBytesMaximum: 2 << 20))
            return request.headers["Sec-WebSocket-Key"]
        } catch {
            Issue.record("the client's request is no HTTP: \(error)")
            return nil
        }
    }

    private mutating func read(_ bytes: Bytes) {
        guard messages != nil else { return requests.append(bytes) }
        messages?.append(bytes)
        do {
            while let message = try messages?.next() {
                if case .text(let text) = message { frames.append(try ClientFrame.decode(text)) }
            }
        } catch {
            Issue.record("the client's bytes are no frames: \(error)")
        }
    }

    static func entry(_ seq: UInt64, chat: UInt64 = 4, text: String = "x") -> EntryFrame {
        var entry = EntryFrame(
            chat: ChatID(chat), seq: SequenceNumber(seq), ord: seq,
            time: WallTime(milliseconds: Int64(seq)), from: UserID(9), kind: .message)
        entry.text = Bytes(text)
        return entry
    }

    /// The positions of the reported entries.
    static func positions(in reports: [ChatClientReport]) -> [UInt64] {
        reports.compactMap { report in
            if case .entry(let entry) = report { entry.seq.rawValue } else { nil }
        }
    }
}
