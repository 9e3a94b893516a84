import Toolbox

/// Reads the lines of a head: the first one, if the section has one, then fields, then an empty
/// line.
struct HTTPHeadReader: Sendable {
    /// Which section is read.
    enum Section: Sendable {
        /// A request's: one empty line before it is skipped (RFC 9112 §2.2).
        case request
        case response
        /// The fields behind a chunked body.
        case trailers
    }

    private let section: Section
    private let limits: HTTPLimits
    private var lines = HTTPLineReader()
    private var bytesCount = 0
    private var hasSkippedLine = false
    private(set) var startLine: Bytes?
    private(set) var headers = HTTPHeaders()

    init(section: Section, limits: HTTPLimits) {
        self.section = section
        self.limits = limits
    }

    /// Whether a part of the section has come.
    var hasBegun: Bool { startLine != nil || lines.isWithinLine || bytesCount > 0 }

    /// Reads on; true when the section is complete.
    mutating func read(from input: inout ByteQueue) throws(HTTPFailure) -> Bool {
        while true {
            let isStart = startLine == nil && section != .trailers
            let tooLong: HTTPFailure =
                isStart && section == .request ? .targetTooLong : .headTooLarge
            guard
                let line = try lines.next(
                    from: &input, bytesMaximum: limits.lineBytesMaximum, tooLong: tooLong)
            else { return false }
            if isStart {
                try takeStart(line)
            } else if line.isEmpty {
                return true
            } else {
                try takeField(line)
            }
        }
    }

    private mutating func takeStart(_ line: Bytes) throws(HTTPFailure) {
        guard !line.isEmpty else {
            guard section == .request, !hasSkippedLine else { throw .malformed("empty line") }
            hasSkippedLine = true
            return
        }
        bytesCount += line.count + 2
        startLine = line
    }

    private mutating func takeField(_ line: Bytes) throws(HTTPFailure) {
        bytesCount += line.count + 2
        guard bytesCount <= limits.headBytesMaximum else { throw .headTooLarge }
        guard headers.fields.count < limits.fieldsMaximum else { throw .headTooLarge }
        let colon = line.withUnsafeBytes { $0.firstIndex(of: UInt8(ascii: ":")) }
        guard let colon else { throw .malformed("field line without colon") }
        // A line that starts with white space (an old folding) and a name with white space behind
        // it fail here as well: neither is a token.
        let name = line.slice(0..<colon)
        guard HTTPGrammar.isToken(name), let nameText = name.text else {
            throw .malformed("field name")
        }
        let value = HTTPGrammar.trimmed(line.suffix(from: colon + 1))
        guard value.withUnsafeBytes({ $0.allSatisfy(HTTPGrammar.isValueByte) }),
            let valueText = value.text
        else { throw .malformed("field value") }
        headers.append(nameText, valueText)
    }
}
