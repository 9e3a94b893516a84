import Testing
import Toolbox

@Suite("CRC-32C")
struct CRC32CTests {
    // Source: RFC 3720 appendix B.4, and the check value of the catalogue of CRCs.
    static let published: [(bytes: [UInt8], checksum: UInt32)] = [
        ([], 0), (Array("123456789".utf8), 0xE306_9283),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E), (Array((0..<32).reversed()), 0x113F_DB5C),
    ]

    @Test("gives the published values, by the processor and by table", arguments: published)
    func values(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.checksum(of: Bytes(bytes)) == checksum)
        #expect(bytes.withUnsafeBytes { CRC32C.checksumByTable(of: $0, after: 0) } == checksum)
    }

    @Test("is the same by the processor and by table, however it is continued")
    func agreement() {
        var random = SeededRandom(seed: 32)
        for count in 0..<200 {
            let bytes = Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            let whole = CRC32C.checksum(of: bytes)
            #expect(bytes.withUnsafeBytes { CRC32C.checksumByTable(of: $0, after: 0) } == whole)
            let cut = random.below(count + 1)
            let start = CRC32C.checksum(of: bytes.slice(0..<cut))
            #expect(CRC32C.checksum(of: bytes.suffix(from: cut), after: start) == whole)
        }
    }

    @Test("notices every flipped bit")
    func flips() {
        var bytes = Array("a record of the write-ahead log".utf8)
        let good = CRC32C.checksum(of: Bytes(bytes))
        for index in bytes.indices {
            for bit in 0..<8 as Range<UInt8> {
                bytes[index] ^= 1 << bit
                #expect(CRC32C.checksum(of: Bytes(bytes)) != good)
                bytes[index] ^= 1 << bit
            }
        }
    }
}

@Suite("XXH64")
struct XXH64Tests {
    @Test(
        "gives the published values",
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64, UInt64)])
    func published(text: String, seed: UInt64, hash: UInt64) {
        #expect(XXH64.hash(Bytes(text), seed: seed) == hash)
    }

    /// The first bytes of the sanity check's buffer, in the reference implementation.
    private static let buffer: Bytes = {
        var generator: UInt64 = 2_654_435_761
        let bytes = (0..<222).map { _ in
            let byte = UInt8(generator >> 56)
            generator &*= 11_400_714_785_074_694_797
            return byte
        }
        return Bytes(bytes)
    }()

    // Source: the sanity checks of the reference implementation, github.com/Cyan4973/xxHash.
    @Test(
        "gives the values of the reference's sanity check",
        arguments: [
            (0, 0, 0xEF46_DB37_51D8_E999), (0, 2_654_435_761, 0xAC75_FDA2_929B_17EF),
            (1, 0, 0xE934_A84A_DB05_2768), (1, 2_654_435_761, 0x5014_6076_43A9_B4C3),
            (4, 0, 0x9136_A0DC_A574_57EE), (14, 0, 0x8282_DCC4_994E_35C8),
            (14, 2_654_435_761, 0xC3BD_6BF6_3DEB_6DF0), (222, 0, 0xB641_AE8C_B691_C174),
            (222, 2_654_435_761, 0x20CB_8AB7_AE10_C14A),
        ] as [(Int, UInt64, UInt64)])
    func sanity(count: Int, seed: UInt64, hash: UInt64) {
        #expect(XXH64.hash(Self.buffer.slice(0..<count), seed: seed) == hash)
    }

    @Test("hashes a number as its eight bytes")
    func numbers() {
        for value in [0, 1, UInt64.max, 0x0123_4567_89AB_CDEF] {
            for seed in [0, 7, UInt64.max] {
                var writer = ByteWriter()
                writer.write(value)
                #expect(XXH64.hash(value, seed: seed) == XXH64.hash(writer.take(), seed: seed))
            }
        }
    }
}
