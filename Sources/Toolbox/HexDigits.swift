/// Bytes as lower-case hexadecimal digits, two for each.
public enum HexDigits {
    public static func encode(_ bytes: Bytes) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(bytes.count * 2)
        bytes.withUnsafeBytes { bytes in
            for byte in bytes {
                characters.append(digit(byte >> 4))
                characters.append(digit(byte & 15))
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The 16 digits of a 64-bit number, such as a digest.
    public static func encode(_ value: UInt64) -> String {
        var writer = ByteWriter(reserving: 8)
        writer.writeBigEndian(value)
        return encode(writer.take())
    }

    /// The bytes that `text` stands for, in either case; nil for anything else.
    public static func decode(_ text: some StringProtocol) -> Bytes? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            guard let value = value(of: character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return Bytes(bytes)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
