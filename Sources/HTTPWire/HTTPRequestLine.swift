import Toolbox

/// A request's first line: method, target, version, with one space between (RFC 9112 §3).
struct HTTPRequestLine: Sendable {
    let method: HTTPMethod
    let target: HTTPTarget
    let isVersion11: Bool

    init(parsing line: Bytes) throws(HTTPFailure) {
        let words = line.array.split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3 else { throw .malformed("request line") }
        let name = Bytes(Array(words[0]))
        guard HTTPGrammar.isToken(name), let nameText = name.text else {
            throw .malformed("method")
        }
        switch Bytes(Array(words[2])) {
        case "HTTP/1.1": isVersion11 = true
        case "HTTP/1.0": isVersion11 = false
        case let other: throw Self.failure(forVersion: other)
        }
        guard let method = HTTPMethod(rawValue: nameText) else { throw .unsupported("method") }
        self.method = method
        target = try HTTPTarget(parsing: Bytes(Array(words[1])))
        guard target.path != "*" || method == .options else { throw .malformed("target") }
    }

    /// A version that exists elsewhere is told from bytes that are none.
    static func failure(forVersion version: Bytes) -> HTTPFailure {
        let isVersion =
            version.count == 8 && version.slice(0..<5) == "HTTP/"
            && HTTPGrammar.isDigit(version[5]) && version[6] == UInt8(ascii: ".")
            && HTTPGrammar.isDigit(version[7])
        return isVersion ? .unsupportedVersion : .malformed("version")
    }
}
