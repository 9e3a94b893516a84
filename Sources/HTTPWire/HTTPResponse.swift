public import Toolbox

/// One answer, as a server writes it and a client reads it.
public struct HTTPResponse: Hashable, Sendable {
    /// 100 ... 599.
    public let status: Int
    public var headers: HTTPHeaders
    /// Without its transfer coding.
    public var body: Bytes

    public init(status: Int, headers: HTTPHeaders = [:], body: Bytes = Bytes()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// What tells a client that sent `Expect: 100-continue` to go on (RFC 9110 §10.1.1).
    public static let goOn: Bytes = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Whether the server reads another request on this connection.
    public var keepAlive: Bool { !headers.list("Connection", contains: "close") }

    /// Appends the answer as it goes on the wire, with the length of its body.
    public func encode(into writer: inout ByteWriter) {
        encodeHead(into: &writer)
        if mayHaveBody { writer.writeRaw(body) }
    }

    /// Appends all but the body: for an answer to HEAD, or to send the body from its own buffer.
    public func encodeHead(into writer: inout ByteWriter) {
        invariant(status >= 100 && status <= 599, "status \(status)")
        writer.writeRaw(Bytes("HTTP/1.1 \(status) \(Self.reason(for: status))\r\n"))
        headers.encode(into: &writer)
        if mayHaveBody { HTTPHeaders.encode("Content-Length", String(body.count), into: &writer) }
        writer.writeRaw("\r\n")
    }

    /// The answer as it goes on the wire.
    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 256 + body.count)
        encode(into: &writer)
        return writer.take()
    }

    /// The answer as it goes on the wire to who asked with `method`: HEAD gets no body.
    public func encoded(answering method: HTTPMethod) -> Bytes {
        guard method == .head else { return encoded() }
        var writer = ByteWriter(reserving: 256)
        encodeHead(into: &writer)
        return writer.take()
    }

    // Source: RFC 9110 §6.4.1 — interim answers, 204 and 304 have no content.
    var mayHaveBody: Bool { status >= 200 && status != 204 && status != 304 }

    /// The phrase that goes with a status (RFC 9110 §15); people read it, programs do not.
    static func reason(for status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
