import Testing
import Toolbox
import WebSocketWire

@Suite("Texts written where they stand")
struct WrittenTextTests {
    @Test(
        "are the same frames as those of ready payloads",
        arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
    func sameFrames(_ count: Int) {
        let payload = Bytes((0..<count).map { UInt8(97 + $0 % 26) })
        var writer = ByteWriter()
        writer.write(7 as UInt8)
        WebSocketEncoder.writeText(into: &writer) { $0.writeRaw(payload) }
        #expect(writer.take().suffix(from: 1) == WebSocketEncoder.text(payload))
    }

    @Test(
        "whole or in pieces, masked or not, a decoder reads the same",
        arguments: ["", "hello", "ä€𝄞", String(repeating: "x", count: 300)])
    func samePieces(_ text: String) throws {
        for role in [WebSocketDecoder.Role.server, .client] {
            let mask: UInt32? = role == .server ? 0x0A0B_0C0D : nil
            let frame = WebSocketEncoder.text(Bytes(text), mask: mask)
            for step in [1, 3, frame.count] {
                var decoder = WebSocketDecoder(
                    role: role, limits: WebSocketLimits(messageBytesMaximum: 1 << 16))
                for start in stride(from: 0, to: frame.count, by: step) {
                    decoder.append(frame.slice(start..<min(start + step, frame.count)))
                }
                #expect(try decoder.next() == .text(Bytes(text)))
                #expect(try decoder.next() == nil)
                #expect(!decoder.hasPartialMessage)
            }
        }
    }

    @Test("a whole text that is not UTF-8 is told, and one beyond the limit")
    func refused() {
        let broken = WebSocketEncoder.text(Bytes([0x61, 0xFF]), mask: 7)
        var decoder = WebSocketDecoder(
            role: .server, limits: WebSocketLimits(messageBytesMaximum: 4))
        decoder.append(broken)
        #expect(throws: WebSocketFailure.self) { try decoder.next() }
        var other = WebSocketDecoder(role: .server, limits: WebSocketLimits(messageBytesMaximum: 4))
        other.append(WebSocketEncoder.text("hello", mask: 7))
        #expect(throws: WebSocketFailure.self) { try other.next() }
    }
}
