/// MD5, as in RFC 1321. Only SASL's DIGEST-MD5 asks for it (RFC 2831).
///
/// Broken for every other use: collisions are made in seconds.
public enum MD5 {
    /// Bytes of a digest.
    public static let digestBytes = 16

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
        for shift in stride(from: UInt64(0), through: 56, by: 8) {
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
        var b: UInt32 = 0xefcd_ab89
        var c: UInt32 = 0x98ba_dcfe
        var d: UInt32 = 0x1032_5476

        var bytes: Bytes {
            var writer = ByteWriter(reserving: digestBytes)
            for word in [a, b, c, d] { writer.write(word) }
            return writer.take()
        }

        mutating func absorb(block: UnsafeRawBufferPointer, at offset: Int) {
            var (a, b, c, d) = (a, b, c, d)
            for step in 0..<64 {
                let (choice, word) = MD5.round(step, b, c, d)
                let read = block.loadUnaligned(fromByteOffset: offset + 4 * word, as: UInt32.self)
                let sum = a &+ choice &+ MD5.sines[step] &+ UInt32(littleEndian: read)
                let count = MD5.rotations[step / 16 * 4 + step % 4]
                (a, d, c, b) = (d, c, b, b &+ ((sum << count) | (sum >> (32 - count))))
            }
            self.a &+= a
            self.b &+= b
            self.c &+= c
            self.d &+= d
        }
    }

    /// The mixing function of a step, and which word of the block it takes.
    private static func round(
        _ step: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32
    ) -> (choice: UInt32, word: Int) {
        if step < 16 { return ((b & c) | (~b & d), step) }
        if step < 32 { return ((d & b) | (~d & c), (5 * step + 1) & 15) }
        if step < 48 { return (b ^ c ^ d, (3 * step + 5) & 15) }
        return (c ^ (b | ~d), (7 * step) & 15)
    }

    private static let rotations: [UInt32] = [
        7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
    ]

    /// `floor(2^32 * abs(sin(step + 1)))`.
    private static let sines: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a,
        0xa830_4613, 0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be,
        0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340,
        0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8,
        0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c,
        0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
        0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92,
        0xffef_f47d, 0x8584_5dd1, 0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1,
        0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]
}
