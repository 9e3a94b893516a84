import ChatWire
import HTTPWire
import Testing
import Toolbox
import Vocabulary
import WebSocketWire
import chatbench

@Suite("What sends a message")
struct SendTemplateTests {
    static let ids = [
        ClientMessageID(time: WallTime(milliseconds: 1_760_000_000_123), random: (0xFFF, .max)),
        ClientMessageID(time: WallTime(milliseconds: 0), random: (0, 0)),
    ]

    static func written(
        _ template: SendTemplate, _ number: UInt64, _ id: ClientMessageID, mask: UInt32 = 1
    ) -> Bytes {
        var out = OutgoingBytes()
        // Nothing of an earlier message is left in a later one.
        template.write(4_999_999_999, clientID: ids[0], mask: 77, into: &out)
        let before = out.count
        template.write(number, clientID: id, mask: mask, into: &out)
        return out.withBytes { Bytes(Array($0[before...])) }
    }

    @Test(
        "is over a WebSocket what a server reads as that very message",
        arguments: [1, 9, 10, 4_321, 1_000_000_000] as [UInt64], [1, 3, 60, 100, 70_000])
    func frames(_ number: UInt64, _ textBytes: Int) throws {
        let text = BenchText(bytes: textBytes)
        let template = SendTemplate(frameTo: ChatID(1_234_567), text: text)
        for (id, mask) in zip(Self.ids, [0x0102_0304, 0xFFEE_0011] as [UInt32]) {
            let written = Self.written(template, number, id, mask: mask)
            var decoder = WebSocketDecoder(
                role: .server, limits: WebSocketLimits(messageBytesMaximum: 1 << 20))
            decoder.append(written)
            let message = try #require(try decoder.next())
            guard case .text(let json) = message else {
                Issue.record("no text")
                return
            }
            let frame = try ClientFrame.decode(json)
            let draft = MessageDraft(clientID: id, text: text.text(of: number))
            let expected = SendFrame(
                id: .number(Int64(SendTemplate.idBase + number)), chat: ChatID(1_234_567),
                draft: draft)
            #expect(frame == .send(expected))
            #expect(!decoder.hasPartialMessage)
        }
    }

    @Test("is masked by the key that it was given")
    func masks() {
        let template = SendTemplate(frameTo: ChatID(1), text: BenchText(bytes: 20))
        let first = Self.written(template, 5, Self.ids[0], mask: 0x1111_1111)
        let second = Self.written(template, 5, Self.ids[0], mask: 0x2222_2222)
        #expect(first.count == second.count)
        // Behind two bytes of head and two of length, every byte differs by the two keys.
        for offset in 4..<first.count { #expect(first[offset] ^ second[offset] == 0x33) }
    }

    @Test("is over HTTP a whole request with token, length and body")
    func requests() throws {
        let text = BenchText(bytes: 100)
        let template = SendTemplate(
            postTo: ChatID(77), host: "127.0.0.1:80", token: "secret", text: text)
        let written = Self.written(template, 123_456, Self.ids[0])
        var decoder = HTTPRequestDecoder()
        decoder.append(written)
        let request = try #require(try decoder.next())
        #expect(request.method == .post)
        #expect(request.target.path == "/v1/chats/77/messages")
        #expect(request.headers["Authorization"] == "Bearer secret")
        let draft = try MessageDraft(decoding: request.body)
        #expect(draft == MessageDraft(clientID: Self.ids[0], text: text.text(of: 123_456)))
        #expect(decoder.pendingBytes == 0)
    }
}
