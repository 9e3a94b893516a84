import ChatWire
import Testing
import Toolbox
import Vocabulary
import chatbench

@Suite("Frames read by their first members")
struct QuickFrameTests {
    static func encode(_ frame: ServerFrame) -> Bytes {
        var writer = ByteWriter()
        frame.encode(into: &writer)
        return writer.take()
    }

    static func receipt(_ seq: UInt64) -> SendReceipt {
        SendReceipt(seq: SequenceNumber(seq), ord: 4, time: WallTime(milliseconds: 9))
    }

    static let entry = EntryFrame(
        chat: ChatID(5), seq: SequenceNumber(6), ord: 6, time: WallTime(milliseconds: 7),
        from: UserID(8), kind: .message)

    @Test("say the same as frames that are read whole", arguments: [1, 12, 99_999, 1 << 53 - 1])
    func same(_ number: UInt64) {
        let ok = Self.encode(.ok(id: .number(Int64(number)), .sent(Self.receipt(number))))
        #expect(QuickFrame(scanning: ok) == .acknowledged(id: number, seq: number))
        let entry = Self.encode(.entry(push: number, Self.entry))
        #expect(QuickFrame(scanning: entry) == .entry(push: number))
    }

    @Test("leave every other frame to who reads it whole")
    func others() {
        let frames: [ServerFrame] = [
            .ok(id: .text("1"), .sent(Self.receipt(1))), .ok(id: nil, .sent(Self.receipt(1))),
            .ok(id: .number(1), .nothing), .ok(id: .number(-1), .sent(Self.receipt(1))),
            .error(id: .number(1), ErrorReport(.overloaded, "later")),
            .gap(push: 1, chat: ChatID(1), head: SequenceNumber(1)),
            .pong(time: WallTime(milliseconds: 1)),
        ]
        for frame in frames {
            #expect(QuickFrame(scanning: Self.encode(frame)) == nil, "\(frame)")
        }
        #expect(QuickFrame(scanning: Bytes()) == nil)
        #expect(QuickFrame(scanning: #"{"op":"ok","id":12345678901234567,"seq":1}"#) == nil)
    }

    @Test("that are cut are read by nobody, and no damage stops the reader")
    func damage() {
        let frames = [
            Self.encode(.ok(id: .number(17), .sent(Self.receipt(1_234)))),
            Self.encode(.entry(push: 17, Self.entry)),
        ]
        var random = SeededRandom(seed: 11)
        for frame in frames {
            for count in 0..<20 { #expect(QuickFrame(scanning: frame.slice(0..<count)) == nil) }
            for _ in 0..<2_000 {
                var bytes = frame.array
                bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
                let damaged = Bytes(bytes).slice(0..<random.below(bytes.count + 1))
                _ = QuickFrame(scanning: damaged)
            }
        }
    }
}
