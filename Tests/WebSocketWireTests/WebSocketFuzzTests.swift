import Testing
import Toolbox
import WebSocketWire

@Suite("Bytes from anywhere")
struct WebSocketFuzzTests {
    @Test(
        "never stop the decoder, and mean the same however they are cut",
        arguments: [(WebSocketDecoder.Role.server, 0xA1B2_C3D4 as UInt32?), (.client, nil)])
    func flipped(role: WebSocketDecoder.Role, mask: UInt32?) {
        var random = SeededRandom(seed: 1_007)
        let stream = WebSocketDecoderTests.stream(mask: mask).bytes
        var failures = 0
        for _ in 0..<4_000 {
            var bytes = stream.array
            for _ in 0...random.below(4) {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
            let mutated = Bytes(bytes)
            let whole = messages(in: mutated, role: role)
            if let code = whole.closeCode {
                failures += 1
                #expect([1002, 1007, 1009].contains(code))
            }
            let cuts = [random.below(bytes.count), random.below(bytes.count)].sorted()
            #expect(messages(in: mutated, cutAt: cuts, role: role) == whole)
        }
        #expect(failures > 100, "a test that breaks nothing proves nothing")
    }

    @Test("give text only if it is UTF-8, and nothing above the limit")
    func random() {
        var random = SeededRandom(seed: 1_009)
        let firsts: [UInt8] = [0x81, 0x01, 0x80, 0x00, 0x82, 0x02, 0x89, 0x8A, 0x88]
        let limits = WebSocketLimits(messageBytesMaximum: 20, fragmentsMaximum: 4)
        for _ in 0..<4_000 {
            var writer = ByteWriter()
            for _ in 0..<8 {
                let payload = (0..<random.below(14)).map { _ in
                    random.chance(0.9) ? 0x61 : UInt8(truncatingIfNeeded: random.next())
                }
                writer.writeRaw(frame(firsts[random.below(firsts.count)], Bytes(payload)))
            }
            for message in messages(in: writer.take(), limits: limits).messages {
                switch message {
                case .text(let bytes): #expect(bytes.text != nil && bytes.count <= 20)
                case .binary(let bytes): #expect(bytes.count <= 20)
                case .ping(let bytes), .pong(let bytes): #expect(bytes.count <= 125)
                case .close(let code, _): #expect(WebSocketCloseCode.mayBeSent(code ?? 1000))
                }
            }
        }
    }
}
