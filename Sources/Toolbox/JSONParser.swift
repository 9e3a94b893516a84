/// Walks over a document once; behind `JSONValue.parse`.
struct JSONParser {
    let bytes: Bytes
    let buffer: UnsafeRawBufferPointer
    var offset = 0
    private var depth = 0
    private var values = 0

    private static let numberCharactersMaximum = 1_024
    /// Above this many keys, a set finds duplicates instead of comparing each with each.
    private static let keysComparedMaximum = 16

    init(bytes: Bytes, buffer: UnsafeRawBufferPointer) {
        self.bytes = bytes
        self.buffer = buffer
    }

    mutating func document() throws(JSONFailure) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        guard offset == buffer.count else { throw .trailing(offset: offset) }
        return value
    }

    /// Walks over the members of the one object that the document is; see `JSONValue.walk`.
    mutating func members(
        _ body: (Bytes, JSONValue) -> Bool
    ) throws(JSONFailure) -> Bool {
        skipSpace()
        guard try peek() == UInt8(ascii: "{") else { return false }
        try descend()
        if try !closes(with: UInt8(ascii: "}")) {
            repeat {
                try expect(UInt8(ascii: "\""))
                let key = try text()
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                guard body(key, try value()) else { return false }
            } while try continues(until: UInt8(ascii: "}"))
        }
        skipSpace()
        guard offset == buffer.count else { throw .trailing(offset: offset) }
        return true
    }

    private mutating func value() throws(JSONFailure) -> JSONValue {
        values += 1
        guard values <= JSONValue.valuesMaximum else { throw .tooManyValues(offset: offset) }
        switch try peek() {
        case UInt8(ascii: "\""):
            offset += 1
            return .string(try text())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case let byte: throw .unexpectedByte(byte, offset: offset)
        }
    }

    private mutating func object() throws(JSONFailure) -> JSONObject {
        try descend()
        var members: [JSONObject.Member] = []
        var keys: Set<Bytes> = []
        if try !closes(with: UInt8(ascii: "}")) {
            members.reserveCapacity(8)
            repeat {
                let start = offset
                try expect(UInt8(ascii: "\""))
                let key = try text()
                guard members.count < JSONValue.keysMaximum else {
                    throw .tooManyKeys(offset: start)
                }
                guard !Self.contains(key, in: members, keys: &keys) else {
                    throw .duplicateKey(offset: start)
                }
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                members.append(JSONObject.Member(key: key, value: try value()))
            } while try continues(until: UInt8(ascii: "}"))
        }
        depth -= 1
        return JSONObject(members: members)
    }

    private static func contains(
        _ key: Bytes, in members: [JSONObject.Member], keys: inout Set<Bytes>
    ) -> Bool {
        if members.count < keysComparedMaximum { return members.contains { $0.key == key } }
        if keys.isEmpty { keys = Set(members.map(\.key)) }
        return !keys.insert(key).inserted
    }

    private mutating func array() throws(JSONFailure) -> [JSONValue] {
        try descend()
        var elements: [JSONValue] = []
        if try !closes(with: UInt8(ascii: "]")) {
            repeat { elements.append(try value()) } while try continues(until: UInt8(ascii: "]"))
        }
        depth -= 1
        return elements
    }

    private mutating func descend() throws(JSONFailure) {
        depth += 1
        guard depth <= JSONValue.depthMaximum else { throw .tooDeep(offset: offset) }
        offset += 1
        skipSpace()
    }

    /// Whether an array or object that was just opened is empty.
    private mutating func closes(with end: UInt8) throws(JSONFailure) -> Bool {
        guard try peek() == end else { return false }
        offset += 1
        return true
    }

    /// Behind a member or element: whether another one follows.
    private mutating func continues(until end: UInt8) throws(JSONFailure) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == UInt8(ascii: ",") || byte == end else {
            throw .unexpectedByte(byte, offset: offset)
        }
        offset += 1
        if byte == end { return false }
        skipSpace()
        return true
    }

    private mutating func literal(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONFailure) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            try expect(word.utf8Start[index])
        }
        return value
    }

    private mutating func number() throws(JSONFailure) -> JSONValue {
        let start = offset
        let isNegative = buffer[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        let digitsStart = offset
        let magnitude = skipDigits()
        let digits = offset - digitsStart
        guard digits > 0, digits == 1 || buffer[digitsStart] != UInt8(ascii: "0") else {
            throw .invalidNumber(offset: start)
        }
        var isInteger = true
        if offset < buffer.count, buffer[offset] == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try expectDigits(from: start)
        }
        if offset < buffer.count, buffer[offset] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            offset += 1
            if offset < buffer.count,
                buffer[offset] == UInt8(ascii: "+") || buffer[offset] == UInt8(ascii: "-")
            {
                offset += 1
            }
            try expectDigits(from: start)
        }
        if isInteger, let magnitude {
            let integer =
                isNegative ? Int64(exactly: -Int128(magnitude)) : Int64(exactly: magnitude)
            if let integer { return .integer(integer) }
        }
        guard offset - start <= Self.numberCharactersMaximum,
            let double = Double(String(decoding: buffer[start..<offset], as: UTF8.self)),
            double.isFinite
        else { throw .invalidNumber(offset: start) }
        return .number(double)
    }

    /// Skips the digits that follow and gives their value; nil if that is above 64 bits.
    private mutating func skipDigits() -> UInt64? {
        var magnitude: UInt64? = 0
        while offset < buffer.count {
            let digit = buffer[offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            offset += 1
            guard let before = magnitude else { continue }
            let (product, overflows) = before.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            magnitude = overflows || carries ? nil : sum
        }
        return magnitude
    }

    private mutating func expectDigits(from start: Int) throws(JSONFailure) {
        let before = offset
        _ = skipDigits()
        guard offset > before else { throw .invalidNumber(offset: start) }
    }

    func peek() throws(JSONFailure) -> UInt8 {
        guard offset < buffer.count else { throw .unexpectedEnd }
        return buffer[offset]
    }

    mutating func expect(_ byte: UInt8) throws(JSONFailure) {
        let found = try peek()
        guard found == byte else { throw .unexpectedByte(found, offset: offset) }
        offset += 1
    }

    private mutating func skipSpace() {
        while offset < buffer.count {
            switch buffer[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }
}
