/// Base64 with `-` and `_` and without padding, for text that stands in URLs and headers.
///
/// Strict: every run of bytes has exactly one text, and only that one decodes.
///
/// Source: RFC 4648 §5.
public enum Base64URL {
    public static func encode(_ bytes: Bytes) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count * 4 + 2) / 3)
        bytes.withUnsafeBytes { bytes in
            var held: UInt32 = 0
            var heldBits: UInt32 = 0
            for byte in bytes {
                held = held << 8 | UInt32(byte)
                heldBits += 8
                while heldBits >= 6 {
                    heldBits -= 6
                    characters.append(alphabet[Int(held >> heldBits & 63)])
                }
            }
            if heldBits > 0 { characters.append(alphabet[Int(held << (6 - heldBits) & 63)]) }
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The bytes that `text` stands for; nil for any text that `encode` does not give.
    public static func decode(_ text: some StringProtocol) -> Bytes? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var held: UInt32 = 0
        var heldBits: UInt32 = 0
        for character in text.utf8 {
            guard let value = value(of: character) else { return nil }
            held = held << 6 | value
            heldBits += 6
            if heldBits >= 8 {
                heldBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> heldBits))
            }
        }
        // A last character that carries no byte, or bits behind the last byte.
        guard heldBits < 6, held & ((1 << heldBits) - 1) == 0 else { return nil }
        return Bytes(bytes)
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
