import Toolbox

/// How the end of a body is known (RFC 9112 §6).
enum HTTPFraming: Hashable, Sendable {
    case counted(Int)
    case chunked
    case untilClose

    /// What the fields say; nil if they say nothing.
    ///
    /// A length beside a transfer coding, a length that comes twice and anything but exactly one
    /// `chunked` are refused: each is a way to make two parsers see two different requests.
    static func stated(by headers: HTTPHeaders) throws(HTTPFailure) -> HTTPFraming? {
        let codings = headers.values(of: "Transfer-Encoding")
        let lengths = headers.values(of: "Content-Length")
        guard codings.isEmpty else {
            guard lengths.isEmpty else { throw .malformed("length beside transfer coding") }
            guard codings.count == 1, let coding = codings.first else {
                throw .malformed("transfer coding comes twice")
            }
            guard HTTPGrammar.areEqualIgnoringCase(coding, "chunked") else {
                guard HTTPGrammar.isToken(Bytes(coding)) else {
                    throw .malformed("transfer codings")
                }
                throw .unsupported("transfer coding")
            }
            return .chunked
        }
        guard lengths.count <= 1 else { throw .malformed("length comes twice") }
        guard let length = lengths.first else { return nil }
        guard !length.isEmpty, length.utf8.allSatisfy(HTTPGrammar.isDigit) else {
            throw .malformed("length")
        }
        guard let count = Int(length) else { throw .bodyTooLarge }
        return .counted(count)
    }
}
