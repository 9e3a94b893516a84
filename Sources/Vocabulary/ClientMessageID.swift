/// The id that a client makes for a message: a UUID version 7 (RFC 9562 §5.7).
///
/// Its first 48 bits are the client's time in milliseconds since 1970.
public struct ClientMessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    /// The 128 bits as they are; for decoding what was checked before.
    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A fresh id of the time `time` with the given random bits.
    public init(time: WallTime, random: (UInt64, UInt64)) {
        high = UInt64(time.milliseconds) << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// From its 36 characters, in either case; nil unless it is a UUID of version 7.
    public init?(_ text: String) {
        var (high, low, digits) = (UInt64(0), UInt64(0), 0)
        guard text.utf8.count == 36 else { return nil }
        for (offset, byte) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(offset) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = Self.value(ofHexDigit: byte) else { return nil }
            if digits < 16 { high = high << 4 | value } else { low = low << 4 | value }
            digits += 1
        }
        guard (high >> 12) & 0xF == 7, low >> 62 == 2 else { return nil }
        self.init(high: high, low: low)
    }

    /// The id's own time.
    public var time: WallTime { WallTime(milliseconds: Int64(high >> 16)) }

    @inlinable
    public static func < (left: ClientMessageID, right: ClientMessageID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// 36 characters in lower case.
    public var description: String {
        var characters: [UInt8] = []
        characters.reserveCapacity(36)
        for position in 0..<32 {
            if [8, 12, 16, 20].contains(position) { characters.append(UInt8(ascii: "-")) }
            let word = position < 16 ? high : low
            let digit = UInt8((word >> UInt64(60 - 4 * (position % 16))) & 0xF)
            characters.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return String(decoding: characters, as: UTF8.self)
    }

    private static func value(ofHexDigit byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
