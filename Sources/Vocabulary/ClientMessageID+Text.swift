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
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textBytesCount) { text in
            var digits = 0
            for offset in 0..<Self.textBytesCount {
                if Self.isHyphen(at: offset) {
                    text.initializeElement(at: offset, to: UInt8(ascii: "-"))
                    continue
                }
                let word = digits < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digits & 15))) & 0xF
                let character =
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                text.initializeElement(at: offset, to: character)
                digits += 1
            }
            return body(UnsafeRawBufferPointer(text))
        }
    }

    private static func isHyphen(at offset: Int) -> Bool {
        offset == 8 || offset == 13 || offset == 18 || offset == 23
    }
}
