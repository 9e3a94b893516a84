/// SHA-256, as in FIPS 180-4, fed in pieces of any size.
///
/// Source: FIPS 180-4 §6.2.
public struct SHA256: Sendable {
    public static let digestBytes = 32
    public static let blockBytes = 64

    private var state: InlineArray<8, UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// What does not fill a block yet: the first `pendingCount` bytes.
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var pendingCount = 0
    private var totalBytes: UInt64 = 0

    public init() {}

    /// The digest of `bytes`: 32 bytes.
    public static func hash(_ bytes: Bytes) -> Bytes {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    public mutating func update(_ bytes: Bytes) {
        bytes.withUnsafeBytes { update($0) }
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        totalBytes &+= UInt64(bytes.count)
        var offset = 0
        if pendingCount > 0 {
            offset = min(Self.blockBytes - pendingCount, bytes.count)
            for index in 0..<offset { pending[pendingCount + index] = bytes[index] }
            pendingCount += offset
            guard pendingCount == Self.blockBytes else { return }
            compressPending()
        }
        while offset + Self.blockBytes <= bytes.count {
            Self.compress(
                &state, UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Self.blockBytes]))
            offset += Self.blockBytes
        }
        while offset < bytes.count {
            pending[pendingCount] = bytes[offset]
            pendingCount += 1
            offset += 1
        }
    }

    /// The digest of everything so far: 32 bytes. The value is of no further use.
    public mutating func finish() -> Bytes {
        var digest: [UInt8] = []
        digest.reserveCapacity(Self.digestBytes)
        pad()
        for index in 0..<8 {
            Swift.withUnsafeBytes(of: state[index].bigEndian) { digest.append(contentsOf: $0) }
        }
        return Bytes(digest)
    }

    /// One bit, zeros, and the length in bits as 64 bits, up to a whole block.
    private mutating func pad() {
        let bits = totalBytes &* 8
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > Self.blockBytes - 8 {
            while pendingCount < Self.blockBytes {
                pending[pendingCount] = 0
                pendingCount += 1
            }
            compressPending()
        }
        while pendingCount < Self.blockBytes - 8 {
            pending[pendingCount] = 0
            pendingCount += 1
        }
        for index in 0..<8 {
            pending[Self.blockBytes - 8 + index] = UInt8(
                truncatingIfNeeded: bits >> UInt64(56 - 8 * index))
        }
        compressPending()
    }

    private mutating func compressPending() {
        let block = pending
        Swift.withUnsafeBytes(of: block) { Self.compress(&state, $0) }
        pendingCount = 0
    }

    /// One block. The schedule rolls through 16 words on the stack: nothing is allocated.
    private static func compress(
        _ state: inout InlineArray<8, UInt32>, _ block: UnsafeRawBufferPointer
    ) {
        invariant(block.count == blockBytes, "a block of \(block.count)")
        var words = InlineArray<16, UInt32>(repeating: 0)
        for index in 0..<16 {
            words[index] = UInt32(
                bigEndian: block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        var step = 0
        while step < 64 {
            if step >= 16 { extend(&words) }
            var index = 0
            while index < 16 {
                let first =
                    h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25))
                    &+ ((e & f) ^ (~e & g)) &+ constants[step + index] &+ words[index]
                let second =
                    (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22))
                    &+ ((a & b) ^ (a & c) ^ (b & c))
                (h, g, f, e) = (g, f, e, d &+ first)
                (d, c, b, a) = (c, b, a, first &+ second)
                index += 1
            }
            step += 16
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    /// The next 16 words of the schedule, in place of the last 16.
    @inline(__always)
    private static func extend(_ words: inout InlineArray<16, UInt32>) {
        var index = 0
        while index < 16 {
            let near = words[(index + 1) & 15]
            let far = words[(index + 14) & 15]
            let small = rotate(near, 7) ^ rotate(near, 18) ^ (near >> 3)
            let large = rotate(far, 17) ^ rotate(far, 19) ^ (far >> 10)
            words[index] = words[index] &+ small &+ words[(index + 9) & 15] &+ large
            index += 1
        }
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    private static let constants: InlineArray<64, UInt32> = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
        0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
        0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
        0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
        0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
        0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
        0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
        0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
        0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
