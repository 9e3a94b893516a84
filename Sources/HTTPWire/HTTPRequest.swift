public import Toolbox

/// One request, as a server reads it and a client writes it.
public struct HTTPRequest: Hashable, Sendable {
    public let method: HTTPMethod
    public let target: HTTPTarget
    /// All fields as they came, those that framed the message included.
    public var headers: HTTPHeaders
    /// Without its transfer coding.
    public var body: Bytes
    /// Whether the client reads another answer on this connection.
    public let keepAlive: Bool

    /// A client's request to `host` (`name:port`), over HTTP/1.1 and a connection that is kept.
    public init(
        method: HTTPMethod, target: HTTPTarget, host: String, headers: HTTPHeaders = [:],
        body: Bytes = Bytes()
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.headers.replace("Host", with: host)
        self.body = body
        keepAlive = !headers.list("Connection", contains: "close")
    }

    init(method: HTTPMethod, target: HTTPTarget, headers: HTTPHeaders, keepAlive: Bool) {
        self.method = method
        self.target = target
        self.headers = headers
        self.keepAlive = keepAlive
        body = Bytes()
    }

    public var path: String { target.path }
    public var pathSegments: [String] { target.pathSegments }
    public var queryItems: [HTTPTarget.QueryItem] { target.queryItems }

    /// The value of the query item of that name.
    public func query(_ name: String) -> String? { target.query(name) }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1); nil if there is no such field, or more
    /// than one.
    public var bearerToken: String? {
        let values = headers.values(of: "Authorization")
        guard values.count == 1, let value = values.first else { return nil }
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, HTTPGrammar.areEqualIgnoringCase(String(words[0]), "Bearer"),
            !words[1].isEmpty
        else { return nil }
        return String(words[1])
    }

    /// Whether the client wants to go on with another protocol, such as `websocket`.
    public func asksForUpgrade(to name: String) -> Bool {
        headers.list("Connection", contains: "upgrade") && headers.list("Upgrade", contains: name)
    }

    /// Appends the request as it goes on the wire. The body's length is told whenever there is a
    /// body, or the method is one that usually has one.
    public func encode(into writer: inout ByteWriter) {
        writer.writeRaw(Bytes("\(method.rawValue) \(target.text) HTTP/1.1\r\n"))
        headers.encode(into: &writer)
        switch method {
        case .post, .put, .patch:
            HTTPHeaders.encode("Content-Length", String(body.count), into: &writer)
        case .get, .head, .delete, .options:
            guard !body.isEmpty else { break }
            HTTPHeaders.encode("Content-Length", String(body.count), into: &writer)
        }
        writer.writeRaw("\r\n")
        writer.writeRaw(body)
    }

    /// The request as it goes on the wire.
    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 512 + body.count)
        encode(into: &writer)
        return writer.take()
    }
}
