public import Toolbox

/// What a request asks for: a path and a query (RFC 9112 §3.2, RFC 3986 §3.3).
public struct HTTPTarget: Hashable, Sendable {
    public struct QueryItem: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    /// The path as it was sent, percent signs and all; `*` for `OPTIONS *`.
    public let path: String
    /// The path's segments, each decoded on its own: `/v1/users/a%2Fb` has `v1`, `users`, `a/b`.
    /// `/` has none; a slash at the end makes an empty last one.
    public let pathSegments: [String]
    /// The query's items in order, decoded as forms are: `+` is a space. Names are unique.
    public let queryItems: [QueryItem]
    /// The path and query as they go on the wire.
    public let text: String
    /// The authority of a target in absolute form.
    let authority: String?

    /// From a request line, or from text of our own.
    ///
    /// Refused are characters that RFC 3986 does not allow, escapes that are no UTF-8 or stand for
    /// NUL, `.` and `..` as segments (escaped or not), and a query name that comes twice: what two
    /// parsers could understand differently.
    public init(parsing target: Bytes) throws(HTTPFailure) {
        let (authority, resource) = try Self.split(target)
        self.authority = authority
        guard let text = resource.text else { throw .malformed("target is not UTF-8") }
        self.text = text
        guard text != "*" else {
            (path, pathSegments, queryItems) = (text, [], [])
            return
        }
        let mark = resource.array.firstIndex(of: UInt8(ascii: "?"))
        let rawPath = resource.slice(0..<(mark ?? resource.count))
        guard rawPath.array.first == UInt8(ascii: "/") else {
            throw .malformed("target does not start with a slash")
        }
        path = rawPath.text ?? ""
        pathSegments = try Self.segments(of: rawPath)
        queryItems =
            try mark.map { offset throws(HTTPFailure) in
                try Self.items(of: resource.suffix(from: offset + 1))
            } ?? []
    }

    public init(_ text: String) throws(HTTPFailure) { try self.init(parsing: Bytes(text)) }

    /// The value of the query item of that name.
    public func query(_ name: String) -> String? {
        queryItems.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// Splits `http://authority/path`, which every server must understand (RFC 9112 §3.2.2).
    private static func split(
        _ target: Bytes
    ) throws(HTTPFailure) -> (authority: String?, resource: Bytes) {
        let scheme: Bytes = "http://"
        guard target.count > scheme.count,
            HTTPGrammar.areEqualIgnoringCase(target.slice(0..<scheme.count).text ?? "", "http://")
        else { return (nil, target) }
        let rest = target.suffix(from: scheme.count)
        let delimiters = [UInt8(ascii: "/"), UInt8(ascii: "?")]
        let end = rest.array.firstIndex { delimiters.contains($0) } ?? rest.count
        guard let authority = rest.slice(0..<end).text, HTTPGrammar.isAuthority(authority) else {
            throw .malformed("authority of the target")
        }
        let resource = rest.suffix(from: end)
        let startsWithSlash = resource.array.first == UInt8(ascii: "/")
        return (authority, startsWithSlash ? resource : Bytes([UInt8(ascii: "/")] + resource.array))
    }

    private static func segments(of path: Bytes) throws(HTTPFailure) -> [String] {
        guard path.count > 1 else { return [] }
        var segments: [String] = []
        for raw in path.array.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            let segment = try decoded(raw, plusIsSpace: false) { byte in
                byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
            }
            guard segment != ".", segment != ".." else { throw .malformed("dots in the path") }
            segments.append(segment)
        }
        return segments
    }

    private static func items(of query: Bytes) throws(HTTPFailure) -> [QueryItem] {
        var items: [QueryItem] = []
        for raw in query.array.split(separator: UInt8(ascii: "&")) {
            let equals = raw.firstIndex(of: UInt8(ascii: "="))
            let name = try decodedQuery(raw[..<(equals ?? raw.endIndex)])
            let value =
                try equals.map { index throws(HTTPFailure) in
                    try decodedQuery(raw[(index + 1)...])
                } ?? ""
            guard !items.contains(where: { $0.name == name }) else {
                throw .malformed("query has an item twice")
            }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }

    private static func decodedQuery(_ raw: ArraySlice<UInt8>) throws(HTTPFailure) -> String {
        try decoded(raw, plusIsSpace: true) { byte in
            byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "/")
                || byte == UInt8(ascii: "?")
        }
    }

    private static func decoded(
        _ raw: ArraySlice<UInt8>, plusIsSpace: Bool, alsoAllowed: (UInt8) -> Bool
    ) throws(HTTPFailure) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < raw.endIndex,
                    let high = HTTPGrammar.hexadecimalValue(raw[index + 1]),
                    let low = HTTPGrammar.hexadecimalValue(raw[index + 2]), high | low != 0
                else { throw .malformed("percent escape in the target") }
                bytes.append(high << 4 | low)
                index += 2
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else if HTTPGrammar.isPlainURIByte(byte) || alsoAllowed(byte) {
                bytes.append(byte)
            } else {
                throw .malformed("character in the target")
            }
            index += 1
        }
        guard let text = Bytes(bytes).text else { throw .malformed("target is not UTF-8") }
        return text
    }
}
