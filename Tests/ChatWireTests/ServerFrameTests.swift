import ChatWire
import Testing
import Toolbox
import Vocabulary

@Suite("Frames of servers")
struct ServerFrameTests {
    static let golden: [(String, ServerFrame)] = {
        var duplicate = Sample.receipt()
        duplicate.isDuplicate = true
        var offline = Sample.receipt()
        offline.offline = [UserID(8)]
        offline.hasMoreOffline = true
        var nobodyOffline = Sample.receipt()
        nobodyOffline.offline = []
        var invalid = ErrorReport.invalidField("chat", "is missing")
        invalid.afterMilliseconds = 3
        return [
            (
                #"{"op":"welcome","id":1,"session":"3","user":"7","device":"2","node":1,"#
                    + #""ring_epoch":5,"time":1700,"heartbeat_ms":30000,"resumed":false,"#
                    + #""cursor":"abc","limits":{"text_scalars":100000,"message_bytes":2097152,"#
                    + #""chat_members":100,"page_entries":200,"mentions":100,"attachments":16}}"#,
                .welcome(Sample.welcome())
            ),
            (
                #"{"op":"ok","id":5,"seq":12,"ord":9,"time":1700}"#,
                .ok(id: .number(5), .sent(Sample.receipt()))
            ),
            (
                #"{"op":"ok","id":"a","seq":12,"ord":9,"time":1700,"duplicate":true}"#,
                .ok(id: .text("a"), .sent(duplicate))
            ),
            (
                #"{"op":"ok","id":5,"seq":12,"ord":9,"time":1700,"offline":["8"],"#
                    + #""offline_more":true}"#, .ok(id: .number(5), .sent(offline))
            ),
            (
                #"{"op":"ok","id":5,"seq":12,"ord":9,"time":1700,"offline":[]}"#,
                .ok(id: .number(5), .sent(nobodyOffline))
            ),
            (
                #"{"op":"ok","id":5,"entries":[\#(entry)],"head":14}"#,
                .ok(
                    id: .number(5),
                    .page(EntryPage(entries: [Sample.entry()], head: SequenceNumber(14))))
            ),
            (
                #"{"op":"ok","id":5,"entries":[],"head":0}"#,
                .ok(id: .number(5), .page(EntryPage(entries: [], head: .zero)))
            ),
            (
                #"{"op":"ok","id":5,"chats":[{"chat":"4","kind":"group","title":"T","head":12,"#
                    + #""ord":9,"read":10,"unread":2,"last":\#(entry),"members_version":3}],"#
                    + #""cursor":"abc","done":false}"#,
                .ok(
                    id: .number(5),
                    .conversations(
                        ConversationPage(chats: [Sample.head()], cursor: "abc", isDone: false)))
            ),
            (
                #"{"op":"ok","id":5,"status":201,"body":{"user":"7"}}"#,
                .ok(id: .number(5), .called(status: 201, body: #"{"user":"7"}"#))
            ),
            (
                #"{"op":"ok","id":5,"status":204}"#,
                .ok(id: .number(5), .called(status: 204, body: nil))
            ),
            (#"{"op":"ok","id":5}"#, .ok(id: .number(5), .nothing)),
            (
                #"{"op":"error","id":5,"code":"invalid_field","message":"chat: is missing","#
                    + #""retry":"no","field":"chat","after_ms":3}"#,
                .error(id: .number(5), invalid)
            ),
            (
                #"{"op":"error","code":"internal","message":"m","retry":"same"}"#,
                .error(id: nil, ErrorReport(.internal, "m"))
            ),
            (
                #"{"op":"entry","push":17,\#(entry.dropFirst())"#,
                .entry(push: 17, Sample.entry())
            ),
            (
                #"{"op":"gap","push":18,"chat":"4","head":99}"#,
                .gap(push: 18, chat: ChatID(4), head: SequenceNumber(99))
            ),
            (
                #"{"op":"chat","push":19,"chat":"4","change":"read","read":12}"#,
                .chat(
                    push: 19,
                    ConversationChange(chat: ChatID(4), change: .read, read: SequenceNumber(12)))
            ),
            (
                #"{"op":"receipt","chat":"4","user":"7","delivered":12,"read":11}"#,
                .receipt(
                    Receipt(
                        chat: ChatID(4), user: UserID(7), delivered: SequenceNumber(12),
                        read: SequenceNumber(11)))
            ),
            (
                #"{"op":"goaway","reason":"ring","after_ms":250,"url":"ws://n2"}"#,
                .goaway(Goaway(reason: .ring, afterMilliseconds: 250, url: "ws://n2"))
            ),
            (#"{"op":"pong","time":1700}"#, .pong(time: WallTime(milliseconds: 1_700))),
            (#"{"op":"friend","push":4}"#, .unknown(operation: "friend", push: 4)),
        ]
    }()

    static let entry =
        #"{"chat":"4","seq":12,"ord":9,"time":1700,"from":"7","kind":"message","#
        + #""client_id":"\#(Sample.idText)","text":"hello","digest":"00000000000000ab"}"#

    @Test("golden bytes are written and read", arguments: golden)
    func matchesGolden(text: String, frame: ServerFrame) throws {
        var writer = ByteWriter()
        frame.encode(into: &writer)
        #expect(writer.take().text == text)
        #expect(try ServerFrame.decode(Bytes(text)) == frame)
    }

    @Test("a change that this side does not know is ignored, but its push is kept")
    func keepsPushOfUnknownChanges() throws {
        let frame = try ServerFrame.decode(
            #"{"op":"chat","push":19,"chat":"4","change":"painted"}"#)
        #expect(frame == .unknown(operation: "chat", push: 19))
        #expect(frame.push == 19)
    }

    @Test("every kind of entry is read back with all its fields", arguments: EntryKind.allCases)
    func roundTripsEntries(kind: EntryKind) throws {
        var entry = Sample.fullEntry()
        entry.kind = kind
        var writer = ByteWriter()
        ServerFrame.entry(push: 1, entry).encode(into: &writer)
        #expect(try ServerFrame.decode(writer.take()) == .entry(push: 1, entry))
    }

    @Test("one tail serves all receivers")
    func sharesTails() {
        let tail = Sample.entry().encodedTailForPush()
        for push in [UInt64(1), 99, 9_007_199_254_740_991] {
            var shared = ByteWriter()
            EntryFrame.write(push: push, tail: tail, into: &shared)
            var whole = ByteWriter()
            ServerFrame.entry(push: push, Sample.entry()).encode(into: &whole)
            #expect(shared.take() == whole.take())
        }
    }

    @Test("a deleted message shows its hash and no text")
    func withholdsDeletedText() throws {
        var entry = Sample.entry()
        entry.bodyHash = 0xCD
        #expect(entry.encodedTail().text?.contains("body_hash") == false)
        entry.isDeleted = true
        let text = try #require(entry.encodedTail().text)
        #expect(text.contains(#""deleted":true,"body_hash":"00000000000000cd"}"#))
        #expect(!text.contains("hello"))
    }

    @Test("an entry over 16 KiB is pushed as its first 1,024 scalars")
    func pushesPreviews() throws {
        var entry = Sample.entry()
        entry.bodyHash = 1
        let rest = entry.encodedTail().count + 1 - "hello".utf8.count
        entry.text = Bytes(String(repeating: "x", count: EntryFrame.wholeBytesMaximum - rest))
        #expect(entry.encodedTailForPush() == entry.encodedTail())

        entry.text = Bytes(String(repeating: "é", count: EntryFrame.wholeBytesMaximum / 2))
        var writer = ByteWriter()
        EntryFrame.write(push: 1, tail: entry.encodedTailForPush(), into: &writer)
        guard case .entry(push: 1, let shown) = try ServerFrame.decode(writer.take()) else {
            Issue.record("no entry")
            return
        }
        #expect(shown.hasMore)
        #expect(shown.bodyHash == 1)
        #expect(shown.text?.text == String(repeating: "é", count: 1_024))
    }

    @Test("at most 100 users are named as offline")
    func cutsOffline() throws {
        var receipt = Sample.receipt()
        receipt.offline = (1...101).map { UserID(UInt64($0)) }
        let read = try SendReceipt(decoding: receipt.encoded())
        #expect(read.offline?.count == 100)
        #expect(read.hasMoreOffline)
    }

    @Test("cut and flipped frames give a frame or a failure")
    func survivesFuzzing() {
        var random = SeededRandom(seed: 4_003)
        var taken = 0
        for round in 0..<20_000 {
            var bytes = Array(Self.golden[round % Self.golden.count].0.utf8)
            if round % 5 == 0 {
                bytes.removeLast(1 + random.below(bytes.count - 1))
            } else {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
            do throws(FrameFailure) {
                _ = try ServerFrame.decode(Bytes(bytes))
                taken += 1
            } catch {
                continue
            }
        }
        #expect(taken > 500)
    }
}
