/// SHA-1, as in FIPS 180-4. The WebSocket handshake asks for it (RFC 6455 §4.2.2).
///
/// It proves that the other side speaks the protocol, and nothing else: collisions are known, so no
/// signature or password may rest on it.
public enum SHA1 {
    /// Bytes of a digest.
    public static let digestBytes = 20

    /// The digest of `message`, `digestBytes` long.
    public static func digest(of message: Bytes) -> Bytes {
        var state = State()
        let wholeBlocks = message.count & ~63
        message.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: wholeBlocks, by: 64) {
                state.absorb(block: bytes, at: offset)
            }
        }
        var tail = message.suffix(from: wholeBlocks).array
        tail.append(0x80)
        while tail.count % 64 != 56 { tail.append(0) }
        let bitCount = UInt64(message.count) &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }
        tail.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count, by: 64) {
                state.absorb(block: bytes, at: offset)
            }
        }
        return state.bytes
    }

    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        var bytes: Bytes {
            var writer = ByteWriter(reserving: digestBytes)
            for word in [a, b, c, d, e] { writer.writeBigEndian(word) }
            return writer.take()
        }

        mutating func absorb(block: UnsafeRawBufferPointer, at offset: Int) {
            var schedule = InlineArray<16, UInt32>(repeating: 0)
            for index in 0..<16 {
                let word = block.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self)
                schedule[index] = UInt32(bigEndian: word)
            }
            var (a, b, c, d, e) = (a, b, c, d, e)
            for step in 0..<80 {
                if step >= 16 {
                    let mixed =
                        schedule[(step + 13) & 15] ^ schedule[(step + 8) & 15]
                        ^ schedule[(step + 2) & 15] ^ schedule[step & 15]
                    schedule[step & 15] = rotate(mixed, 1)
                }
                let (choice, constant) = round(step, b, c, d)
                let next = rotate(a, 5) &+ choice &+ e &+ constant &+ schedule[step & 15]
                (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
            }
            self.a &+= a
            self.b &+= b
            self.c &+= c
            self.d &+= d
            self.e &+= e
        }
    }

    @inline(__always)
    private static func round(
        _ step: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32
    ) -> (choice: UInt32, constant: UInt32) {
        if step < 20 { return ((b & c) | (~b & d), 0x5A82_7999) }
        if step < 40 { return (b ^ c ^ d, 0x6ED9_EBA1) }
        if step < 60 { return ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC) }
        return (b ^ c ^ d, 0xCA62_C1D6)
    }

    @inline(__always)
    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
        (value << count) | (value >> (32 - count))
    }
}
