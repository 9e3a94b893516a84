/// Base 64 (RFC 4648): bytes as text of 64 harmless characters.
///
/// Decoding is strict. Every run of bytes has exactly one text that decodes to it: no white space,
/// no missing or superfluous padding, no bits set behind the last byte.
public enum Base64 {
    /// Which characters stand for 62 and 63, and whether the end is padded.
    public enum Alphabet: Sendable {
        /// `+` and `/`, padded with `=` to a multiple of four (RFC 4648 §4).
        case standard
        /// `-` and `_`, never padded (RFC 4648 §5): for URLs and tokens.
        case urlSafe
    }

    /// The text that stands for `bytes`, as ASCII bytes.
    public static func encode(_ bytes: Bytes, as alphabet: Alphabet = .standard) -> Bytes {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        bytes.withUnsafeBytes { input in
            var offset = 0
            while offset + 3 <= input.count {
                let group =
                    UInt32(input[offset]) << 16 | UInt32(input[offset + 1]) << 8
                    | UInt32(input[offset + 2])
                append(group, characters: 4, as: alphabet, to: &output)
                offset += 3
            }
            switch input.count - offset {
            case 1:
                append(UInt32(input[offset]) << 16, characters: 2, as: alphabet, to: &output)
            case 2:
                let group = UInt32(input[offset]) << 16 | UInt32(input[offset + 1]) << 8
                append(group, characters: 3, as: alphabet, to: &output)
            default: break
            }
        }
        return Bytes(output)
    }

    /// The text that stands for `bytes`.
    public static func text(of bytes: Bytes, as alphabet: Alphabet = .standard) -> String {
        String(decoding: encode(bytes, as: alphabet).array, as: UTF8.self)
    }

    /// The bytes that `text` stands for; nil if no encoder would write it.
    public static func decode(_ text: Bytes, as alphabet: Alphabet = .standard) -> Bytes? {
        guard let digits = withoutPadding(text, as: alphabet), digits.count % 4 != 1 else {
            return nil
        }
        var output: [UInt8] = []
        output.reserveCapacity(digits.count * 3 / 4)
        var (bits, held): (UInt32, UInt32) = (0, 0)
        let isClean = digits.withUnsafeBytes { input in
            for character in input {
                guard let value = value(of: character, as: alphabet) else { return false }
                bits = bits << 6 | value
                held += 6
                if held >= 8 {
                    held -= 8
                    output.append(UInt8(truncatingIfNeeded: bits >> held))
                }
            }
            return true
        }
        let leftOver = bits & ((1 << held) - 1)
        return isClean && leftOver == 0 ? Bytes(output) : nil
    }

    /// The bytes that `text` stands for; nil if no encoder would write it.
    public static func decode(_ text: String, as alphabet: Alphabet = .standard) -> Bytes? {
        decode(Bytes(text), as: alphabet)
    }

    private static func append(
        _ group: UInt32, characters count: Int, as alphabet: Alphabet, to output: inout [UInt8]
    ) {
        for position in 0..<count {
            let value = UInt8((group >> UInt32(18 - 6 * position)) & 63)
            output.append(character(for: value, as: alphabet))
        }
        guard alphabet == .standard else { return }
        for _ in count..<4 { output.append(UInt8(ascii: "=")) }
    }

    private static func withoutPadding(_ text: Bytes, as alphabet: Alphabet) -> Bytes? {
        guard alphabet == .standard else { return text }
        guard text.count % 4 == 0 else { return nil }
        var end = text.count
        while end > 0, end > text.count - 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return text.slice(0..<end)
    }

    private static func character(for value: UInt8, as alphabet: Alphabet) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    private static func value(of character: UInt8, as alphabet: Alphabet) -> UInt32? {
        switch (character, alphabet) {
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): UInt32(character - UInt8(ascii: "A"))
        case (UInt8(ascii: "a")...UInt8(ascii: "z"), _): UInt32(character - UInt8(ascii: "a")) + 26
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): UInt32(character - UInt8(ascii: "0")) + 52
        case (UInt8(ascii: "+"), .standard), (UInt8(ascii: "-"), .urlSafe): 62
        case (UInt8(ascii: "/"), .standard), (UInt8(ascii: "_"), .urlSafe): 63
        default: nil
        }
    }
}
