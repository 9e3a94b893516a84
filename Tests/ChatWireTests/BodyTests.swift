import ChatWire
import Testing
import Toolbox
import Vocabulary

@Suite("Bodies of HTTP")
struct BodyTests {
    private func check<Value: Body>(_ value: Value, _ text: String) throws {
        #expect(value.encoded().text == text)
        #expect(try Value(decoding: Bytes(text)) == value)
        #expect(try Value(decoding: try JSONValue.parse(Bytes(text))) == value)
    }

    @Test("golden bytes of accounts and sessions")
    func accounts() throws {
        var user = UserRequest(name: "anna", password: "p\"w")
        user.displayName = "Anna"
        user.email = "a@b"
        try check(
            user, #"{"name":"anna","password":"p\"w","display_name":"Anna","email":"a@b"}"#)
        try check(UserAnswer(user: UserID(7)), #"{"user":"7"}"#)
        try check(
            SessionRequest(name: "anna", password: "pw", device: DeviceID(3)),
            #"{"name":"anna","password":"pw","device":"3"}"#)
        let gateway = GatewayAnswer(
            node: NodeID(2), url: "ws://h:1/v1/socket", ringEpoch: RingEpoch(4),
            afterMilliseconds: 10)
        let gatewayText =
            #"{"node":2,"url":"ws://h:1/v1/socket","ring_epoch":4,"after_ms":10}"#
        try check(gateway, gatewayText)
        try check(
            SessionAnswer(
                token: "t", refresh: "r", user: UserID(7), device: DeviceID(3),
                expires: WallTime(milliseconds: 99), gateway: gateway),
            #"{"token":"t","refresh":"r","user":"7","device":"3","expires":99,"#
                + #""gateway":\#(gatewayText)}"#)
    }

    @Test("golden bytes of chats and members")
    func chats() throws {
        try check(ConversationRequest.direct(with: UserID(8)), #"{"kind":"direct","user":"8"}"#)
        var group = GroupRequest(title: "T", members: [UserID(1), UserID(2)])
        group.history = .joined
        group.isReused = true
        try check(
            ConversationRequest.group(group),
            #"{"kind":"group","title":"T","members":["1","2"],"history":"joined","reuse":true}"#)
        try check(
            ConversationAnswer(chat: ChatID(4), seq: SequenceNumber(1)), #"{"chat":"4","seq":1}"#)
        try check(MemberRequest(role: .owner), #"{"role":"owner"}"#)
        try check(MemberRequest(), "{}")
        try check(
            MemberAnswer(seq: SequenceNumber(5), membersVersion: 2),
            #"{"seq":5,"members_version":2}"#
        )
        try check(
            MembersAnswer(members: [.init(user: UserID(1), role: .admin)], membersVersion: 2),
            #"{"members":[{"user":"1","role":"admin"}],"members_version":2}"#)
        try check(
            UsersAnswer(users: [.init(user: UserID(1), name: "a", displayName: "A")]),
            #"{"users":[{"user":"1","name":"a","display_name":"A"}]}"#)
        try check(
            Sample.draft(),
            #"{"client_id":"\#(Sample.idText)","text":"hé \"x\"\n","seen":4,"reply_to":2,"#
                + #""mentions":["7","8"],"attachments":["31"]}"#)
    }

    @Test("members of a group are a set")
    func makesSets() throws {
        let request = try ConversationRequest(
            decoding: Bytes(#"{"kind":"group","members":["3","1","3","2","1"]}"#))
        #expect(request == .group(GroupRequest(members: [UserID(1), UserID(2), UserID(3)])))
    }

    @Test(
        "a bad field is named",
        arguments: [
            (#"{}"#, "kind"), (#"{"kind":"club"}"#, "kind"), (#"{"kind":"direct"}"#, "user"),
            (#"{"kind":"direct","user":8}"#, "user"), (#"{"kind":"group"}"#, "members"),
            (#"{"kind":"group","members":"1"}"#, "members"),
            (#"{"kind":"group","members":[],"title":1}"#, "title"),
            (#"{"kind":"group","members":[],"history":"some"}"#, "history"),
            (#"{"kind":"group","members":[],"reuse":1}"#, "reuse"),
        ])
    func namesBadFields(text: String, field: String) {
        do throws(FrameFailure) {
            _ = try ConversationRequest(decoding: Bytes(text))
            Issue.record("took \(text)")
        } catch {
            #expect(error.report.code == .invalidField)
            #expect(error.report.field == field)
        }
    }

    @Test("a body that is no object is malformed")
    func refusesOtherJSON() {
        #expect(throws: FrameFailure.notJSON) { try UserRequest(decoding: Bytes("[]")) }
        #expect(throws: FrameFailure.self) { try UserRequest(decoding: JSONValue?.none) }
        #expect(FrameFailure.notJSON.report.code == .malformed)
    }
}

@Suite("Cursors")
struct SyncCursorTests {
    private static func samples() -> [SyncCursor] {
        let positions = (1...20).reversed().map {
            SyncCursor.GroupPosition(group: ReplicaGroupID($0), index: LogIndex(UInt64($0) << 33))
        }
        var unfinished = SyncCursor(groups: positions, stream: 9)
        unfinished.unfinished = SyncCursor.Unfinished(
            groups: positions, stream: 10, time: WallTime(milliseconds: 77), chat: ChatID(4))
        return [SyncCursor(), SyncCursor(groups: positions, stream: .max), unfinished]
    }

    @Test("cursors are read back, in text that needs no escaping")
    func roundTrips() throws {
        for cursor in Self.samples() {
            let text = cursor.encoded()
            #expect(SyncCursor(decoding: text) == cursor)
            let plain = try #require(text.text)
            #expect(
                plain.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
            )
        }
    }

    @Test("a group that is missing counts as 0")
    func indexes() {
        let cursor = Self.samples()[1]
        #expect(cursor.index(of: ReplicaGroupID(3)) == LogIndex(3 << 33))
        #expect(cursor.index(of: ReplicaGroupID(99)) == .zero)
    }

    @Test("cut and flipped cursors are none")
    func refusesDamage() {
        for cursor in Self.samples() {
            let text = cursor.encoded().array
            for length in 0..<text.count {
                #expect(SyncCursor(decoding: Bytes(Array(text.prefix(length)))) == nil)
            }
            for offset in 0..<text.count {
                for bit in 0..<8 {
                    var flipped = text
                    flipped[offset] ^= 1 << UInt8(bit)
                    #expect(SyncCursor(decoding: Bytes(flipped)) == nil)
                }
            }
        }
        #expect(SyncCursor(decoding: Bytes(Array(repeating: 0x41, count: 100_000))) == nil)
    }
}

@Suite("Routes")
struct APIRouteTests {
    @Test(
        "a method and a path name an operation, and back",
        arguments: [
            ("GET", "/v1/gateway", APIRoute.gateway), ("GET", "/v1/socket", .socket),
            ("POST", "/v1/users", .createUser), ("POST", "/v1/sessions", .openSession),
            ("POST", "/v1/chats", .createChat),
            ("GET", "/v1/users/me", .ownUser), ("GET", "/v1/chats/4", .chat(ChatID(4))),
            ("GET", "/v1/users?name=a%20%C3%A9%26", .findUser(name: "a é&")),
            ("GET", "/v1/users/17", .user(UserID(17))),
            ("GET", "/v1/chats?limit=50", .chats(cursor: nil, limit: 50)),
            ("GET", "/v1/chats?limit=7&cursor=ab-_", .chats(cursor: "ab-_", limit: 7)),
            ("GET", "/v1/chats/4/members", .members(ChatID(4))),
            ("PUT", "/v1/chats/4/members/7", .putMember(ChatID(4), UserID(7))),
            ("DELETE", "/v1/chats/4/members/7", .removeMember(ChatID(4), UserID(7))),
            ("POST", "/v1/chats/4/messages", .postMessage(ChatID(4))),
            ("GET", "/v1/chats/4/messages?limit=50", .messages(ChatID(4), .newest, limit: 50)),
            (
                "GET", "/v1/chats/4/messages?limit=9&after=0",
                .messages(ChatID(4), .after(.zero), limit: 9)
            ),
            (
                "GET", "/v1/chats/4/messages?limit=9&before=3",
                .messages(ChatID(4), .before(SequenceNumber(3)), limit: 9)
            ),
            (
                "GET", "/v1/chats/4/messages?limit=9&at=3",
                .messages(ChatID(4), .around(SequenceNumber(3)), limit: 9)
            ),
        ])
    func matches(method: String, target: String, route: APIRoute) throws {
        #expect(try APIRoute.parse(method: Bytes(method), target: Bytes(target)) == route)
        #expect(route.method.description == method)
        #expect(route.target.text == target)
    }

    @Test(
        "everything else is unknown",
        arguments: [
            ("GET", "/"), ("GET", ""), ("GET", "/v1"), ("GET", "/v1/"), ("GET", "/v2/gateway"),
            ("get", "/v1/gateway"), ("POST", "/v1/gateway"), ("GET", "/v1/gateway/"),
            ("GET", "v1/gateway"), ("GET", "//v1/gateway"), ("GET", "/v1/users"),
            ("PATCH", "/v1/chats/4"), ("PATCH", "/v1/users/me"), ("DELETE", "/v1/chats/4/members"),
            ("PUT", "/v1/chats/4/members/7/8"), ("POST", "/v1/chats/4/members/7"),
            ("DELETE", "/v1/sessions/current"), ("GET", "/v1/chats/4/receipts"),
            ("GET", "/v1/chats/4/a/b/c/d/e/f/g/h/i"),
        ])
    func ignoresOthers(method: String, target: String) throws {
        #expect(try APIRoute.parse(method: Bytes(method), target: Bytes(target)) == .unknown)
    }

    @Test(
        "bad ids are not found and bad queries name their field",
        arguments: [
            ("GET", "/v1/chats/x/members", ErrorCode.notFound, String?.none),
            ("POST", "/v1/chats//messages", .notFound, nil),
            ("PUT", "/v1/chats/4/members/me", .notFound, nil),
            ("PUT", "/v1/chats/04/members/7", .notFound, nil),
            ("GET", "/v1/chats/4/messages?limit=0", .invalidField, "limit"),
            ("GET", "/v1/chats/4/messages?limit=x", .invalidField, "limit"),
            ("GET", "/v1/chats/4/messages?after=", .invalidField, "after"),
            ("GET", "/v1/chats/4/messages?after=1&before=2", .invalidField, "before"),
            ("GET", "/v1/users?name=%", .invalidField, "name"),
            ("GET", "/v1/users?name=%4", .invalidField, "name"),
            ("GET", "/v1/users?name=%FF", .invalidField, "name"),
        ])
    func refuses(method: String, target: String, code: ErrorCode, field: String?) {
        do throws(ErrorReport) {
            let route = try APIRoute.parse(method: Bytes(method), target: Bytes(target))
            Issue.record("took \(route)")
        } catch {
            #expect(error.code == code)
            #expect(error.field == field)
        }
    }

    @Test("random targets give a route or a refusal")
    func survivesFuzzing() {
        var random = SeededRandom(seed: 404)
        let alphabet: [UInt8] = Array("/v1chatsmembr?&=%49x\u{0}".utf8) + [0xFF]
        for _ in 0..<20_000 {
            var target = Array("/v1/chats/4/messages?after=1".utf8)
            for _ in 0...random.below(4) {
                target[random.below(target.count)] = alphabet[random.below(alphabet.count)]
            }
            do throws(ErrorReport) {
                _ = try APIRoute.parse(method: "GET", target: Bytes(target))
            } catch {
                #expect(error.code == .notFound || error.code == .invalidField)
            }
        }
    }
}
