/// Reads JSON5 and remembers on which line everything stands, so that errors can name it.
///
/// Touches no file: bytes in, value or failure out. Any bytes lead to one of the two.
///
/// Source: The JSON5 Data Interchange Format 1.0.0.
struct JSON5Reader {
    static let depthMaximum = 16

    var scanner: JSON5Scanner
    private var depth = 0

    private init(_ bytes: [UInt8]) { scanner = JSON5Scanner(bytes) }

    static func read(_ bytes: [UInt8]) throws(JSON5Failure) -> LocatedValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSON5Failure(line: 1, message: "this file is not UTF-8")
        }
        var reader = JSON5Reader(bytes)
        try reader.scanner.skipSpace()
        let value = try reader.value()
        try reader.scanner.skipSpace()
        guard reader.scanner.isAtEnd else {
            throw reader.scanner.unexpected("the end of the file")
        }
        return value
    }

    private mutating func value() throws(JSON5Failure) -> LocatedValue {
        let line = scanner.line
        switch scanner.peek {
        case UInt8(ascii: "{"): return LocatedValue(content: .object(try object()), line: line)
        case UInt8(ascii: "["): return LocatedValue(content: .list(try list()), line: line)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return LocatedValue(content: .text(try scanner.text()), line: line)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "."):
            return LocatedValue(content: try number(), line: line)
        default: break
        }
        guard let word = try scanner.identifier() else { throw scanner.unexpected("a value") }
        switch word {
        case "null": return LocatedValue(content: .null, line: line)
        case "true": return LocatedValue(content: .flag(true), line: line)
        case "false": return LocatedValue(content: .flag(false), line: line)
        case "Infinity": return LocatedValue(content: .number(.infinity), line: line)
        case "NaN": return LocatedValue(content: .number(.nan), line: line)
        default:
            throw JSON5Failure(line: line, message: "\"\(word)\" stands where a value belongs")
        }
    }

    private mutating func object() throws(JSON5Failure) -> [LocatedMember] {
        try descend()
        var members: [LocatedMember] = []
        while !scanner.take("}") {
            let line = scanner.line
            let key = try key()
            if let earlier = members.first(where: { $0.key == key }) {
                throw JSON5Failure(
                    line: line, message: "\"\(key)\" stands on line \(earlier.line) already")
            }
            try scanner.skipSpace()
            guard scanner.take(":") else { throw scanner.unexpected("\":\" after \"\(key)\"") }
            try scanner.skipSpace()
            members.append(LocatedMember(key: key, line: line, value: try value()))
            try scanner.skipSpace()
            if !scanner.take(",") {
                guard scanner.take("}") else { throw scanner.unexpected("\",\" or \"}\"") }
                break
            }
            try scanner.skipSpace()
        }
        depth -= 1
        return members
    }

    private mutating func key() throws(JSON5Failure) -> String {
        if scanner.peek == UInt8(ascii: "\"") || scanner.peek == UInt8(ascii: "'") {
            return try scanner.text()
        }
        guard let key = try scanner.identifier() else { throw scanner.unexpected("a key or \"}\"") }
        return key
    }

    private mutating func list() throws(JSON5Failure) -> [LocatedValue] {
        try descend()
        var elements: [LocatedValue] = []
        while !scanner.take("]") {
            elements.append(try value())
            try scanner.skipSpace()
            if !scanner.take(",") {
                guard scanner.take("]") else { throw scanner.unexpected("\",\" or \"]\"") }
                break
            }
            try scanner.skipSpace()
        }
        depth -= 1
        return elements
    }

    private mutating func descend() throws(JSON5Failure) {
        depth += 1
        guard depth <= Self.depthMaximum else {
            throw JSON5Failure(line: scanner.line, message: "too many brackets inside each other")
        }
        scanner.advance()
        try scanner.skipSpace()
    }

    private mutating func number() throws(JSON5Failure) -> LocatedValue.Content {
        let line = scanner.line
        let isNegative = scanner.peek == UInt8(ascii: "-")
        if isNegative || scanner.peek == UInt8(ascii: "+") { scanner.advance() }
        let word = scanner.numberWord()
        let sign = isNegative ? "-" : ""
        if word == "Infinity" || word == "NaN" {
            return .number(word == "NaN" ? .nan : isNegative ? -.infinity : .infinity)
        }
        if word.hasPrefix("0x") || word.hasPrefix("0X") {
            guard let integer = Int64(sign + word.dropFirst(2), radix: 16), word.utf8.count > 2,
                word.dropFirst(2).utf8.allSatisfy({
                    $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-")
                })
            else { throw Self.notANumber(word, line) }
            return .integer(integer)
        }
        guard Self.isDecimal(word) else { throw Self.notANumber(word, line) }
        if let integer = Int64(sign + word) { return .integer(integer) }
        guard let double = Double(sign + Self.completed(word)), double.isFinite else {
            throw Self.notANumber(word, line)
        }
        return .number(double)
    }

    private static func notANumber(_ word: String, _ line: Int) -> JSON5Failure {
        JSON5Failure(line: line, message: "\"\(word)\" is no number")
    }

    /// Digits with at most one point and one exponent, no needless zero in front.
    private static func isDecimal(_ word: String) -> Bool {
        let parts = word.split(
            maxSplits: 1, omittingEmptySubsequences: false,
            whereSeparator: { $0 == "e" || $0 == "E" })
        let mantissa = parts[0].split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = mantissa.joined()
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else { return false }
        if mantissa[0].utf8.count > 1, mantissa[0].hasPrefix("0") { return false }
        guard parts.count == 2 else { return true }
        var exponent = parts[1]
        if exponent.hasPrefix("+") || exponent.hasPrefix("-") { exponent = exponent.dropFirst() }
        return !exponent.isEmpty && exponent.utf8.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// `.5` and `5.` as the standard library reads them.
    private static func completed(_ word: String) -> String {
        var word = word.hasPrefix(".") ? "0" + word : word
        if let point = word.firstIndex(of: ".") {
            let next = word.index(after: point)
            if next == word.endIndex || !word[next].isWholeNumber { word.insert("0", at: next) }
        }
        return word
    }
}
