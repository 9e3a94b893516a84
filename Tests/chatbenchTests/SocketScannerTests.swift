import ChatWire
import Testing
import Toolbox
import Vocabulary
import WebSocketWire
import chatbench

@Suite("What a server says over a WebSocket")
struct SocketScannerTests {
    static let clientID = ClientMessageID(
        time: WallTime(milliseconds: 1_760_000_000_000), random: (0xABC, 0x0123_4567_89AB_CDEF))

    static func bytes(_ frame: ServerFrame) -> Bytes {
        WebSocketEncoder.text(QuickFrameTests.encode(frame))
    }

    static func ok(_ number: UInt64) -> Bytes {
        bytes(.ok(id: .number(Int64(number)), .sent(QuickFrameTests.receipt(number + 1))))
    }

    static func entry(_ push: UInt64, textBytes: Int = 100) -> Bytes {
        var entry = QuickFrameTests.entry
        entry.clientID = clientID
        entry.text = Bytes([UInt8](repeating: UInt8(ascii: "x"), count: textBytes))
        return bytes(.entry(push: push, entry))
    }

    static let refusal = ServerFrame.error(
        id: .number(7), ErrorReport(.overloaded, "later", afterMilliseconds: 5))

    static let pong = ServerFrame.pong(time: WallTime(milliseconds: 1))

    /// One of everything: quick frames, long ones, control frames, fragments, a refusal.
    static let stream: [(bytes: Bytes, found: SocketScanner.Found)] = [
        (ok(1), .acknowledged(id: 1, seq: 2)),
        (entry(3), .entry(push: 3, clientID: clientID)),
        (bytes(refusal), .message(.text(QuickFrameTests.encode(refusal)))),
        (entry(4, textBytes: 5_000), .entry(push: 4, clientID: clientID)),
        (WebSocketEncoder.ping("hm"), .message(.ping("hm"))),
        (ok(99_999_999), .acknowledged(id: 99_999_999, seq: 100_000_000)),
        (fragments, .message(.text("in two pieces"))),
        (entry(5), .entry(push: 5, clientID: clientID)),
        (longText, .message(.text(Bytes([UInt8](repeating: 0x61, count: 70_000))))),
        (bytes(pong), .message(.text(#"{"op":"pong","time":1}"#))),
        (ok(8), .acknowledged(id: 8, seq: 9)),
    ]

    static let longText = WebSocketEncoder.text(Bytes([UInt8](repeating: 0x61, count: 70_000)))

    static var fragments: Bytes {
        var writer = ByteWriter()
        WebSocketEncoder.writeHeader(
            opcode: .text, payloadCount: 7, isFinal: false, into: &writer)
        writer.writeRaw(Bytes("in two "))
        WebSocketEncoder.writeHeader(opcode: .continuation, payloadCount: 6, into: &writer)
        writer.writeRaw(Bytes("pieces"))
        return writer.take()
    }

    static func scanner() -> SocketScanner {
        SocketScanner(readsClientIDs: true, messageBytesMaximum: 1 << 20)
    }

    /// All that is found when `bytes` arrive in pieces of at most `size`.
    static func read(_ bytes: Bytes, inPiecesOf size: Int) throws -> [SocketScanner.Found] {
        var scanner = scanner()
        var found: [SocketScanner.Found] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            bytes.slice(start..<end).withUnsafeBytes { scanner.append($0) }
            // A strict stretch may end between two calls.
            while let next = try scanner.next() { found.append(next) }
            start = end
        }
        return found
    }

    static var wholeStream: Bytes {
        var writer = ByteWriter()
        for part in stream { writer.writeRaw(part.bytes) }
        return writer.take()
    }

    @Test("is the same however it is cut", arguments: [1, 2, 3, 7, 64, 333, 4_096, 1 << 20])
    func cuts(_ size: Int) throws {
        let found = try Self.read(Self.wholeStream, inPiecesOf: size)
        #expect(found == Self.stream.map(\.found))
    }

    @Test("is the same as what the strict decoder reads")
    func strict() throws {
        var decoder = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: 1 << 20))
        decoder.append(Self.wholeStream)
        var count = 0
        while let message = try decoder.next() {
            if case .message(let found) = Self.stream[count].found { #expect(found == message) }
            count += 1
        }
        #expect(count == Self.stream.count)
    }

    @Test("has client ids only for who asked for them")
    func clientIDs() throws {
        var scanner = SocketScanner(readsClientIDs: false, messageBytesMaximum: 1 << 20)
        Self.entry(3).withUnsafeBytes { scanner.append($0) }
        #expect(try scanner.next() == .entry(push: 3, clientID: nil))
        #expect(try scanner.next() == nil)
    }

    @Test("keeps a refusal's code and its pause")
    func refusals() throws {
        let found = try Self.read(Self.bytes(Self.refusal), inPiecesOf: 5)
        guard case .message(.text(let text))? = found.first else {
            Issue.record("no text: \(found)")
            return
        }
        #expect(try ServerFrame.decode(text) == Self.refusal)
    }

    @Test(
        "ends where the protocol is broken",
        arguments: [
            // A reserved bit, an unknown opcode, a masked frame, a length in too many bytes.
            [0xC1, 0x00], [0x83, 0x00], [0x81, 0x80, 1, 2, 3, 4], [0x81, 126, 0, 5],
            // Text that is no UTF-8.
            [0x81, 0x01, 0xFF],
        ] as [[UInt8]])
    func breaks(_ bytes: [UInt8]) {
        #expect(throws: WebSocketFailure.self) {
            try Self.read(Bytes(bytes + [0, 0, 0, 0]), inPiecesOf: 64)
        }
    }

    @Test("never acknowledges what was not acknowledged, whichever bit is flipped")
    func flips() {
        let bytes = Self.ok(1_000_000_007)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes.array
            damaged[bit / 8] ^= UInt8(1 << (bit % 8))
            var scanner = Self.scanner()
            damaged.withUnsafeBytes { scanner.append($0) }
            do throws(WebSocketFailure) {
                guard case .acknowledged(let id, _)? = try scanner.next() else { continue }
                // A flipped digit is another number; nothing else of the frame may differ.
                let payload = Bytes(damaged).suffix(from: 2)
                let start = Bytes(#"{"op":"ok","id":\#(id),"seq":"#)
                #expect(payload.slice(0..<start.count) == start, "bit \(bit)")
            } catch {
                continue
            }
        }
    }

    @Test("is read without a trap, whatever damage it has")
    func damage() {
        var random = SeededRandom(seed: 23)
        let whole = Self.wholeStream.array
        for _ in 0..<1_000 {
            var damaged = whole
            for _ in 0..<1 + random.below(4) {
                damaged[random.below(damaged.count)] ^= UInt8(1 << random.below(8))
            }
            let cut = Bytes(damaged).slice(0..<random.below(damaged.count))
            do {
                _ = try Self.read(cut, inPiecesOf: 1 + random.below(3_000))
            } catch {
                #expect(error is WebSocketFailure)
            }
        }
    }
}
