import ChatWire
import Gateway
import HTTPWire
import Membership
import Messages
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

@Suite struct SocketTests {
    let user = Rig.user(0)

    // MARK: - Hello

    @Test func `hello with a good token is welcomed`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        let frames = try rig.frames(on: client)
        guard case .welcome(let welcome) = try #require(frames.first) else {
            Issue.record("\(frames)")
            return
        }
        #expect(frames.count == 1)
        #expect(welcome.id == .number(1))
        #expect(welcome.user == user)
        #expect(welcome.device == DeviceID(5))
        #expect(welcome.node == NodeID(1))
        #expect(welcome.ringEpoch == RingEpoch(3))
        #expect(welcome.heartbeatMilliseconds == 30_000)
        #expect(!welcome.isResumed)
        #expect(welcome.isBehind == nil)
        #expect(rig.asked.isEmpty)
        #expect(rig.gateway.counters.sessions == 1)
    }

    @Test(arguments: [true, false])
    func `welcome says whether something changed since the cursor`(hasChanged: Bool) throws {
        var rig = Rig()
        let position = SyncCursor.GroupPosition(group: ReplicaGroupID(4), index: LogIndex(10))
        let cursor = SyncCursor(groups: [position], stream: 3)
        let client = try rig.session(user, cursor: cursor.encoded().text)
        #expect(rig.asked.map(\.question) == [.lookUp(.chats(user: user))])
        let listed = ListedChat(chat: ChatID(8), isDirect: true, title: "", peer: UserID(2))
        rig.answer(.found(.chats(position: 3, [listed])))
        let since = [HeadsPosition(group: ReplicaGroupID(4), index: LogIndex(10))]
        #expect(
            rig.asked.map(\.question) == [.heads(user: user, chats: [ChatID(8)], since: since)])
        #expect(try rig.frames(on: client).isEmpty)
        let head = head(8, at: 20)
        let now = [HeadsPosition(group: ReplicaGroupID(4), index: LogIndex(12))]
        rig.answer(.heads(positions: now, hasChanged ? [head] : []))
        guard case .welcome(let welcome)? = try rig.frames(on: client).first else {
            Issue.record("no welcome")
            return
        }
        #expect(welcome.isBehind == hasChanged)
        let told = try #require(SyncCursor(decoding: welcome.cursor))
        #expect(told.index(of: ReplicaGroupID(4)) == LogIndex(hasChanged ? 10 : 12))
    }

    @Test func `what is pushed while the cursor is looked at comes behind the welcome`() throws {
        var rig = Rig()
        let client = try rig.session(user, cursor: SyncCursor().encoded().text)
        rig.deliver(
            .appended(
                chat: ChatID(8), entry: entry(5, from: user, "x"), readers: [user], removed: nil))
        rig.answer(.failed(.timeout))
        let frames = try rig.frames(on: client)
        guard case .welcome(let welcome)? = frames.first, case .entry(1, let entry)? = frames.last
        else {
            Issue.record("\(frames)")
            return
        }
        #expect(welcome.isBehind == true)
        #expect(entry.seq == SequenceNumber(5))
    }

    struct BadHello: Sendable, CustomTestStringConvertible {
        let what: String
        let text: String
        let code: UInt16
        var error: ErrorCode?

        var testDescription: String { what }
    }

    @Test(arguments: [
        BadHello(what: "not JSON", text: "{", code: 4002, error: .malformed),
        BadHello(what: "a list", text: "[]", code: 4002, error: .malformed),
        BadHello(what: "another frame", text: #"{"op":"ping"}"#, code: 4002, error: .malformed),
        BadHello(
            what: "no token", text: #"{"op":"hello"}"#, code: 4003, error: .invalidField),
        BadHello(
            what: "a forged token", text: #"{"op":"hello","token":"x"}"#, code: 4003,
            error: .unauthenticated),
        BadHello(
            what: "a token that is over",
            text: #"{"op":"hello","token":"\#(Rig.token(UserID(1), expires: Rig.wallStart))"}"#,
            code: 4003, error: .tokenExpired),
        BadHello(
            what: "another device",
            text: #"{"op":"hello","token":"\#(Rig.token(UserID(1)))","device":"6"}"#,
            code: 4003, error: .unauthenticated),
        BadHello(
            what: "a resume of no shape",
            text: #"{"op":"hello","token":"\#(Rig.token(UserID(1)))","resume":7}"#, code: 4005),
        BadHello(
            what: "over 16 KiB",
            text: #"{"op":"hello","token":"\#(String(repeating: "x", count: 17_000))"}"#,
            code: 1009),
    ])
    func `a hello that is none is answered and closed`(hello: BadHello) throws {
        var rig = Rig()
        let client = try rig.openSocket()
        rig.text(hello.text, on: client)
        try expect(hello.error, hello.code, on: client, &rig)
    }

    @Test func `no hello in time`() throws {
        var rig = Rig()
        let client = try rig.openSocket()
        rig.pass(.milliseconds(4_900))
        #expect(rig.closed.isEmpty)
        rig.pass(.milliseconds(200))
        try expect(.unauthenticated, 4001, on: client, &rig)
    }

    @Test func `welcome waits until the subscriptions cover`() throws {
        var rig = Rig(covers: false)
        let client = try rig.session(user)
        rig.pass(.seconds(4))
        #expect(try rig.frames(on: client).isEmpty)
        rig.act { $0.subscriptionsCover(true, at: $1, into: &$2) }
        #expect(try rig.frames(on: client).count == 1)
    }

    @Test func `a node that does not cover in time is not ready`() throws {
        var rig = Rig(covers: false)
        let client = try rig.session(user)
        rig.pass(.seconds(6))
        try expect(.notReady, 4000, on: client, &rig)
        #expect(rig.gateway.counters.attachments == 0)
    }

    // MARK: - Bad frames

    struct BadBytes: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        let code: UInt16
        var error: ErrorCode?

        var testDescription: String { what }
    }

    @Test(arguments: [
        BadBytes(what: "unmasked", bytes: [0x81, 0x02, 0x7B, 0x7D], code: 1002),
        BadBytes(what: "a reserved bit", bytes: [0xC1, 0x80, 0, 0, 0, 0], code: 1002),
        BadBytes(what: "not UTF-8", bytes: [0x81, 0x81, 0, 0, 0, 0, 0xFF], code: 1007),
        BadBytes(
            what: "over 2 MiB", bytes: [0x81, 0xFF, 0, 0, 0, 0, 0, 0x20, 0, 1, 0, 0, 0, 0],
            code: 1009),
        BadBytes(
            what: "binary", bytes: [0x82, 0x81, 0, 0, 0, 0, 1], code: 4002, error: .malformed),
        BadBytes(
            what: "not JSON", bytes: [0x81, 0x81, 0, 0, 0, 0, 0x78], code: 4002,
            error: .malformed),
        BadBytes(what: "a close", bytes: [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], code: 1000),
    ])
    func `bytes that break the protocol close with its code`(bad: BadBytes) throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.receive(Bytes(bad.bytes), on: client)
        try expect(bad.error, bad.code, on: client, &rig)
        #expect(rig.gateway.counters.sessions == 0)
        #expect(rig.gateway.counters.attachments == 0)
    }

    @Test func `a second hello is a bad frame`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.text(#"{"op":"hello","token":"\#(Rig.token(user))"}"#, on: client)
        try expect(.malformed, 4002, on: client, &rig)
    }

    struct Refused: Sendable {
        let text: String
        let code: ErrorCode
    }

    @Test(arguments: [
        Refused(text: #"{"op":"dance","id":"a"}"#, code: .unknownOperation),
        Refused(text: #"{"op":"edit","id":"a","chat":"4","seq":1}"#, code: .unknownOperation),
        Refused(text: #"{"op":"get","id":"a"}"#, code: .invalidField),
        Refused(text: #"{"op":"get","id":"a","chat":"4","limit":0}"#, code: .invalidField),
        Refused(text: #"{"op":"send","id":"a","chat":"4","text":"x"}"#, code: .invalidField),
        Refused(
            text: """
                {"op":"send","id":"a","chat":"4","client_id":"\(clientID)",\
                "text":"\(String(repeating: "x", count: 100_001))"}
                """, code: .tooLong),
        Refused(
            text: #"{"op":"call","id":"a","method":"GET","path":"/v1/friends"}"#,
            code: .unknownOperation),
    ])
    func `a frame that is wrong is an error and no close`(refused: Refused) throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.text(refused.text, on: client)
        let frames = try rig.frames(on: client)
        guard case .error(.text("a"), let report)? = frames.first else {
            Issue.record("\(frames)")
            return
        }
        #expect(report.code == refused.code)
        #expect(rig.closed.isEmpty)
        #expect(rig.asked.isEmpty)
    }

    // MARK: - Life

    @Test func `pings are answered, and who is silent for two and a half heartbeats is dropped`()
        throws
    {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.receive(WebSocketEncoder.ping("abc", mask: 9), on: client)
        #expect(try rig.messages(on: client) == [.pong("abc")])
        rig.pass(.seconds(70))
        rig.text(#"{"op":"ping"}"#, on: client)
        guard case .pong? = try rig.frames(on: client).first else {
            Issue.record("no pong")
            return
        }
        rig.pass(.seconds(74))
        #expect(rig.closed.isEmpty)
        rig.pass(.seconds(2))
        try expect(nil, 1001, on: client, &rig)
    }

    @Test func `a drain sends clients away, then closes them`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        let (idle, greeting) = (rig.connect(), try rig.openSocket())
        _ = try rig.messages(on: client)
        rig.act { $0.drain(at: $1, into: &$2) }
        #expect(rig.closed == [idle, greeting])
        guard case .goaway(let goaway)? = try rig.frames(on: client).first else {
            Issue.record("no goaway")
            return
        }
        #expect(goaway.reason == .restart)
        #expect((0..<1_000).contains(goaway.afterMilliseconds))
        let late = rig.connect()
        #expect(try rig.response(on: late)?.status == 503)
        rig.pass(.seconds(9))
        #expect(!rig.closed.contains(client))
        rig.pass(.seconds(3))
        try expect(nil, 4000, on: client, &rig)
    }

    @Test func `frames beyond the rate wait, and who does not listen is closed`() throws {
        var rig = Rig {
            $0.messagesPerSecond = 20
            $0.messagesBurst = 5
        }
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        for _ in 0..<4 { rig.text(#"{"op":"ping"}"#, on: client) }
        #expect(try rig.frames(on: client).count == 4)
        rig.text(#"{"op":"get","id":7,"chat":"4"}"#, on: client)
        guard case .error(.number(7), let report)? = try rig.frames(on: client).first else {
            Issue.record("no error")
            return
        }
        #expect(report.code == .rateLimited)
        #expect(report.afterMilliseconds ?? 0 > 0)
        for _ in 0..<6 { rig.text(#"{"op":"ping"}"#, on: client) }
        let messages = try rig.messages(on: client)
        #expect(messages.last == .close(code: 4007, reason: ""))
    }

    /// The error, if one is due, then the close; and nothing behind it.
    private func expect(
        _ error: ErrorCode?, _ code: UInt16, on client: ConnectionID, _ rig: inout Rig
    ) throws {
        var messages = try rig.messages(on: client)
        guard case .close(let sent, _)? = messages.popLast() else {
            Issue.record("no close in \(messages)")
            return
        }
        #expect(sent == code)
        var reports: [ErrorCode] = []
        for case .text(let text) in messages {
            if case .error(_, let report) = try ServerFrame.decode(text) {
                reports.append(report.code)
            }
        }
        #expect(reports == (error.map { [$0] } ?? []))
        #expect(rig.closed.contains(client))
        rig.text(#"{"op":"ping"}"#, on: client)
        #expect(rig.takeSent(on: client).isEmpty)
    }

    private func head(_ chat: UInt64, at seq: UInt64) -> ChatHead {
        ChatHead(
            chat: ChatID(chat), kind: .direct, title: "", head: SequenceNumber(seq), ord: seq,
            read: .zero, unread: seq, last: entry(seq, from: user, "x"), membersVersion: 1)
    }
}
