/// The words of JSON5: white space, comments, texts, identifiers; counts lines as it goes.
struct JSON5Scanner {
    private let bytes: [UInt8]
    private var offset = 0
    /// The line of the next byte, counted from 1.
    private(set) var line = 1

    /// - Precondition: UTF-8.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    /// The next byte; zero at the end, where no value starts either.
    var peek: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    mutating func advance() {
        guard offset < bytes.count else { return }
        if bytes[offset] == UInt8(ascii: "\n") { line += 1 }
        offset += 1
    }

    /// Whether the next byte is `character`; it is then read.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard !isAtEnd, Unicode.Scalar(bytes[offset]) == character else { return false }
        advance()
        return true
    }

    func unexpected(_ wanted: String) -> JSON5Failure {
        guard !isAtEnd else {
            return JSON5Failure(line: line, message: "the file ends where \(wanted) belongs")
        }
        let rest = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
        let found = rest.first.map { $0.isNewline ? "the end of the line" : "\"\($0)\"" } ?? ""
        return JSON5Failure(line: line, message: "found \(found) where \(wanted) belongs")
    }

    // MARK: Between words

    mutating func skipSpace() throws(JSON5Failure) {
        while !isAtEnd {
            if starts(with: "//") {
                while !isAtEnd, peek != UInt8(ascii: "\n") { offset += 1 }
            } else if starts(with: "/*") {
                try skipBlockComment()
            } else if let length = spaceLength {
                if length == 1 { advance() } else { offset += length }
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() throws(JSON5Failure) {
        let start = line
        while !starts(with: "*/") {
            guard !isAtEnd else {
                throw JSON5Failure(line: start, message: "this comment does not end")
            }
            advance()
        }
        offset += 2
    }

    /// Bytes of the white space that comes next; nil if none does.
    private var spaceLength: Int? {
        switch peek {
        case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20: return 1
        default: break
        }
        // No-break space, byte order mark, line and paragraph separator.
        for space in ["\u{A0}", "\u{FEFF}", "\u{2028}", "\u{2029}"] where starts(with: space) {
            return space.utf8.count
        }
        return nil
    }

    private func starts(with text: String) -> Bool {
        bytes[offset...].starts(with: text.utf8)
    }

    // MARK: Words

    /// A key without quotes, or a word such as `true`; nil if there is none here.
    mutating func identifier() throws(JSON5Failure) -> String? {
        let start = offset
        while !isAtEnd, Self.isIdentifier(peek, isFirst: offset == start) { offset += 1 }
        return start == offset ? nil : String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// ASCII letters, digits, `$` and `_`, and everything beyond ASCII: lenient, since a key must
    /// be known anyway.
    private static func isIdentifier(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        default: false
        }
    }

    /// Everything that a number could be made of; whoever asked checks it.
    mutating func numberWord() -> String {
        let start = offset
        while !isAtEnd {
            let isSign = peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-")
            let followsExponent = offset > start && bytes[offset - 1] | 0x20 == UInt8(ascii: "e")
            guard
                Self.isIdentifier(peek, isFirst: false) || peek == UInt8(ascii: ".")
                    || isSign && followsExponent
            else { break }
            offset += 1
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// A text in single or double quotes.
    mutating func text() throws(JSON5Failure) -> String {
        let quote = peek
        let start = line
        var text: [UInt8] = []
        advance()
        while peek != quote || isAtEnd {
            guard !isAtEnd, peek != UInt8(ascii: "\n"), peek != UInt8(ascii: "\r") else {
                throw JSON5Failure(line: start, message: "this text has no closing quote")
            }
            if peek == UInt8(ascii: "\\") {
                advance()
                try appendEscape(to: &text)
            } else {
                text.append(peek)
                advance()
            }
        }
        advance()
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSON5Failure) {
        let escape = peek
        guard !isAtEnd else { return }
        advance()
        switch escape {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "v"): text.append(0x0B)
        case UInt8(ascii: "x"): try appendScalar(digits: 2, to: &text)
        case UInt8(ascii: "u"): try appendScalar(digits: 4, to: &text)
        case UInt8(ascii: "\r"): _ = take("\n")
        case UInt8(ascii: "\n"): break
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            throw JSON5Failure(line: line, message: "a digit may not follow \"\\\"")
        default: text.append(escape)
        }
    }

    /// Deviates: JSON5 §5.1 — scalars beyond U+FFFF are written as they are, not as two escapes.
    private mutating func appendScalar(digits: Int, to text: inout [UInt8]) throws(JSON5Failure) {
        let word = String(decoding: bytes[offset...].prefix(digits), as: UTF8.self)
        guard word.utf8.count == digits, word.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let value = UInt32(word, radix: 16), let scalar = Unicode.Scalar(value)
        else { throw JSON5Failure(line: line, message: "\"\\u\(word)\" is no character") }
        offset += digits
        text.append(contentsOf: String(scalar).utf8)
    }
}
