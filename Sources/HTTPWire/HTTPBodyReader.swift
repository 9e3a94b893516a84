import Toolbox

/// Reads one body as its framing says.
struct HTTPBodyReader: Sendable {
    private enum State: Sendable {
        case counted(left: Int)
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers(HTTPHeadReader)
    }

    /// Bytes of the line with a chunk's size and extensions. Ours has none, others' are short.
    private static let chunkLineBytesMaximum = 256

    private let limits: HTTPLimits
    private var state: State
    private var lines = HTTPLineReader()
    private var gathered: [UInt8] = []

    init(framing: HTTPFraming, limits: HTTPLimits) throws(HTTPFailure) {
        self.limits = limits
        switch framing {
        case .counted(let count):
            guard count <= limits.bodyBytesMaximum else { throw .bodyTooLarge }
            state = .counted(left: count)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// The bytes of a body of stated length of which none has been read; nil for others.
    var statedCount: Int? {
        guard case .counted(let left) = state, gathered.isEmpty else { return nil }
        return left
    }

    /// Whether the end is the connection's end.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// What has come of a body that ends with the connection.
    mutating func takeGathered() -> Bytes {
        let body = Bytes(gathered)
        gathered = []
        return body
    }

    /// Reads on; the body when it is complete.
    mutating func read(from input: inout ByteQueue) throws(HTTPFailure) -> Bytes? {
        while true {
            switch state {
            case .counted(let left):
                // The usual case: the body lies in one piece, which is shared and not copied.
                if gathered.isEmpty, let piece = input.front, piece.count >= left {
                    return input.take(atMost: left)
                }
                let rest = gather(atMost: left, from: &input)
                guard rest == 0 else {
                    state = .counted(left: rest)
                    return nil
                }
                return takeGathered()
            case .untilClose:
                while !input.isEmpty {
                    let piece = input.take(atMost: input.count)
                    guard gathered.count + piece.count <= limits.bodyBytesMaximum else {
                        throw .bodyTooLarge
                    }
                    piece.withUnsafeBytes { gathered.append(contentsOf: $0) }
                }
                return nil
            case .chunkSize, .chunk, .chunkEnd:
                guard try stepChunk(from: &input) else { return nil }
            case .trailers(var trailers):
                state = .chunkSize
                let isComplete = try trailers.read(from: &input)
                state = .trailers(trailers)
                return isComplete ? takeGathered() : nil
            }
        }
    }

    /// Goes one step on in a chunked body; false when more bytes are needed.
    private mutating func stepChunk(from input: inout ByteQueue) throws(HTTPFailure) -> Bool {
        switch state {
        case .chunkSize:
            guard let line = try nextLine(from: &input) else { return false }
            let size = try Self.chunkSize(in: line)
            guard size <= limits.bodyBytesMaximum - gathered.count else { throw .bodyTooLarge }
            state =
                size > 0
                ? .chunk(left: size)
                : .trailers(HTTPHeadReader(section: .trailers, limits: limits))
        case .chunk(let left):
            let rest = gather(atMost: left, from: &input)
            state = rest == 0 ? .chunkEnd : .chunk(left: rest)
            return rest == 0
        case .chunkEnd:
            guard let line = try nextLine(from: &input) else { return false }
            guard line.isEmpty else { throw .malformed("bytes behind a chunk") }
            state = .chunkSize
        case .counted, .untilClose, .trailers: unreachable("no chunk is read")
        }
        return true
    }

    private mutating func nextLine(from input: inout ByteQueue) throws(HTTPFailure) -> Bytes? {
        try lines.next(
            from: &input, bytesMaximum: Self.chunkLineBytesMaximum,
            tooLong: .malformed("chunk line is too long"))
    }

    /// Copies up to `left` bytes, as many as are there; what is left then.
    private mutating func gather(atMost left: Int, from input: inout ByteQueue) -> Int {
        var left = left
        while left > 0, !input.isEmpty {
            let piece = input.take(atMost: left)
            piece.withUnsafeBytes { gathered.append(contentsOf: $0) }
            left -= piece.count
        }
        return left
    }

    /// The size at a chunk's start. An extension is checked for its characters and ignored.
    private static func chunkSize(in line: Bytes) throws(HTTPFailure) -> Int {
        var (size, digits) = (0, 0)
        while digits < line.count, let value = HTTPGrammar.hexadecimalValue(line[digits]) {
            guard digits < 15 else { throw .malformed("chunk size") }
            size = size << 4 | Int(value)
            digits += 1
        }
        guard digits > 0 else { throw .malformed("chunk size") }
        let rest = line.suffix(from: digits)
        guard rest.isEmpty || rest[0] == UInt8(ascii: ";"),
            rest.withUnsafeBytes({ $0.allSatisfy(HTTPGrammar.isValueByte) })
        else { throw .malformed("chunk size") }
        return size
    }
}
