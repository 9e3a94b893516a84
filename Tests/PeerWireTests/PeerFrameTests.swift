import PeerWire
import Testing
import Toolbox
import Vocabulary

@Suite("Frames between nodes")
struct PeerFrameTests {
    private static func frame(payload: Bytes = "payload") -> PeerFrame {
        PeerFrame(
            kind: .sections, sender: Incarnation(7), receiver: Incarnation(8), sequence: 9,
            wall: WallTime(milliseconds: 1_700_000_000_000), payload: payload)
    }

    /// Cuts `bytes` at `cut` and reads everything that comes out.
    private static func read(
        _ bytes: Bytes, cutAt cut: Int
    ) throws(PeerFrameFailure) -> [PeerFrame] {
        var decoder = PeerFrameDecoder()
        var frames: [PeerFrame] = []
        for piece in [bytes.slice(0..<cut), bytes.suffix(from: cut)] {
            decoder.append(piece)
            while let frame = try decoder.next() { frames.append(frame) }
        }
        return frames
    }

    @Test("two frames come out whole wherever the stream is cut")
    func cuts() throws {
        var writer = ByteWriter()
        writer.writeRaw(Self.frame().encoded())
        writer.writeRaw(Self.frame(payload: "another").encoded())
        let stream = writer.take()
        for cut in 0...stream.count {
            let frames = try Self.read(stream, cutAt: cut)
            #expect(frames == [Self.frame(), Self.frame(payload: "another")])
        }
    }

    @Test("frames come out whole however small the pieces", arguments: [1, 7, 47, 48, 49, 1_000])
    func pieces(length: Int) throws {
        let frames = [3, 20_000, 0, 70].map {
            Self.frame(payload: Bytes([UInt8](repeating: UInt8($0 & 0xFF), count: $0)))
        }
        var writer = ByteWriter()
        for frame in frames { writer.writeRaw(frame.encoded()) }
        let stream = writer.take()
        var decoder = PeerFrameDecoder()
        var found: [PeerFrame] = []
        for start in stride(from: 0, to: stream.count, by: length) {
            decoder.append(stream.slice(start..<min(start + length, stream.count)))
            while let frame = try decoder.next() { found.append(frame) }
        }
        #expect(found == frames)
    }

    @Test("a flipped bit anywhere is noticed or leaves the frame waiting for bytes")
    func flips() {
        let whole = Self.frame().encoded().array
        for bit in 0..<whole.count * 8 {
            var flipped = whole
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            do throws(PeerFrameFailure) {
                let frames = try Self.read(Bytes(flipped), cutAt: 0)
                // A longer length waits for bytes that never come.
                #expect(frames.isEmpty, "bit \(bit) went unnoticed")
            } catch {
                continue
            }
        }
    }

    @Test("a length over the limit is refused before its bytes arrive")
    func tooLong() {
        var bytes = Self.frame().encoded().array
        bytes.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0x7F])
        #expect(throws: PeerFrameFailure.tooLong(bytes: 0x7FFF_FFFF)) {
            try Self.read(Bytes(bytes), cutAt: 0)
        }
    }

    @Test("random bytes are refused, never obeyed")
    func noise() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let bytes = Bytes((0..<96).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            #expect(throws: PeerFrameFailure.self) { try Self.read(bytes, cutAt: 10) }
        }
    }

    @Test("sections keep their kind, group and body")
    func sections() throws {
        let sections = [
            PeerSection(kind: .consensus, group: ReplicaGroupID(3), body: "vote"),
            PeerSection(kind: .delivery, group: ReplicaGroupID(4), body: Bytes()),
        ]
        #expect(try PeerSection.decode(PeerSection.encode(sections)) == sections)
    }

    @Test("cut or padded sections are refused")
    func cutSections() {
        let encoded = PeerSection.encode([
            PeerSection(kind: .request, group: ReplicaGroupID(1), body: "body")
        ])
        for end in 0..<encoded.count {
            #expect(throws: DecodeFailure.self) { try PeerSection.decode(encoded.slice(0..<end)) }
        }
        #expect(throws: DecodeFailure.self) {
            try PeerSection.decode(Bytes(encoded.array + [0]))
        }
    }
}
