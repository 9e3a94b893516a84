/// Says whether bytes that arrive piece by piece are UTF-8 (RFC 3629), as soon as it can be told.
///
/// A wrong byte is noticed when it comes, not at the end of its scalar or of its piece. Overlong
/// forms, surrogates and scalars above U+10FFFF are wrong.
public struct UTF8Validator: Sendable {
    /// Continuation bytes that must still come.
    private var missing: UInt8 = 0
    /// What the next continuation byte must lie between, both included.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF
    private var hasFailed = false

    public init() {}

    /// Whether what came so far is text that may end here.
    public var isComplete: Bool { missing == 0 && !hasFailed }

    /// Takes the next piece; false if no bytes that follow could make the whole valid.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !hasFailed else { return false }
        var offset = 0
        while offset < bytes.count {
            if missing == 0 {
                offset = Self.endOfASCII(in: bytes, from: offset)
                guard offset < bytes.count else { break }
            }
            guard step(bytes[offset]) else {
                hasFailed = true
                return false
            }
            offset += 1
        }
        return true
    }

    public mutating func append(_ bytes: Bytes) -> Bool {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Whether `bytes` alone are UTF-8.
    public static func isValid(_ bytes: Bytes) -> Bool {
        var validator = UTF8Validator()
        return validator.append(bytes) && validator.isComplete
    }

    /// The offset of the first byte from `start` on that is not ASCII, eight at a time.
    private static func endOfASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while offset + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
            let high = word & 0x8080_8080_8080_8080
            if high != 0 { return offset + high.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < bytes.count, bytes[offset] < 0x80 { offset += 1 }
        return offset
    }

    // Source: RFC 3629 §4, the table of well-formed byte sequences.
    private mutating func step(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard byte >= lower, byte <= upper else { return false }
            (missing, lower, upper) = (missing - 1, 0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lower) = (2, 0xA0)
        case 0xED: (missing, upper) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lower) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
