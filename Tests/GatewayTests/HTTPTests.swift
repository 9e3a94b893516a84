import ChatWire
import Gateway
import HTTPWire
import Membership
import Messages
import Testing
import Toolbox
import Vocabulary

@Suite struct HTTPTests {
    let user = Rig.user(0)
    var token: String { Rig.token(user) }

    // MARK: - Refusals

    struct Refused: Sendable, CustomTestStringConvertible {
        let what: String
        let method: HTTPMethod
        let target: String
        var body = ""
        let status: Int
        let code: ErrorCode

        var testDescription: String { what }
    }

    @Test(arguments: [
        Refused(
            what: "no operation", method: .get, target: "/v1/friends", status: 400,
            code: .unknownOperation),
        Refused(
            what: "no page", method: .get, target: "/index.php", status: 400,
            code: .unknownOperation),
        Refused(
            what: "a limit that is no number", method: .get, target: "/v1/chats?limit=x",
            status: 400, code: .invalidField),
        Refused(
            what: "two anchors", method: .get, target: "/v1/chats/1/messages?after=1&before=2",
            status: 400, code: .invalidField),
        Refused(
            what: "an id that is none", method: .get, target: "/v1/chats/x/members",
            status: 404, code: .notFound),
        Refused(
            what: "not JSON", method: .post, target: "/v1/chats", body: "{", status: 400,
            code: .malformed),
        Refused(
            what: "a chat with oneself", method: .post, target: "/v1/chats",
            body: #"{"kind":"direct","user":"\#(Rig.user(0).rawValue)"}"#, status: 400,
            code: .invalidField),
        Refused(
            what: "a client id that is no UUID version 7", method: .post,
            target: "/v1/chats/1/messages", body: #"{"client_id":"1","text":"x"}"#, status: 400,
            code: .invalidField),
        Refused(
            what: "a text that is too long", method: .post, target: "/v1/chats/1/messages",
            body: """
                {"client_id":"\(clientID)","text":"\(String(repeating: "x", count: 100_001))"}
                """, status: 413, code: .tooLong),
    ])
    func `what is wrong is refused without asking anybody`(refused: Refused) throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            refused.method, refused.target, body: refused.body, token: token, on: client)
        let response = try #require(try rig.response(on: client))
        #expect(response.status == refused.status)
        #expect(try ErrorReport(decoding: response.body).code == refused.code)
        #expect(rig.asked.isEmpty)
        #expect(!rig.closed.contains(client))
    }

    @Test(arguments: [
        "/v1/gateway", "/v1/chats", "/v1/chats/1/members", "/v1/chats/x/members",
        "/v1/chats/1/messages?limit=x", "/v1/users?name=a",
    ])
    func `nothing is told before the token is checked`(target: String) throws {
        let expired = Rig.token(user, expires: Rig.wallStart)
        let tokens = [(nil, ErrorCode.unauthenticated), ("x", .unauthenticated)]
        for (token, code) in tokens + [(expired, .tokenExpired)] {
            var rig = Rig()
            let client = rig.connect()
            try rig.request(.get, target, token: token, on: client)
            let response = try #require(try rig.response(on: client))
            #expect(response.status == 401)
            #expect(try ErrorReport(decoding: response.body).code == code)
            #expect(rig.asked.isEmpty)
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n", 400
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    ])
    func `what can be read in two ways is answered and closed`(text: String, status: Int) throws {
        var rig = Rig()
        let client = rig.connect()
        rig.receive(Bytes(text), on: client)
        let response = try #require(try rig.response(on: client))
        #expect(response.status == status)
        #expect(!response.keepAlive)
        #expect(rig.closed.contains(client))
        rig.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n", on: client)
        #expect(rig.takeSent(on: client).isEmpty)
    }

    struct Failure: Sendable {
        let failure: GatewayFailure
        let status: Int
        let code: ErrorCode
    }

    @Test(arguments: [
        Failure(failure: .noQuorum, status: 503, code: .noQuorum),
        Failure(failure: .overloaded, status: 503, code: .overloaded),
        Failure(failure: .notReady, status: 503, code: .notReady),
        Failure(failure: .timeout, status: 504, code: .timeout),
    ])
    func `no answer is never a yes`(failure: Failure) throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .post, "/v1/chats/4/messages", body: #"{"client_id":"\#(clientID)","text":"hi"}"#,
            token: token, on: client)
        rig.answer(.failed(failure.failure))
        let response = try #require(try rig.response(on: client))
        #expect(response.status == failure.status)
        #expect(response.headers["Retry-After"] == "1")
        let report = try ErrorReport(decoding: response.body)
        #expect(report.code == failure.code)
        #expect(report.code.retry == .same)
    }

    @Test func `a chat one is not in and a chat that is none are told alike`() throws {
        var rig = Rig()
        let client = rig.connect()
        for target in ["/v1/chats/4/messages", "/v1/chats/4/members"] {
            try rig.request(.get, target, token: token, on: client)
            rig.answer(.page(.refused(.notFound)))
            #expect(try rig.response(on: client)?.status == 404)
        }
    }

    // MARK: - Operations

    @Test func `a message is answered once it stands, a repeat with what the first one got`() throws
    {
        var rig = Rig()
        let client = rig.connect()
        for isDuplicate in [false, true] {
            try rig.request(
                .post, "/v1/chats/4/messages",
                body: #"{"client_id":"\#(clientID)","text":"hi","seen":2}"#, token: token,
                on: client)
            let id = try #require(ClientMessageID(clientID))
            let post = Post(
                chat: ChatID(4), sender: user, clientID: id, body: MessageBody(text: "hi"),
                seen: SequenceNumber(2))
            #expect(rig.asked.map(\.question) == [.command(.post(post), chat: ChatID(4))])
            #expect(rig.takeSent(on: client).isEmpty)
            rig.answer(
                .message(
                    .posted(
                        Posted(
                            seq: SequenceNumber(3), ord: 2, time: WallTime(milliseconds: 77),
                            isDuplicate: isDuplicate, recipients: []))))
            let response = try #require(try rig.response(on: client))
            #expect(response.status == (isDuplicate ? 200 : 201))
            let receipt = try SendReceipt(decoding: response.body)
            #expect(receipt.seq == SequenceNumber(3))
            #expect(receipt.isDuplicate == isDuplicate)
        }
    }

    @Test func `a new chat is 201, one that was there is 200 with its head`() throws {
        var rig = Rig()
        let client = rig.connect()
        let other = Rig.user(1)
        let body = #"{"kind":"direct","user":"\#(other.rawValue)"}"#
        try rig.request(.post, "/v1/chats", body: body, token: token, on: client)
        #expect(
            rig.asked.map(\.question) == [.decide(.createDirect(actor: user, other: other))])
        rig.answer(
            .membership(
                .settled(chat: ChatID(8), version: 1, seq: SequenceNumber(1), isNew: true)))
        let new = try #require(try rig.response(on: client))
        #expect(new.status == 201)
        #expect(new.body == #"{"chat":"8","seq":1}"#)

        try rig.request(.post, "/v1/chats", body: body, token: token, on: client)
        rig.answer(
            .membership(
                .settled(chat: ChatID(8), version: 1, seq: SequenceNumber(1), isNew: false)))
        rig.answer(.page(.page(entries: [], head: SequenceNumber(12))))
        let found = try #require(try rig.response(on: client))
        #expect(found.status == 200)
        #expect(found.body == #"{"chat":"8","seq":12}"#)
    }

    @Test func `a group carries its members, its history and the caller's key`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .post, "/v1/chats",
            body: #"{"kind":"group","title":"T","members":["9","8","9"],"history":"joined"}"#,
            token: token, headers: [("Idempotency-Key", "k1")], on: client)
        let group = CreateGroup(
            actor: user, title: "T", members: [UserID(8), UserID(9)], sharesHistory: false,
            key: "k1")
        #expect(rig.asked.map(\.question) == [.decide(.createGroup(group))])
    }

    @Test func `members are changed and listed`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .put, "/v1/chats/4/members/9", body: #"{"role":"admin"}"#, token: token, on: client)
        #expect(
            rig.asked.map(\.question) == [
                .decide(
                    .setMember(actor: user, chat: ChatID(4), user: UserID(9), role: .admin))
            ])
        rig.answer(
            .membership(
                .settled(chat: ChatID(4), version: 6, seq: SequenceNumber(30), isNew: false)))
        #expect(
            try rig.response(on: client)?.body == #"{"seq":30,"members_version":6}"#)
        try rig.request(.delete, "/v1/chats/4/members/9", token: token, on: client)
        rig.answer(.membership(.refused(.notMember)))
        #expect(try rig.response(on: client)?.status == 409)
        try rig.request(.get, "/v1/chats/4/members", token: token, on: client)
        rig.answer(.page(.members(version: 6, [ChatMember(user: user, role: .owner)])))
        let list = try #require(try rig.response(on: client))
        #expect(try MembersAnswer(decoding: list.body).members.map(\.role) == [.owner])
    }

    @Test func `a page comes whole, with its head`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(
            .get, "/v1/chats/4/messages?after=1&limit=2", token: token, on: client)
        let query = MessageQuery.page(
            chat: ChatID(4), user: user, anchor: .after(SequenceNumber(1)), limit: 2)
        #expect(rig.asked.map(\.question) == [.query(query, chat: ChatID(4))])
        let long = String(repeating: "y", count: 40_000)
        rig.answer(
            .page(
                .page(
                    entries: [entry(2, from: user, "x"), entry(3, from: user, long)],
                    head: SequenceNumber(7))))
        let response = try #require(try rig.response(on: client))
        let page = try EntryPage(decoding: response.body)
        #expect(page.head == SequenceNumber(7))
        #expect(page.entries.map(\.text?.count) == [1, 40_000])
        #expect(page.entries.map(\.digest) == [6, 9])
    }

    @Test func `one chat and oneself are shown, a chat one is not in is not found`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(.get, "/v1/chats/4", token: token, on: client)
        #expect(
            rig.asked.map(\.question) == [.heads(user: user, chats: [ChatID(4)], since: [])])
        let head = ChatHead(
            chat: ChatID(4), kind: .group, title: "T", head: SequenceNumber(9), ord: 7,
            read: SequenceNumber(3), unread: 2, last: entry(9, from: user, "x"),
            membersVersion: 5)
        rig.answer(.heads(positions: [], [head]))
        let shown = try #require(try rig.response(on: client))
        let chat = try ConversationHead(decoding: shown.body)
        #expect(chat.title == "T")
        #expect(chat.unread == 2)
        #expect(chat.last?.text == "x")
        try rig.request(.get, "/v1/chats/4", token: token, on: client)
        rig.answer(.heads(positions: [], []))
        #expect(try rig.response(on: client)?.status == 404)

        try rig.request(.get, "/v1/users/me", token: token, on: client)
        #expect(rig.asked.map(\.question) == [.lookUp(.user(user))])
        rig.answer(
            .found(
                .account(
                    Account(
                        user: user, name: "ada", displayName: "", email: "a@b", hash: "$y$",
                        devices: []))))
        let own = try #require(try rig.response(on: client))
        let answer = OwnUserAnswer(user: user, name: "ada", email: "a@b")
        #expect(try OwnUserAnswer(decoding: own.body) == answer)
        #expect(own.body.text?.contains("$y$") == false)
    }

    // MARK: - Connections

    @Test func `pipelined requests are answered in order`() throws {
        var rig = Rig()
        let client = rig.connect()
        var writer = ByteWriter()
        for chat in 1...3 {
            let request = HTTPRequest(
                method: .get, target: try HTTPTarget("/v1/chats/\(chat)/members"), host: "a",
                headers: ["Authorization": "Bearer \(token)"])
            request.encode(into: &writer)
        }
        rig.receive(writer.take(), on: client)
        for chat in 1...3 {
            let query = MessageQuery.members(chat: ChatID(UInt64(chat)), user: user)
            #expect(rig.asked.map(\.question) == [.query(query, chat: ChatID(UInt64(chat)))])
            rig.answer(.page(.members(version: UInt64(chat), [])))
            let response = try #require(try rig.response(on: client))
            #expect(try MembersAnswer(decoding: response.body).membersVersion == UInt64(chat))
        }
    }

    @Test func `an answer to a client that has gone goes nowhere`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(.get, "/v1/chats/4/members", token: token, on: client)
        rig.act { $0.clientClosed(client, at: $1, into: &$2) }
        rig.answer(.page(.members(version: 1, [])))
        #expect(rig.takeSent(on: client).isEmpty)
        #expect(rig.gateway.counters.connections == 0)
    }

    @Test func `the page comes with a strict policy, to HEAD without its body`() throws {
        var rig = Rig()
        let client = rig.connect()
        try rig.request(.get, "/", on: client)
        let response = try #require(try rig.response(on: client))
        #expect(response.status == 200)
        #expect(response.body == "<p>hello</p>")
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        let policy = try #require(response.headers["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
        #expect(policy.contains("ws://127.0.0.1:8082"))
        #expect(!policy.contains("unsafe"))
        try rig.request(.head, "/", on: client)
        let head = try #require(rig.takeSent(on: client).text)
        #expect(head.contains("Content-Length: 12\r\n"))
        #expect(head.hasSuffix("\r\n\r\n"))
    }

    @Test func `an idle connection is closed, a late request told so first`() throws {
        var rig = Rig()
        let (idle, late, later) = (rig.connect(), rig.connect(), rig.connect())
        rig.receive("GET / HTTP/1.1\r\n", on: late)
        rig.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", on: later)
        rig.pass(.milliseconds(9_900))
        #expect(rig.closed.isEmpty)
        rig.pass(.milliseconds(200))
        #expect(try rig.response(on: late)?.status == 408)
        #expect(rig.closed == [late])
        rig.pass(.seconds(20))
        #expect(try rig.response(on: later)?.status == 408)
        #expect(rig.closed == [late, later])
        rig.pass(.seconds(31))
        #expect(rig.closed == [idle, late, later])
        #expect(rig.takeSent(on: idle).isEmpty)
    }

    @Test func `one connection too many is told so`() throws {
        var rig = Rig { $0.connectionsMaximum = 1 }
        _ = rig.connect()
        let second = rig.connect()
        #expect(try rig.response(on: second)?.status == 503)
        #expect(rig.closed == [second])
    }

    @Test func `requests beyond the rate wait`() throws {
        var rig = Rig { $0.messagesPerSecond = 20 }
        let client = rig.connect()
        for _ in 0..<60 { try rig.request(.get, "/v1/gateway", token: token, on: client) }
        _ = rig.takeSent(on: client)
        try rig.request(.get, "/v1/gateway", token: token, on: client)
        let refused = try #require(try rig.response(on: client))
        #expect(refused.status == 429)
        #expect(try ErrorReport(decoding: refused.body).afterMilliseconds ?? 0 > 0)
        rig.pass(.milliseconds(60))
        try rig.request(.get, "/v1/gateway", token: token, on: client)
        #expect(try rig.response(on: client)?.status == 200)
    }

    @Test func `a client that asks whether to send its body is told to`() throws {
        var rig = Rig()
        let client = rig.connect()
        rig.receive(
            """
            POST /v1/users HTTP/1.1\r
            Host: a\r
            Content-Length: 2\r
            Expect: 100-continue\r
            \r

            """,
            on: client)
        #expect(rig.takeSent(on: client) == HTTPResponse.goOn)
        rig.receive("{}", on: client)
        #expect(try rig.response(on: client)?.status == 400)
    }
}
