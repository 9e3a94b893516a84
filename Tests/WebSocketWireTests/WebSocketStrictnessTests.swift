import Testing
import Toolbox
import WebSocketWire

/// A stream from a server that must be refused with `closeCode`, once `earliest` bytes are there.
struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let closeCode: UInt16
    let stream: Bytes
    let earliest: Int

    init(_ what: String, _ closeCode: UInt16, _ stream: Bytes, at earliest: Int? = nil) {
        testDescription = what
        self.closeCode = closeCode
        self.stream = stream
        self.earliest = earliest ?? stream.count
    }
}

@Suite("What breaks the protocol is refused with the right code, at once")
struct WebSocketStrictnessTests {
    static let frames: [Refusal] =
        [0x91, 0xA1, 0xC1, 0xF1, 0x99, 0xB0].map {
            Refusal("reserved bits of \($0)", 1002, frame($0, "a"), at: 1)
        }
        + [0x83, 0x84, 0x85, 0x86, 0x87, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x03, 0x0B].map {
            Refusal("opcode of \($0)", 1002, frame($0, "a"), at: 1)
        }
        + [
            Refusal("a fragmented ping", 1002, frame(0x09, "a"), at: 1),
            Refusal("a fragmented pong", 1002, frame(0x0A, "a"), at: 1),
            Refusal("a fragmented close", 1002, frame(0x08), at: 1),
            Refusal(
                "a ping of 126 bytes", 1002, frame(0x89, Bytes([UInt8](repeating: 0, count: 126))),
                at: 2),
            Refusal("a close of 126 bytes", 1002, hexadecimal("88 7e 00 7e"), at: 2),
            Refusal("a pong of a long length", 1002, hexadecimal("8a 7f"), at: 2),
            Refusal("a masked frame from a server", 1002, hexadecimal("81 85"), at: 2),
            Refusal("continuation of nothing", 1002, frame(0x80, "a"), at: 1),
            Refusal("an unfinished continuation of nothing", 1002, frame(0x00, "a"), at: 1),
            Refusal(
                "a continuation behind the end", 1002,
                joined(frame(0x01, "a"), frame(0x80, "b"), frame(0x80, "c")), at: 7),
            Refusal(
                "a text within a text", 1002, joined(frame(0x01, "a"), frame(0x81, "b")), at: 4),
            Refusal(
                "a binary within a text", 1002, joined(frame(0x01, "a"), frame(0x02, "b")), at: 4),
            Refusal("125 in two bytes", 1002, hexadecimal("82 7e 00 7d"), at: 4),
            Refusal("65535 in eight bytes", 1002, hexadecimal("82 7f 00 00 00 00 00 00 ff ff")),
            Refusal("a length of 64 bits", 1002, hexadecimal("82 7f 80 00 00 00 00 00 00 00")),
            Refusal("a length of 63 bits", 1009, hexadecimal("82 7f 7f ff ff ff ff ff ff ff")),
        ]

    static let closes: [Refusal] =
        [
            0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
        ].map { (code: UInt16) in
            Refusal("close code \(code)", 1002, frame(0x88, closing(code)))
        }
        + [
            Refusal("a close of one byte", 1002, frame(0x88, [3])),
            Refusal("a reason that is not UTF-8", 1007, frame(0x88, closing(1000, [0xC3, 0x28]))),
            Refusal("a reason cut in a character", 1007, frame(0x88, closing(1000, [0xC3]))),
            Refusal(
                "a surrogate in a reason", 1007, frame(0x88, closing(1000, [0xED, 0xA0, 0x80]))),
        ]

    static let texts: [Refusal] = [
        Refusal("a byte that is no UTF-8", 1007, frame(0x81, [0x61, 0xFF]), at: 4),
        Refusal("a wrong byte in the middle", 1007, frame(0x81, [0xC3, 0x28, 0x61, 0x61]), at: 4),
        Refusal("a surrogate", 1007, frame(0x81, [0xED, 0xA0, 0x80, 0x61]), at: 4),
        Refusal("an overlong slash", 1007, frame(0x81, [0xC0, 0xAF]), at: 3),
        Refusal("above the last scalar", 1007, frame(0x81, [0xF4, 0x90, 0x80, 0x80]), at: 4),
        Refusal("a text cut in a character", 1007, frame(0x81, [0x61, 0xE2, 0x82])),
        Refusal(
            "a wrong byte in the second fragment", 1007,
            joined(frame(0x01, [0xCE]), frame(0x00, [0x28]), frame(0x80, [0x61])), at: 6),
        Refusal(
            "a first fragment that is wrong", 1007,
            joined(frame(0x01, [0x80]), frame(0x80)), at: 3),
        Refusal(
            "a fragmented text cut in a character", 1007,
            joined(frame(0x01, [0xE2]), frame(0x89, "x"), frame(0x80, [0x82]))),
        Refusal(
            "a fragmented text with an empty end", 1007, joined(frame(0x01, [0xE2]), frame(0x80))),
    ]

    static func closing(_ code: UInt16, _ reason: Bytes = Bytes()) -> Bytes {
        Bytes([UInt8(code >> 8), UInt8(code & 0xFF)] + reason.array)
    }

    @Test("frames", arguments: frames)
    func brokenFrame(refusal: Refusal) { check(refusal) }

    @Test("close frames", arguments: closes)
    func brokenClose(refusal: Refusal) { check(refusal) }

    @Test("texts", arguments: texts)
    func brokenText(refusal: Refusal) { check(refusal) }

    private func check(_ refusal: Refusal) {
        let whole = messages(in: refusal.stream)
        #expect(whole.closeCode == refusal.closeCode)
        let cuts = Array(0...refusal.stream.count)
        #expect(messages(in: refusal.stream, cutAt: cuts) == whole, "byte by byte")
        let upTo = { (end: Int) in messages(in: refusal.stream.slice(0..<end)).closeCode }
        #expect(upTo(refusal.earliest) == refusal.closeCode, "not later than needed")
        #expect(upTo(refusal.earliest - 1) == nil, "not earlier than known")
    }

    @Test("a client's frame without mask", arguments: ["81", "89", "88"])
    func unmasked(first: String) {
        #expect(messages(in: hexadecimal(first + " 00"), role: .server).closeCode == 1002)
    }

    @Test("but every close code that may be sent is taken")
    func codes() {
        let valid: [UInt16] = Array(1000...1003) + Array(1007...1014) + [3000, 3999, 4000, 4999]
        for code in valid {
            #expect(WebSocketCloseCode.mayBeSent(code))
            let stream = WebSocketEncoder.close(code: code, reason: "bye")
            #expect(messages(in: stream).messages == [.close(code: code, reason: "bye")])
        }
        let none = WebSocketEncoder.close(code: nil, reason: "left out")
        #expect(none == hexadecimal("88 00"))
        #expect(messages(in: none).messages == [.close(code: nil, reason: "")])
    }

    @Test("and a reason that is too long is cut at a character")
    func longReason() {
        let stream = WebSocketEncoder.close(
            code: 1000, reason: String(repeating: "€", count: 100))
        let cut = String(repeating: "€", count: 41)
        #expect(messages(in: stream).messages == [.close(code: 1000, reason: cut)])
    }
}
