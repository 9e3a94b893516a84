private import CSystem

/// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4; the check value of "123456789" is e3069283.
public enum CRC32C {
    /// The checksum of `bytes`, continuing from `previous` (0 at the start).
    public static func checksum(
        of bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0
    ) -> UInt32 {
        guard let base = bytes.baseAddress else { return previous }
        let start = base.assumingMemoryBound(to: UInt8.self)
        return hasHardware
            ? csystem_crc32c_hardware(previous, start, bytes.count)
            : checksumByTable(of: bytes, after: previous)
    }

    public static func checksum(of bytes: Bytes, after previous: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum(of: $0, after: previous) }
    }

    /// The same without the processor's instruction.
    public static func checksumByTable(
        of bytes: UnsafeRawBufferPointer, after previous: UInt32
    ) -> UInt32 {
        var crc = ~previous
        for byte in bytes { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
        return ~crc
    }

    private static let hasHardware = csystem_has_crc32c() != 0

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in
            crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1
        }
    }
}
