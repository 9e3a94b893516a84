public import Toolbox

/// Reads requests from what a client sends, one by one; the server's half of RFC 9112.
///
/// Strict: what two parsers could read in two ways is a failure, and a failure is final. Append
/// what arrives, then call `next` until it gives nothing more; between, it holds one unfinished
/// message at most. After a request that changes the protocol, `takeRemainder` gives what came
/// behind it.
public struct HTTPRequestDecoder: Sendable {
    private enum State: Sendable {
        case head
        case body(HTTPRequest, HTTPBodyReader)
        case failed(HTTPFailure)
    }

    private let limits: HTTPLimits
    private var input = ByteQueue()
    private var head: HTTPHeadReader
    private var state = State.head
    private var isContinueAwaited = false
    /// The head of the last request, where it lay in one piece.
    private var known: KnownHead?
    /// Whether the last request had the head of the one before it, byte by byte: whatever follows
    /// from a head alone is as it was.
    public private(set) var isRepeat = false

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        head = HTTPHeadReader(section: .request, limits: limits)
    }

    /// Whether a request has begun and not ended: its deadline runs.
    public var hasPartialRequest: Bool {
        switch state {
        case .head: head.hasBegun || !input.isEmpty
        case .body: true
        case .failed: false
        }
    }

    /// Whether a request's fields are there and its body is not: another deadline runs.
    public var hasPartialBody: Bool {
        if case .body = state { true } else { false }
    }

    /// Bytes that were appended and not looked at.
    public var pendingBytes: Int { input.count }

    public mutating func append(_ bytes: Bytes) {
        if case .failed = state { return }
        input.append(bytes)
    }

    /// The next whole request; nil until more bytes come.
    ///
    /// - Throws: what to answer before closing; the same again ever after.
    public mutating func next() throws(HTTPFailure) -> HTTPRequest? {
        do {
            return try step()
        } catch {
            input.removeAll()
            state = .failed(error)
            throw error
        }
    }

    /// True once for a client that sends its body only after `HTTPResponse.goOn`. Ask when `next`
    /// has given nothing; refusing instead means to answer and close.
    public mutating func takeContinueWish() -> Bool {
        defer { isContinueAwaited = false }
        return isContinueAwaited
    }

    /// What came behind the last request, for the protocol that follows.
    public mutating func takeRemainder() -> Bytes { input.takeAll() }

    private mutating func step() throws(HTTPFailure) -> HTTPRequest? {
        if case .failed(let failure) = state { throw failure }
        if case .head = state {
            if let request = takeKnown() { return request }
            isRepeat = false
            let start = head.hasBegun ? nil : input.front
            guard try head.read(from: &input) else { return nil }
            try takeHead()
            remember(startingAt: start)
        }
        guard case .body(var request, var reader) = state else { return nil }
        // Left in `state` as well, what was gathered would be copied whole with every piece.
        state = .head
        let body = try reader.read(from: &input)
        guard let body else {
            state = .body(request, reader)
            return nil
        }
        isContinueAwaited = false
        request.body = body
        return request
    }

    // MARK: Heads that come again

    /// A whole request whose head is known, read without reading the head again: what clients that
    /// keep a connection send nearly always.
    private mutating func takeKnown() -> HTTPRequest? {
        guard let known, !head.hasBegun, let front = input.front,
            front.count >= known.bytes.count + known.bodyCount, front.starts(with: known.bytes)
        else { return nil }
        _ = input.take(atMost: known.bytes.count)
        var request = known.request
        request.body = known.bodyCount > 0 ? input.take(atMost: known.bodyCount) : Bytes()
        isContinueAwaited = false
        isRepeat = true
        return request
    }

    /// Keeps the head that was just taken, if it lay whole in `piece` and tells the body's length.
    private mutating func remember(startingAt piece: Bytes?) {
        known = nil
        guard let piece, !isContinueAwaited, case .body(let request, let reader) = state,
            let bodyCount = reader.statedCount
        else { return }
        let headCount = input.front.map { piece.count - $0.count } ?? piece.count
        guard headCount > 0, headCount <= KnownHead.bytesMaximum,
            piece.prefixEndsHead(at: headCount)
        else { return }
        known = KnownHead(
            bytes: piece.slice(0..<headCount).detached(), bodyCount: bodyCount, request: request)
    }

    private mutating func takeHead() throws(HTTPFailure) {
        let (startLine, headers) = (head.startLine ?? Bytes(), head.headers)
        head = HTTPHeadReader(section: .request, limits: limits)
        let line = try HTTPRequestLine(parsing: startLine)
        try Self.checkHost(headers, of: line)
        guard line.isVersion11 || headers["Transfer-Encoding"] == nil else {
            throw .malformed("transfer coding in HTTP/1.0")
        }
        let framing = try HTTPFraming.stated(by: headers) ?? .counted(0)
        let reader = try HTTPBodyReader(framing: framing, limits: limits)
        if line.isVersion11, let expectation = headers["Expect"] {
            guard HTTPGrammar.areEqualIgnoringCase(expectation, "100-continue") else {
                throw .unsupportedExpectation
            }
            isContinueAwaited = framing != .counted(0) && input.isEmpty
        }
        let closes = headers.list("Connection", contains: "close")
        let keepsAlive = line.isVersion11 || headers.list("Connection", contains: "keep-alive")
        let request = HTTPRequest(
            method: line.method, target: line.target, headers: headers,
            keepAlive: keepsAlive && !closes)
        state = .body(request, reader)
    }

    // Source: RFC 9112 §3.2 — exactly one Host in HTTP/1.1, never two.
    private static func checkHost(
        _ headers: HTTPHeaders, of line: HTTPRequestLine
    ) throws(HTTPFailure) {
        let hosts = headers.values(of: "Host")
        guard hosts.count <= 1 else { throw .malformed("Host comes twice") }
        guard let host = hosts.first else {
            guard !line.isVersion11 else { throw .malformed("no Host") }
            return
        }
        guard HTTPGrammar.isAuthority(host) else { throw .malformed("Host") }
        guard let authority = line.target.authority else { return }
        guard HTTPGrammar.areEqualIgnoringCase(authority, host) else {
            throw .malformed("Host is not the target's")
        }
    }
}

/// A head as it came, and what it says.
private struct KnownHead: Sendable {
    let bytes: Bytes
    let bodyCount: Int
    /// Without its body.
    let request: HTTPRequest

    static let bytesMaximum = 2_048
}

extension Bytes {
    fileprivate func starts(with other: Bytes) -> Bool {
        count >= other.count && slice(0..<other.count) == other
    }

    /// Whether an empty line ends at `end`.
    fileprivate func prefixEndsHead(at end: Int) -> Bool {
        end >= 4 && slice(end - 4..<end) == "\r\n\r\n"
    }
}
