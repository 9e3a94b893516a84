public import Toolbox

/// Reads answers from what a server sends, one by one; the client's half of RFC 9112.
///
/// As strict as `HTTPRequestDecoder`. Interim answers (1xx) are passed over, but for 101: what
/// comes behind that one belongs to another protocol and is given by `takeRemainder`.
public struct HTTPResponseDecoder: Sendable {
    private enum State: Sendable {
        case head
        case body(HTTPResponse, HTTPBodyReader)
        case failed(HTTPFailure)
    }

    private let limits: HTTPLimits
    private var input = ByteQueue()
    private var head: HTTPHeadReader
    private var state = State.head

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        head = HTTPHeadReader(section: .response, limits: limits)
    }

    public mutating func append(_ bytes: Bytes) {
        if case .failed = state { return }
        input.append(bytes)
    }

    /// The next whole answer; nil until more bytes come.
    ///
    /// - Parameter method: what was asked with; an answer to HEAD has no body.
    /// - Throws: why the connection is of no more use; the same again ever after.
    public mutating func next(
        answering method: HTTPMethod = .get
    ) throws(HTTPFailure) -> HTTPResponse? {
        do {
            return try step(answering: method)
        } catch {
            input.removeAll()
            state = .failed(error)
            throw error
        }
    }

    /// The server has closed: the last answer, if the connection's end was its end.
    ///
    /// - Throws: `malformed` if an answer was cut short.
    public mutating func finish() throws(HTTPFailure) -> HTTPResponse? {
        switch state {
        case .head:
            guard !head.hasBegun, input.isEmpty else { throw .malformed("answer cut short") }
            return nil
        case .body(var response, var reader):
            guard reader.endsWithConnection else { throw .malformed("answer cut short") }
            response.body = reader.takeGathered()
            state = .head
            return response
        case .failed(let failure): throw failure
        }
    }

    /// What came behind the last answer, for the protocol that follows.
    public mutating func takeRemainder() -> Bytes { input.takeAll() }

    private mutating func step(
        answering method: HTTPMethod
    ) throws(HTTPFailure) -> HTTPResponse? {
        if case .failed(let failure) = state { throw failure }
        while case .head = state {
            guard try head.read(from: &input) else { return nil }
            let response = try takeHead()
            if response.status < 200 && response.status != 101 { continue }
            if method == .head || !response.mayHaveBody { return response }
            let framing = try HTTPFraming.stated(by: response.headers) ?? .untilClose
            state = .body(response, try HTTPBodyReader(framing: framing, limits: limits))
        }
        guard case .body(var response, var reader) = state else { return nil }
        // Left in `state` as well, what was gathered would be copied whole with every piece.
        state = .head
        let body = try reader.read(from: &input)
        guard let body else {
            state = .body(response, reader)
            return nil
        }
        response.body = body
        return response
    }

    private mutating func takeHead() throws(HTTPFailure) -> HTTPResponse {
        let (line, headers) = (head.startLine ?? Bytes(), head.headers)
        head = HTTPHeadReader(section: .response, limits: limits)
        return HTTPResponse(status: try Self.status(in: line), headers: headers)
    }

    // Source: RFC 9112 §4 — `HTTP/1.1 SP 3DIGIT SP [reason]`.
    private static func status(in line: Bytes) throws(HTTPFailure) -> Int {
        guard line.count >= 13, line[8] == UInt8(ascii: " "), line[12] == UInt8(ascii: " "),
            line.withUnsafeBytes({ $0.allSatisfy(HTTPGrammar.isValueByte) })
        else { throw .malformed("status line") }
        let version = line.slice(0..<8)
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            throw HTTPRequestLine.failure(forVersion: version)
        }
        let digits = line.slice(9..<12)
        guard digits.withUnsafeBytes({ $0.allSatisfy(HTTPGrammar.isDigit) }),
            let status = digits.text.flatMap({ Int($0) }), status >= 100, status <= 599
        else { throw .malformed("status") }
        return status
    }
}
