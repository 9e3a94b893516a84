import Testing
import Toolbox
import WebSocketWire

/// The examples of RFC 6455 §5.7 and §1.3.
@Suite("The examples of RFC 6455")
struct WebSocketPaperTests {
    @Test("a single-frame unmasked text message")
    func unmasked() {
        let bytes = hexadecimal("81 05 48 65 6c 6c 6f")
        #expect(messages(in: bytes).messages == [.text("Hello")])
        #expect(WebSocketEncoder.text("Hello") == bytes)
    }

    @Test("a single-frame masked text message")
    func masked() {
        let bytes = hexadecimal("81 85 37 fa 21 3d 7f 9f 4d 51 58")
        #expect(messages(in: bytes, role: .server).messages == [.text("Hello")])
        #expect(WebSocketEncoder.text("Hello", mask: 0x37FA_213D) == bytes)
    }

    @Test("a fragmented unmasked text message")
    func fragmented() {
        let bytes = hexadecimal("01 03 48 65 6c 80 02 6c 6f")
        #expect(messages(in: bytes).messages == [.text("Hello")])
    }

    @Test("an unmasked ping and its masked pong")
    func ping() {
        let ping = hexadecimal("89 05 48 65 6c 6c 6f")
        #expect(messages(in: ping).messages == [.ping("Hello")])
        #expect(WebSocketEncoder.ping("Hello") == ping)
        let pong = hexadecimal("8a 85 37 fa 21 3d 7f 9f 4d 51 58")
        #expect(messages(in: pong, role: .server).messages == [.pong("Hello")])
        #expect(WebSocketEncoder.pong("Hello", mask: 0x37FA_213D) == pong)
    }

    @Test("a binary message of 256 bytes, and one of 64 KiB")
    func binary() {
        for (count, head) in [
            (256, "82 7e 01 00"), (65_536, "82 7f 00 00 00 00 00 01 00 00"),
        ] {
            let payload = Bytes((0..<count).map { UInt8(truncatingIfNeeded: $0) })
            let bytes = joined(hexadecimal(head), payload)
            #expect(messages(in: bytes).messages == [.binary(payload)])
            #expect(WebSocketEncoder.binary(payload) == bytes)
        }
    }

    @Test("the key of the sample handshake")
    func key() {
        #expect(
            WebSocketHandshake.acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==")
                == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }
}
