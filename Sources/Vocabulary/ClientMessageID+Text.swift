public import Toolbox

// The 36 characters as bytes: this is read and written once per message, and makes no `String`.
extension ClientMessageID {
    /// Characters of an id's text.
    public static let textBytesCount = 36

    /// From its 36 characters, in either case; nil unless it is a UUID of version 7.
    public init?(text: Bytes) {
        let id = text.withUnsafeBytes { ClientMessageID(text: $0) }
        guard let id else { return nil }
        self = id
    }

    /// The same from bytes that are looked at only meanwhile.
    public init?(text: UnsafeRawBufferPointer) {
        guard text.count == Self.textBytesCount else { return nil }
        for hyphen in stride(from: 8, through: 23, by: 5) where text[hyphen] != UInt8(ascii: "-") {
            return nil
        }
        // Eight characters at a time; those in front of and behind a hyphen are put together.
        guard let first = Self.number(of: Self.word(at: 0, in: text)),
            let second = Self.number(
                of: Self.half(at: 9, in: text) << 32 | Self.half(at: 14, in: text)),
            let third = Self.number(
                of: Self.half(at: 19, in: text) << 32 | Self.half(at: 24, in: text)),
            let fourth = Self.number(of: Self.word(at: 28, in: text))
        else { return nil }
        let high = UInt64(first) << 32 | UInt64(second)
        let low = UInt64(third) << 32 | UInt64(fourth)
        guard (high >> 12) & 0xF == 7, low >> 62 == 2 else { return nil }
        self.init(high: high, low: low)
    }

    private static func word(at offset: Int, in text: UnsafeRawBufferPointer) -> UInt64 {
        text.loadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
    }

    private static func half(at offset: Int, in text: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(text.loadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian)
    }

    /// The number that eight hexadecimal digits are, in either case; nil if they are none.
    ///
    /// - Parameter characters: the first one in the most significant byte.
    private static func number(of characters: UInt64) -> UInt32? {
        let letters = (characters >> 6) & 0x0101_0101_0101_0101
        var digits = (characters & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
        digits = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits >> 8) & 0x0000_FFFF_0000_FFFF
        let number = UInt32(truncatingIfNeeded: digits | digits >> 16)
        // Whatever else was read does not give itself when it is written again.
        let lowered = characters | (characters & 0x4040_4040_4040_4040) >> 1
        return HexText.characters(of: number) == lowered ? number : nil
    }

    /// Calls `body` with the id's 36 characters in lower case.
    public func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: Self.textBytesCount, alignment: 8) { text in
            // Eight characters at a time; what reaches over a hyphen is put again behind it.
            put(high >> 32, at: 0, in: text)
            put(high, at: 9, in: text)
            put(high << 16, at: 14, in: text)
            put(low >> 32, at: 19, in: text)
            put(low >> 16, at: 24, in: text)
            put(low, at: 28, in: text)
            for hyphen in stride(from: 8, through: 23, by: 5) { text[hyphen] = UInt8(ascii: "-") }
            return body(UnsafeRawBufferPointer(text))
        }
    }

    /// Puts the eight characters of the lower half of `word`.
    private func put(_ word: UInt64, at offset: Int, in text: UnsafeMutableRawBufferPointer) {
        let characters = HexText.characters(of: UInt32(truncatingIfNeeded: word))
        text.storeBytes(of: characters.bigEndian, toByteOffset: offset, as: UInt64.self)
    }
}
