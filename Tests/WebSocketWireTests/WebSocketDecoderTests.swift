import Testing
import Toolbox
import WebSocketWire

@Suite("The frame decoder")
struct WebSocketDecoderTests {
    /// Every kind of message, whole, in fragments, with control frames between.
    static func stream(mask: UInt32?) -> (bytes: Bytes, messages: [WebSocketMessage]) {
        var writer = ByteWriter()
        let long = Bytes(String(repeating: "κόσμε 123 ", count: 20))
        writer.writeRaw(WebSocketEncoder.text(long, mask: mask))
        writer.writeRaw(WebSocketEncoder.text("", mask: mask))
        write(.text, long.slice(0..<7), isFinal: false, mask: mask, to: &writer)
        writer.writeRaw(WebSocketEncoder.ping("between", mask: mask))
        write(.continuation, "", isFinal: false, mask: mask, to: &writer)
        write(.continuation, long.slice(7..<130), isFinal: false, mask: mask, to: &writer)
        writer.writeRaw(WebSocketEncoder.pong("", mask: mask))
        write(.continuation, long.suffix(from: 130), isFinal: true, mask: mask, to: &writer)
        writer.writeRaw(WebSocketEncoder.binary([0, 0xFF, 0x80], mask: mask))
        write(.binary, [1], isFinal: false, mask: mask, to: &writer)
        write(.continuation, "", isFinal: true, mask: mask, to: &writer)
        writer.writeRaw(WebSocketEncoder.close(code: 1001, reason: "où", mask: mask))
        writer.writeRaw("what comes behind a close is not read")
        let messages: [WebSocketMessage] = [
            .text(long), .text(""), .ping("between"), .pong(""), .text(long),
            .binary([0, 0xFF, 0x80]), .binary([1]), .close(code: 1001, reason: "où"),
        ]
        return (writer.take(), messages)
    }

    private static func write(
        _ opcode: WebSocketOpcode, _ payload: Bytes, isFinal: Bool, mask: UInt32?,
        to writer: inout ByteWriter
    ) {
        var frame = ByteWriter()
        WebSocketEncoder.writeHeader(
            opcode: opcode, payloadCount: payload.count, mask: mask, isFinal: isFinal,
            into: &frame)
        writer.writeRaw(frame.take())
        for (index, byte) in payload.array.enumerated() {
            let shift = UInt32(24 - 8 * (index % 4))
            writer.write(byte ^ UInt8(truncatingIfNeeded: (mask ?? 0) >> shift))
        }
    }

    @Test(
        "gives the same however the stream is cut",
        arguments: [(WebSocketDecoder.Role.server, 0x0102_0304 as UInt32?), (.client, nil)])
    func everyCut(role: WebSocketDecoder.Role, mask: UInt32?) {
        let (bytes, expected) = Self.stream(mask: mask)
        #expect(messages(in: bytes, role: role) == Outcome(messages: expected))
        for cut in 0...bytes.count {
            #expect(messages(in: bytes, cutAt: [cut], role: role).messages == expected)
        }
        for step in 1...9 {
            let cuts = Array(stride(from: step, to: bytes.count, by: step))
            #expect(messages(in: bytes, cutAt: cuts, role: role).messages == expected)
        }
    }

    @Test("unmasks payloads of every length, in pieces of any size")
    func masks() {
        var random = SeededRandom(seed: 6_455)
        for count in 0..<300 {
            let payload = Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            let mask = UInt32(truncatingIfNeeded: random.next())
            let bytes = WebSocketEncoder.binary(payload, mask: mask)
            let cuts = [random.below(bytes.count), random.below(bytes.count)].sorted()
            #expect(messages(in: bytes, role: .server).messages == [.binary(payload)])
            #expect(
                messages(in: bytes, cutAt: cuts, role: .server).messages == [.binary(payload)])
        }
    }

    @Test("bounds a message by its bytes, before they come", arguments: [15, 16, 17])
    func size(count: Int) {
        let limits = WebSocketLimits(messageBytesMaximum: 16)
        let payload = Bytes([UInt8](repeating: 0x61, count: count))
        let expected =
            count <= 16 ? Outcome(messages: [.text(payload)]) : Outcome(closeCode: 1009)
        #expect(messages(in: WebSocketEncoder.text(payload), limits: limits) == expected)
        let parts = joined(
            frame(0x01, payload.slice(0..<10)), frame(0x80, payload.suffix(from: 10)))
        #expect(messages(in: parts, limits: limits) == expected)
        let announced = hexadecimal("82 7f 00 00 00 00 ff ff ff ff")
        #expect(messages(in: announced, limits: limits).closeCode == 1009)
    }

    @Test("bounds a message by its fragments", arguments: [1_023, 1_024])
    func fragments(continuations: Int) {
        var writer = ByteWriter()
        writer.writeRaw(frame(0x01, "a"))
        for _ in 1..<continuations {
            writer.writeRaw(frame(0x00))
            writer.writeRaw(frame(0x89))
        }
        writer.writeRaw(frame(0x80, "b"))
        let outcome = messages(in: writer.take())
        #expect(outcome.messages.last == (continuations == 1_023 ? .text("ab") : .ping("")))
        #expect(outcome.closeCode == (continuations == 1_023 ? nil : 1009))
    }

    @Test("takes larger messages once its limit is raised")
    func raisedLimit() throws {
        var decoder = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: 2))
        decoder.append(WebSocketEncoder.text("ab"))
        #expect(try #require(try decoder.next()) == .text("ab"))
        decoder.limits.messageBytesMaximum = 3
        decoder.append(WebSocketEncoder.text("abc"))
        #expect(try #require(try decoder.next()) == .text("abc"))
        decoder.limits.messageBytesMaximum = 2
        decoder.append(WebSocketEncoder.text("abc"))
        #expect(throws: WebSocketFailure.self) { try decoder.next() }
    }

    @Test("knows whether a message has begun, and what it holds")
    func partial() throws {
        var decoder = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: 100))
        #expect(!decoder.hasPartialMessage)
        let bytes = joined(frame(0x01, "ab"), frame(0x80, "c"))
        for offset in 0..<bytes.count - 1 {
            decoder.append(bytes.slice(offset..<offset + 1))
            let message = try decoder.next()
            #expect(message == nil)
            #expect(decoder.hasPartialMessage)
        }
        #expect(decoder.heldBytes == 2)
        decoder.append("c")
        let message = try decoder.next()
        #expect(message == .text("abc"))
        #expect(!decoder.hasPartialMessage)
        #expect(decoder.heldBytes == 0)
    }

    @Test("holds nothing and reads nothing behind a failure")
    func failureStays() {
        var decoder = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: 100))
        decoder.append(joined(frame(0x01, "abc"), frame(0x83), WebSocketEncoder.text("later")))
        let first = failure(of: &decoder)
        #expect(first?.closeCode == 1002)
        decoder.append(WebSocketEncoder.text("later"))
        let second = failure(of: &decoder)
        #expect(second == first)
        #expect(decoder.heldBytes == 0)
    }
}
