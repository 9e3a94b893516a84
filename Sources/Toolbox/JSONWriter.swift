/// Writes JSON into a `ByteWriter`, putting the commas.
///
/// Keys are literals that need no escaping. It does not check that what is opened is closed, nor
/// that keys and values take turns: whoever writes a frame writes it in one function.
public struct JSONWriter: Sendable {
    public private(set) var writer: ByteWriter
    private var needsComma = false

    public init(reserving capacity: Int = 0) { writer = ByteWriter(reserving: capacity) }

    /// What was written so far; the writer is empty afterwards.
    public mutating func take() -> Bytes {
        needsComma = false
        return writer.take()
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// - Precondition: `key` is ASCII without quotes, backslashes and control characters.
    public mutating func key(_ key: StaticString) {
        separate()
        needsComma = false
        writer.append(UInt8(ascii: "\""))
        writer.append(
            contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        // Quote and colon at once.
        writer.write(UInt16(UInt8(ascii: "\"")) | UInt16(UInt8(ascii: ":")) << 8)
    }

    public mutating func null() { word("null") }
    public mutating func value(_ flag: Bool) { word(flag ? "true" : "false") }

    public mutating func value(_ integer: Int64) {
        separate()
        if integer < 0 { writer.append(UInt8(ascii: "-")) }
        writer.writeDigits(integer.magnitude)
    }

    public mutating func value(_ integer: UInt64) {
        separate()
        writer.writeDigits(integer)
    }

    public mutating func value(_ integer: Int) { value(Int64(integer)) }

    /// A number; what is not finite is written as null, since JSON cannot say it.
    public mutating func value(_ double: Double) {
        guard double.isFinite else { return null() }
        separate()
        writer.append(contentsOf: double.description.utf8)
    }

    /// A string of `text`.
    ///
    /// - Precondition: `text` is UTF-8.
    public mutating func value(_ text: Bytes) {
        separate()
        text.withUnsafeBytes { writer.writeEscaped($0) }
    }

    public mutating func value(_ text: String) {
        separate()
        var text = text
        text.withUTF8 { writer.writeEscaped(UnsafeRawBufferPointer($0)) }
    }

    /// A string of the UTF-8 `text`.
    public mutating func value(_ text: UnsafeRawBufferPointer) {
        separate()
        writer.writeEscaped(text)
    }

    /// A string of a number's decimal digits, as ids are written.
    public mutating func digits(_ number: UInt64) {
        separate()
        writer.append(UInt8(ascii: "\""))
        writer.writeDigits(number)
        writer.append(UInt8(ascii: "\""))
    }

    /// A string of the 16 lower-case hex digits of a number.
    public mutating func hexDigits(_ number: UInt64) {
        separate()
        writer.append(UInt8(ascii: "\""))
        writer.writeHexDigits(number)
        writer.append(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    public mutating func raw(_ json: Bytes) {
        separate()
        writer.writeRaw(json)
    }

    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .integer(let integer): self.value(integer)
        case .number(let double): self.value(double)
        case .string(let text): self.value(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                self.value(member.key)
                writer.append(UInt8(ascii: ":"))
                needsComma = false
                self.value(member.value)
            }
            endObject()
        }
    }

    private mutating func word(_ word: StaticString) {
        separate()
        writer.append(
            contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        needsComma = false
        writer.append(byte)
    }

    private mutating func close(_ byte: UInt8) {
        needsComma = true
        writer.append(byte)
    }

    private mutating func separate() {
        if needsComma { writer.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    fileprivate mutating func exchange(_ other: inout ByteWriter) { swap(&writer, &other) }
}

extension JSONWriter {
    // A member is a key with its value; one that is nil is left out.

    public mutating func member(_ key: StaticString, _ flag: Bool) {
        self.key(key)
        value(flag)
    }

    public mutating func member(_ key: StaticString, _ integer: Int64) {
        self.key(key)
        value(integer)
    }

    public mutating func member(_ key: StaticString, _ integer: UInt64) {
        self.key(key)
        value(integer)
    }

    public mutating func member(_ key: StaticString, _ text: Bytes) {
        self.key(key)
        value(text)
    }

    public mutating func member(_ key: StaticString, _ text: String) {
        self.key(key)
        value(text)
    }

    public mutating func member(_ key: StaticString, ifAny integer: UInt64?) {
        if let integer { member(key, integer) }
    }

    public mutating func member(_ key: StaticString, ifAny integer: Int64?) {
        if let integer { member(key, integer) }
    }

    public mutating func member(_ key: StaticString, ifAny text: Bytes?) {
        if let text { member(key, text) }
    }

    public mutating func member(_ key: StaticString, ifAny text: String?) {
        if let text { member(key, text) }
    }
}

extension JSONValue {
    /// This value as one document without white space.
    public func encoded() -> Bytes {
        var writer = JSONWriter()
        writer.value(self)
        return writer.take()
    }
}

extension ByteWriter {
    /// Appends one JSON value to what was written before.
    public mutating func writeJSON(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.exchange(&self)
        body(&json)
        json.exchange(&self)
    }

    /// The decimal digits of `number`.
    public mutating func writeDigits(_ number: UInt64) {
        if number < 10 { return append(UInt8(ascii: "0") + UInt8(number)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, start) = (number, 20)
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest > 0
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// The 16 lower-case hex digits of `number`.
    public mutating func writeHexDigits(_ number: UInt64) {
        writeBigEndian(HexText.characters(of: UInt32(truncatingIfNeeded: number >> 32)))
        writeBigEndian(HexText.characters(of: UInt32(truncatingIfNeeded: number)))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// `text` in quotes, escaped as RFC 8259 §7 demands and no further.
    mutating func writeEscaped(_ text: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        var (plain, index) = (0, 0)
        while index < text.count {
            index = JSONText.skipPlainWords(text, from: index)
            guard index < text.count else { break }
            let byte = text[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append(contentsOf: text[plain..<index])
                plain = index + 1
                append(UInt8(ascii: "\\"))
                writeEscape(of: byte)
            }
            index += 1
        }
        append(contentsOf: text[plain...])
        append(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            append(Self.hexDigit(byte >> 4))
            append(Self.hexDigit(byte & 0xF))
        }
    }
}
