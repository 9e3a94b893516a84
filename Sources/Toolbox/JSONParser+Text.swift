// Strings: the part of the parser where most bytes of a document are.
extension JSONParser {
    /// The text behind an opening quote, up to and with its closing quote.
    mutating func text() throws(JSONFailure) -> Bytes {
        let start = offset
        try skipPlainText()
        if buffer[offset] == UInt8(ascii: "\"") {
            offset += 1
            return bytes.slice(start..<offset - 1)
        }
        var resolved: [UInt8] = []
        resolved.reserveCapacity(2 * (offset - start) + 32)
        resolved.append(contentsOf: buffer[start..<offset])
        while true {
            if buffer[offset] == UInt8(ascii: "\"") {
                offset += 1
                return Bytes(resolved)
            }
            try resolveEscape(into: &resolved)
            let plain = offset
            try skipPlainText()
            resolved.append(contentsOf: buffer[plain..<offset])
        }
    }

    /// Goes on to the next quote or backslash; throws if there is none or what precedes is not
    /// text.
    private mutating func skipPlainText() throws(JSONFailure) {
        while offset < buffer.count {
            offset = JSONText.skipPlainWords(buffer, from: offset)
            guard offset < buffer.count else { break }
            let byte = buffer[offset]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            if byte < 0x20 { throw .invalidText(offset: offset) }
            if byte < 0x80 {
                offset += 1
            } else {
                try skipScalar(startingWith: byte)
            }
        }
        throw .unexpectedEnd
    }

    /// Skips a scalar of two to four bytes. Source: Unicode 15 §3.9, table 3-7.
    private mutating func skipScalar(startingWith lead: UInt8) throws(JSONFailure) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw .invalidText(offset: offset)
        }
        guard offset + length <= buffer.count, second.contains(buffer[offset + 1]) else {
            throw .invalidText(offset: offset)
        }
        for index in 2..<max(length, 2) where buffer[offset + index] & 0xC0 != 0x80 {
            throw .invalidText(offset: offset)
        }
        offset += length
    }

    private mutating func resolveEscape(into resolved: inout [UInt8]) throws(JSONFailure) {
        let start = offset
        offset += 1
        let escape = try peek()
        offset += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): resolved.append(escape)
        case UInt8(ascii: "b"): resolved.append(0x08)
        case UInt8(ascii: "f"): resolved.append(0x0C)
        case UInt8(ascii: "n"): resolved.append(0x0A)
        case UInt8(ascii: "r"): resolved.append(0x0D)
        case UInt8(ascii: "t"): resolved.append(0x09)
        case UInt8(ascii: "u"): try resolveScalar(from: start, into: &resolved)
        default: throw .invalidText(offset: start)
        }
    }

    /// A scalar written as one or, above U+FFFF, two groups of four hex digits.
    private mutating func resolveScalar(
        from start: Int, into resolved: inout [UInt8]
    ) throws(JSONFailure) {
        var value = try hexDigits(from: start)
        if value & 0xFC00 == 0xD800 {
            guard offset + 2 <= buffer.count, buffer[offset] == UInt8(ascii: "\\"),
                buffer[offset + 1] == UInt8(ascii: "u")
            else { throw .invalidText(offset: start) }
            offset += 2
            let low = try hexDigits(from: start)
            guard low & 0xFC00 == 0xDC00 else { throw .invalidText(offset: start) }
            value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(value) else { throw .invalidText(offset: start) }
        resolved.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func hexDigits(from start: Int) throws(JSONFailure) -> UInt32 {
        guard offset + 4 <= buffer.count else { throw .invalidText(offset: start) }
        var value: UInt32 = 0
        for index in offset..<offset + 4 {
            guard let digit = Self.value(ofHexDigit: buffer[index]) else {
                throw .invalidText(offset: start)
            }
            value = value << 4 | digit
        }
        offset += 4
        return value
    }

    private static func value(ofHexDigit byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

/// What strings are made of, eight bytes at a time.
public enum JSONText {
    /// The offset of the first byte from `start` on that does not stand for itself in a string, or
    /// is not ASCII; a few of the last bytes may be left to look at singly if there is none.
    @inlinable
    public static func skipPlainWords(_ buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while offset + 8 <= buffer.count {
            let word = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
            let quotes = word ^ repeated(0x22)
            let backslashes = word ^ repeated(0x5C)
            // A byte below what is taken off borrows into its high bit. A borrow may also mark
            // bytes above one that is marked: only the lowest mark is right.
            let marks =
                (quotes &- repeated(0x01)) & ~quotes | (backslashes &- repeated(0x01))
                & ~backslashes
                | (word &- repeated(0x20)) | word
            let high = marks & repeated(0x80)
            if high != 0 { return offset + high.trailingZeroBitCount / 8 }
            offset += 8
        }
        return offset
    }

    @inlinable
    static func repeated(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
