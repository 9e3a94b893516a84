public import Toolbox

// The 36 characters as bytes: this is read and written once per message, and makes no `String`.
extension ClientMessageID {
    /// Characters of an id's text.
    public static let textBytesCount = 36

    /// From its 36 characters, in either case; nil unless it is a UUID of version 7.
    public init?(text: Bytes) {
        guard text.count == Self.textBytesCount else { return nil }
        let words: (UInt64, UInt64)? = text.withUnsafeBytes { bytes in
            var (high, low, digits) = (UInt64(0), UInt64(0), 0)
            for offset in 0..<Self.textBytesCount {
                let byte = bytes[offset]
                if Self.isHyphen(at: offset) {
                    guard byte == UInt8(ascii: "-") else { return nil }
                    continue
                }
                let value: UInt8
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
                default: return nil
                }
                if digits < 16 {
                    high = high << 4 | UInt64(value)
                } else {
                    low = low << 4 | UInt64(value)
                }
                digits += 1
            }
            return (high, low)
        }
        guard let (high, low) = words, (high >> 12) & 0xF == 7, low >> 62 == 2 else { return nil }
        self.init(high: high, low: low)
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

    private static func isHyphen(at offset: Int) -> Bool {
        offset == 8 || offset == 13 || offset == 18 || offset == 23
    }
}
