import Testing
import Toolbox

@Suite("SHA-1")
struct SHA1Tests {
    // Source: RFC 3174 §7.3 and FIPS 180-4 examples.
    @Test(
        "gives the published digests",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
        ])
    func published(message: String, hex: String) {
        #expect(hexadecimal(SHA1.digest(of: Bytes(message))) == hex)
    }

    @Test("gives the published digests of long messages")
    func publishedOfLong() {
        let digits = SHA1.digest(of: Bytes(String(repeating: "01234567", count: 80)))
        #expect(hexadecimal(digits) == "dea356a2cddd90c7a7ecedc5ebb563934f460452")
        let million = SHA1.digest(of: Bytes([UInt8](repeating: 0x61, count: 1_000_000)))
        #expect(hexadecimal(million) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }

    @Test("takes messages that end on each side of a block")
    func aroundABlock() {
        let digests = (50...70).map { count in
            hexadecimal(SHA1.digest(of: Bytes([UInt8](repeating: 0x61, count: count))))
        }
        #expect(digests.allSatisfy { $0.count == 40 })
        #expect(Set(digests).count == digests.count)
        #expect(digests[5] == "c1c8bbdc22796e28c0e15163d20899b65621d65a")
        #expect(digests[14] == "0098ba824b5c16427bd7a1122a5a442a25ec644d")
    }

    private func hexadecimal(_ bytes: Bytes) -> String {
        bytes.array.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
