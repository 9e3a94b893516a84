import ChatWire
import Testing
import Toolbox
import Vocabulary

@Suite("Frames of clients")
struct ClientFrameTests {
    static let golden: [(String, ClientFrame)] = {
        var hello = Hello(id: .number(1), token: "t.k")
        hello.device = DeviceID(2)
        hello.resume = .from(session: ClientSessionID(3), push: 17)
        hello.cursor = "abc"
        let id = FrameID.text("x-1")
        return [
            (
                #"{"op":"hello","id":1,"token":"t.k","device":"2","#
                    + #""resume":{"session":"3","push":17},"cursor":"abc"}"#, .hello(hello)
            ),
            (#"{"op":"hello","token":"t"}"#, .hello(Hello(id: nil, token: "t"))),
            (
                #"{"op":"send","id":"x-1","chat":"4","client_id":"\#(Sample.idText)","#
                    + #""text":"hé \"x\"\n","seen":4,"reply_to":2,"mentions":["7","8"],"#
                    + #""attachments":["31"]}"#,
                .send(SendFrame(id: id, chat: ChatID(4), draft: Sample.draft()))
            ),
            (
                #"{"op":"get","id":2,"chat":"4","limit":50}"#,
                .get(GetFrame(id: .number(2), chat: ChatID(4), position: .newest))
            ),
            (
                #"{"op":"get","id":2,"chat":"4","after":0,"limit":200}"#,
                .get(GetFrame(id: .number(2), chat: ChatID(4), position: .after(.zero), limit: 200))
            ),
            (
                #"{"op":"get","id":2,"chat":"4","before":9,"limit":1}"#,
                .get(
                    GetFrame(
                        id: .number(2), chat: ChatID(4), position: .before(SequenceNumber(9)),
                        limit: 1))
            ),
            (
                #"{"op":"get","id":2,"chat":"4","at":9,"limit":3}"#,
                .get(
                    GetFrame(
                        id: .number(2), chat: ChatID(4), position: .around(SequenceNumber(9)),
                        limit: 3))
            ),
            (
                #"{"op":"sync","id":"x-1","cursor":"zz","limit":7}"#,
                .sync(SyncFrame(id: id, cursor: "zz", limit: 7))
            ),
            (
                #"{"op":"mark","chat":"4","delivered":9,"read":8}"#,
                .mark(
                    MarkFrame(
                        chat: ChatID(4), delivered: SequenceNumber(9), read: SequenceNumber(8)))
            ),
            (#"{"op":"ping"}"#, .ping(push: nil)), (#"{"op":"ping","push":5}"#, .ping(push: 5)),
            (
                #"{"op":"call","id":1,"method":"POST","path":"/v1/chats","body":{"a":[1]}}"#,
                .call(
                    CallFrame(
                        id: .number(1), method: "POST", target: "/v1/chats", body: ["a": [1]]))
            ),
            (#"{"op":"watch","id":1}"#, .unknown(operation: "watch", id: .number(1))),
        ]
    }()

    @Test("golden bytes are read and written", arguments: golden)
    func matchesGolden(text: String, frame: ClientFrame) throws {
        #expect(try ClientFrame.decode(Bytes(text)) == frame)
        var writer = ByteWriter()
        frame.encode(into: &writer)
        #expect(writer.take().text == text)
    }

    @Test("order, null, unknown members and escapes do not matter")
    func readsLeniently() throws {
        let text = #"""
            { "text" : "\u0068\u00e9", "seen": null, "extra": {"a": [1, 2]}, "chat": "4",
              "client_id": "01912D68-783E-7A03-8467-5661C1243AD4", "id": -3, "op": "send" }
            """#
        let draft = MessageDraft(clientID: Sample.clientID, text: "hé")
        #expect(
            try ClientFrame.decode(Bytes(text))
                == .send(SendFrame(id: .number(-3), chat: ChatID(4), draft: draft)))
    }

    @Test(
        "a limit above 200 is clamped",
        arguments: [201, 1_000, 9_007_199_254_740_991])
    func clampsLimits(limit: Int) throws {
        let text = #"{"op":"get","id":1,"chat":"4","limit":\#(limit)}"#
        guard case .get(let get) = try ClientFrame.decode(Bytes(text)) else {
            Issue.record("no get")
            return
        }
        #expect(get.limit == 200)
    }

    @Test(
        "what is no JSON object closes the connection",
        arguments: ["", "x", "1", "[]", "null", #""op""#, "{", #"{"op":"ping","op":"ping"}"#])
    func closesOnGarbage(text: String) {
        #expect(throws: FrameFailure.notJSON) { try ClientFrame.decode(Bytes(text)) }
    }

    struct BadField: CustomTestStringConvertible, Sendable {
        let frame: String
        let code: ErrorCode
        let field: String?
        var testDescription: String { frame }
    }

    private static func send(_ rest: String) -> String { #"{"op":"send","id":1,\#(rest)}"# }
    private static let ids = #""chat":"4","client_id":"\#(Sample.idText)""#

    private static let badRows: [(String, ErrorCode, String?)] = [
        (#"{}"#, .malformed, nil), (#"{"op":5}"#, .malformed, nil),
        (#"{"op":null}"#, .malformed, nil),
        (#"{"op":"ping","push":-1}"#, .invalidField, "push"),
        (#"{"op":"ping","push":"1"}"#, .invalidField, "push"),
        (#"{"op":"ping","push":1.5}"#, .invalidField, "push"),
        (#"{"op":"ping","push":9007199254740992}"#, .invalidField, "push"),
        (#"{"op":"hello"}"#, .invalidField, "token"),
        (#"{"op":"hello","token":7}"#, .invalidField, "token"),
        (#"{"op":"hello","token":"t","device":2}"#, .invalidField, "device"),
        (#"{"op":"hello","token":"t","cursor":1}"#, .invalidField, "cursor"),
        (#"{"op":"get","chat":"4"}"#, .invalidField, "id"),
        (#"{"op":"get","id":1}"#, .invalidField, "chat"),
        (#"{"op":"get","id":1.5,"chat":"4"}"#, .invalidField, "id"),
        (#"{"op":"get","id":9007199254740992,"chat":"4"}"#, .invalidField, "id"),
        (#"{"op":"get","id":[],"chat":"4"}"#, .invalidField, "id"),
        (
            #"{"op":"watch","id":"\#(String(repeating: "x", count: 65))"}"#, .invalidField,
            "id"
        ),
        (#"{"op":"get","id":1,"chat":4}"#, .invalidField, "chat"),
        (#"{"op":"get","id":1,"chat":"04"}"#, .invalidField, "chat"),
        (#"{"op":"get","id":1,"chat":"x"}"#, .invalidField, "chat"),
        (#"{"op":"get","id":1,"chat":"18446744073709551616"}"#, .invalidField, "chat"),
        (#"{"op":"get","id":1,"chat":"4","limit":0}"#, .invalidField, "limit"),
        (#"{"op":"get","id":1,"chat":"4","limit":-1}"#, .invalidField, "limit"),
        (#"{"op":"get","id":1,"chat":"4","limit":"9"}"#, .invalidField, "limit"),
        (#"{"op":"get","id":1,"chat":"4","after":1,"before":2}"#, .invalidField, "before"),
        (#"{"op":"get","id":1,"chat":"4","after":1,"at":2}"#, .invalidField, "at"),
        (#"{"op":"get","id":1,"chat":"4","after":true}"#, .invalidField, "after"),
        (#"{"op":"sync","id":1,"limit":0}"#, .invalidField, "limit"),
        (#"{"op":"sync"}"#, .invalidField, "id"),
        (#"{"op":"mark","read":1}"#, .invalidField, "chat"),
        (#"{"op":"mark","chat":"1","read":"1"}"#, .invalidField, "read"),
        (#"{"op":"call","id":1,"path":"/"}"#, .invalidField, "method"),
        (#"{"op":"call","id":1,"method":"GET"}"#, .invalidField, "path"),
        (send(#""chat":"4","text":"a""#), .invalidField, "client_id"),
        (send(#""chat":"4","text":"a","client_id":"x""#), .invalidField, "client_id"),
        (send(ids), .invalidField, "text"), (send(ids + #","text":5"#), .invalidField, "text"),
        (send(ids + #","text":"a","seen":-1"#), .invalidField, "seen"),
        (send(ids + #","text":"a","reply_to":"1""#), .invalidField, "reply_to"),
        (send(ids + #","text":"a","mentions":"7""#), .invalidField, "mentions"),
        (send(ids + #","text":"a","mentions":[7]"#), .invalidField, "mentions"),
        (send(ids + #","text":"a","attachments":[7]"#), .invalidField, "attachments"),
        (
            send(ids + #","text":"a","mentions":[\#(list(of: "\"1\"", count: 101))]"#),
            .invalidField, "mentions"
        ),
        (
            send(ids + #","text":"a","attachments":[\#(list(of: "\"1\"", count: 17))]"#),
            .invalidField, "attachments"
        ),
    ]

    static let bad = badRows.map { BadField(frame: $0.0, code: $0.1, field: $0.2) }

    private static func list(of element: String, count: Int) -> String {
        Array(repeating: element, count: count).joined(separator: ",")
    }

    @Test("a bad field is named, under the frame's id", arguments: bad)
    func namesBadFields(bad: BadField) {
        do throws(FrameFailure) {
            let frame = try ClientFrame.decode(Bytes(bad.frame))
            Issue.record("took \(frame)")
        } catch {
            #expect(error.report.code == bad.code)
            #expect(error.report.field == bad.field)
            guard case .invalid(_, let id) = error else {
                Issue.record("closes")
                return
            }
            let named = bad.frame.contains(#""id":1,"#) || bad.frame.contains(#""id":1}"#)
            #expect((id == .number(1)) == named)
        }
    }

    @Test(
        "a resume of the wrong shape is told apart from none",
        arguments: ["7", "{}", #"{"session":3,"push":1}"#, #"{"session":"3"}"#, "[]", #""3""#])
    func readsMalformedResume(resume: String) throws {
        let frame = try ClientFrame.decode(
            Bytes(#"{"op":"hello","token":"t","resume":\#(resume)}"#))
        guard case .hello(let hello) = frame else {
            Issue.record("no hello")
            return
        }
        #expect(hello.resume == .malformed)
    }

    @Test(
        "100,000 scalars are taken and 100,001 are too long, whatever their bytes",
        arguments: ["a", "é", "😀", "\\n", "\\ud83d\\ude00"])
    func countsScalars(scalar: String) throws {
        func frame(_ count: Int) -> Bytes {
            Bytes(Self.send(Self.ids + #","text":"\#(String(repeating: scalar, count: count))""#))
        }
        _ = try ClientFrame.decode(frame(100_000))
        do throws(FrameFailure) {
            _ = try ClientFrame.decode(frame(100_001))
            Issue.record("took 100,001 scalars")
        } catch {
            #expect(error.report.code == .tooLong)
            #expect(error.report.field == "text")
        }
    }

    @Test("cut and flipped frames give a frame or a failure, and frames are read back as written")
    func survivesFuzzing() {
        var random = SeededRandom(seed: 4_002)
        var taken = 0
        for round in 0..<20_000 {
            var bytes = Array(Self.golden[round % Self.golden.count].0.utf8)
            if round % 5 == 0 {
                bytes.removeLast(1 + random.below(bytes.count - 1))
            } else {
                for _ in 0...random.below(2) {
                    bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
                }
            }
            do throws(FrameFailure) {
                let frame = try ClientFrame.decode(Bytes(bytes))
                taken += 1
                var writer = ByteWriter()
                frame.encode(into: &writer)
                let again = try ClientFrame.decode(writer.take())
                #expect(again == frame)
            } catch {
                continue
            }
        }
        #expect(taken > 500)
    }
}
