import Toolbox
import Vocabulary

/// The part of a target behind its question mark: `name=value` pairs.
struct Query {
    private let pairs: [Bytes]

    private static let pairsMaximum = 32

    init(_ text: Bytes) { pairs = text.split(at: UInt8(ascii: "&"), maximum: Self.pairsMaximum) }

    /// The first value of `name`, its escapes resolved; nil if there is none.
    func value(of name: StaticString) throws(ErrorReport) -> Bytes? {
        for pair in pairs {
            let parts = pair.split(at: UInt8(ascii: "="), maximum: 2)
            guard parts[0].equals(name) else { continue }
            let value = parts.count > 1 ? parts[1] : Bytes()
            guard let resolved = Self.resolve(value) else {
                throw .invalidField("\(name)", "has a broken escape")
            }
            return resolved
        }
        return nil
    }

    func number(_ name: StaticString) throws(ErrorReport) -> UInt64? {
        guard let value = try value(of: name) else { return nil }
        guard let number = value.decimalNumber, number <= Fields.numberMaximum else {
            throw .invalidField("\(name)", "must be an integer from 0 to 2^53 - 1")
        }
        return number
    }

    func sequence(_ name: StaticString) throws(ErrorReport) -> SequenceNumber? {
        try number(name).map(SequenceNumber.init(rawValue:))
    }

    /// Resolves `%xx` and `+`; nil for an escape without two hex digits, or what is not UTF-8.
    private static func resolve(_ text: Bytes) -> Bytes? {
        var resolved: [UInt8] = []
        resolved.reserveCapacity(text.count)
        var offset = 0
        while offset < text.count {
            switch text[offset] {
            case UInt8(ascii: "%"):
                guard offset + 2 < text.count, let high = hexValue(of: text[offset + 1]),
                    let low = hexValue(of: text[offset + 2])
                else { return nil }
                resolved.append(high << 4 | low)
                offset += 3
            case UInt8(ascii: "+"):
                resolved.append(UInt8(ascii: " "))
                offset += 1
            case let byte:
                resolved.append(byte)
                offset += 1
            }
        }
        let bytes = Bytes(resolved)
        return bytes.text == nil ? nil : bytes
    }

    /// Appends a value, everything but letters, digits and `-._~` as `%xx` (RFC 3986 §2.3).
    static func write(_ value: Bytes, into writer: inout ByteWriter) {
        let digits: Bytes = "0123456789ABCDEF"
        for offset in 0..<value.count {
            let byte = value[offset]
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                writer.write(byte)
            default:
                writer.write(UInt8(ascii: "%"))
                writer.write(digits[Int(byte >> 4)])
                writer.write(digits[Int(byte & 0xF)])
            }
        }
    }

    private static func hexValue(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Bytes {
    /// The pieces between `separator`s, empty ones too; the last of `maximum` holds all that is
    /// left.
    func split(at separator: UInt8, maximum: Int) -> [Bytes] {
        var pieces: [Bytes] = []
        var start = 0
        for offset in 0..<count where self[offset] == separator {
            if pieces.count == maximum - 1 { break }
            pieces.append(slice(start..<offset))
            start = offset + 1
        }
        pieces.append(suffix(from: start))
        return pieces
    }
}
