import ChatWire
import Testing
import Toolbox
import Vocabulary

@Suite("Frames that are read and written at a stroke")
struct PlainFrameTests {
    static let id = "01890a5d-ac96-774b-bcce-b302099a8057"

    /// Longer than the short way takes: whole again by the general one.
    static let texts = [
        "", "hello", "exactly eight bytes and more", "ä€𝄞 mixed", "a \"quote\"",
        "back\\slash", "line\nbreak", "\u{1}", "seven77", String(repeating: "x", count: 300),
        String(repeating: "long ", count: 1_000),
    ]

    @Test("an entry looks the same both ways", arguments: texts, [0, 9, 99_999_999, UInt64.max])
    func entries(_ text: String, _ number: UInt64) throws {
        let clientID = try #require(ClientMessageID(text: Bytes(Self.id)))
        let time = WallTime(milliseconds: Int64(clamping: number))
        var frame = EntryFrame(
            chat: ChatID(number), seq: SequenceNumber(number), ord: number, time: time,
            from: UserID(number), kind: .message)
        frame.clientID = clientID
        frame.text = Bytes(text)
        frame.digest = number
        let plain = PlainEntry(
            chat: frame.chat, seq: frame.seq, ord: number, time: time, from: frame.from,
            message: (clientID, Bytes(text), number))
        var writer = ByteWriter()
        writer.write(7 as UInt8)
        let isWritten = plain.writeTail(into: &writer)
        let needsEscape = text.utf8.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }
        #expect(isWritten == (!needsEscape && text.utf8.count <= PlainEntry.textBytesMaximum))
        #expect(writer.count > 1 || !isWritten)
        guard isWritten else { return }
        let tail = writer.take().suffix(from: 1)
        #expect(tail == frame.encodedTail())

        var copied = ByteWriter()
        var shared = ByteWriter()
        EntryFrame.write(push: number, copying: tail, into: &copied)
        EntryFrame.write(push: number, tail: tail, into: &shared)
        #expect(copied.take() == shared.take())
    }

    @Test("a receipt looks the same both ways", arguments: [nil, 0, 1, 4, 5] as [Int?])
    func receipts(_ offline: Int?) throws {
        for number in [0, 7, 10, 12_345_678, 1_700_000_000_000, UInt64(1) << 53 - 1] {
            var receipt = SendReceipt(
                seq: SequenceNumber(number), ord: number,
                time: WallTime(milliseconds: Int64(number)))
            receipt.offline = offline.map { (0..<$0).map { UserID(UInt64($0) * 11) } }
            let frame = ServerFrame.ok(id: .number(Int64(number)), .sent(receipt))
            var writer = ByteWriter()
            frame.encode(into: &writer)
            // By a name that is text it goes the general way.
            var general = ByteWriter()
            ServerFrame.ok(id: .text("*"), .sent(receipt)).encode(into: &general)
            let text = try #require(general.take().text)
            let parts = text.split(separator: "\"*\"", maxSplits: 1)
            #expect(parts.count == 2)
            #expect(writer.take().text == "\(parts[0])\(number)\(parts[1])")
        }
    }

    /// Each is read; what it says is the same with a member that only the general way takes.
    @Test(
        "a send says the same both ways",
        arguments: [
            #"{"op":"send","id":7,"chat":"42","client_id":"ID","text":"hello"}"#,
            #" { "text": "ä€𝄞" , "id":0,"chat":"1","client_id":"ID","op":"send","seen":3 }"#,
            #"{"op":"send","id":999999999999999,"chat":"9999999999999999999","client_id":"ID","#
                + #""text":""}"#,
        ])
    func sends(_ template: String) throws {
        let text = template.replacing("ID", with: Self.id)
        let plain = try ClientFrame.decode(Bytes(text))
        // An escaped letter is a letter, and not plain.
        let escaped = text.replacing("\"op\"", with: "\"o\\u0070\"")
        #expect(try ClientFrame.decode(Bytes(escaped)) == plain)
    }

    @Test(
        "what is wrong with a send is told",
        arguments: [
            #"{"op":"send","op":"send","id":7,"chat":"4","client_id":"ID","text":"x"}"#,
            #"{"op":"send","id":07,"chat":"4","client_id":"ID","text":"x"}"#,
            #"{"op":"send","id":9007199254740992,"chat":"4","client_id":"ID","text":"x"}"#,
            #"{"op":"send","id":7,"chat":"04","client_id":"ID","text":"x"}"#,
            #"{"op":"send","id":7,"chat":"4","client_id":"ID","text":"x"}}"#,
            #"{"op":"send","id":7,"chat":"4","client_id":"ID","text":"x",}"#,
            #"{"op":"send","id":7,"chat":"4","client_id":"IDx","text":"x"}"#,
            #"{"op":"send","id":7,"chat":"4","client_id":"ID"}"#,
            #"{"op":"send","id":7,"chat":"4","client_id":"ID","text":"x"#,
        ])
    func refused(_ template: String) {
        let text = template.replacing("ID", with: Self.id)
        #expect(throws: FrameFailure.self) { try ClientFrame.decode(Bytes(text)) }
    }

    @Test("damaged sends are read or refused, and text stays text")
    func damaged() throws {
        let whole = Array(
            #"{"op":"send","id":7,"chat":"42","client_id":"\#(Self.id)","text":"hä"}"#.utf8)
        var random = SeededRandom(seed: 5)
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0...random.below(2) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
            do throws(FrameFailure) {
                if case .send(let send) = try ClientFrame.decode(Bytes(bytes)) {
                    #expect(send.draft.text.text != nil)
                }
            } catch {
                continue
            }
        }
    }
}
