import Toolbox

/// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5).
enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: Bytes) -> Bytes {
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (buffer, bits): (UInt32, UInt32) = (0, 0)
        for offset in 0..<bytes.count {
            buffer = buffer << 8 | UInt32(bytes[offset])
            bits += 8
            while bits >= 6 {
                bits -= 6
                characters.append(alphabet[Int(buffer >> bits & 0x3F)])
            }
            buffer &= 1 << bits - 1
        }
        if bits > 0 { characters.append(alphabet[Int(buffer << (6 - bits) & 0x3F)]) }
        return Bytes(characters)
    }

    /// Nil for a character outside the alphabet, a length that no encoding has, or loose bits.
    static func decode(_ characters: Bytes) -> Bytes? {
        guard characters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var (buffer, bits): (UInt32, UInt32) = (0, 0)
        for offset in 0..<characters.count {
            guard let value = value(of: characters[offset]) else { return nil }
            buffer = buffer << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
            buffer &= 1 << bits - 1
        }
        return buffer == 0 ? Bytes(bytes) : nil
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
}
