import HTTPWire
import Testing
import Toolbox

/// One stream that must be refused.
struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let status: Int
    let stream: Bytes

    init(_ what: String, _ status: Int, bytes stream: Bytes) {
        testDescription = what
        self.status = status
        self.stream = stream
    }

    /// With line ends as on the wire.
    init(_ what: String, _ status: Int = 400, text: String) {
        self.init(what, status, bytes: wire(text))
    }

    /// A request whose fields, besides Host, are these.
    init(fields: String, _ what: String, _ status: Int = 400, body: String = "") {
        self.init(what, status, text: "POST / HTTP/1.1\nHost: a\n\(fields)\n\n\(body)")
    }

    /// A request for this target.
    init(target: String) {
        self.init("target \(target)", 400, text: "GET \(target) HTTP/1.1\nHost: a\n\n")
    }

    /// A request with this chunked body.
    init(chunks: String, _ what: String) {
        self.init(fields: "Transfer-Encoding: chunked", what, body: chunks)
    }
}

@Suite("What can be read in two ways is refused")
struct HTTPStrictnessTests {
    static let framings: [Refusal] = [
        Refusal(fields: "Content-Length: 1\nTransfer-Encoding: chunked", "length and coding"),
        Refusal(fields: "Transfer-Encoding: chunked\nContent-Length: 1", "coding and length"),
        Refusal(fields: "Content-Length: 1\nContent-Length: 2", "two lengths"),
        Refusal(fields: "Content-Length: 1\nContent-Length: 1", "the same length twice"),
        Refusal(fields: "Content-Length: 1, 1", "a list of lengths"),
        Refusal(fields: "Content-Length: +1", "a sign before the length"),
        Refusal(fields: "Content-Length: -1", "a negative length"),
        Refusal(fields: "Content-Length: 0x1", "a hexadecimal length"),
        Refusal(fields: "Content-Length: 1 1", "a length with a space"),
        Refusal(fields: "Content-Length:", "no length"),
        Refusal(fields: "Content-Length: 2097153", "a body over the limit", 413),
        Refusal(fields: "Content-Length: 99999999999999999999", "a length over 64 bits", 413),
        Refusal(fields: "Transfer-Encoding: gzip", "another coding", 501),
        Refusal(fields: "Transfer-Encoding: xchunked", "almost chunked", 501),
        Refusal(fields: "Transfer-Encoding: gzip, chunked", "two codings"),
        Refusal(fields: "Transfer-Encoding: chunked, identity", "chunked first"),
        Refusal(fields: "Transfer-Encoding: chunked\nTransfer-Encoding: chunked", "coding twice"),
        Refusal(fields: "Transfer-Encoding: \"chunked\"", "a quoted coding"),
        Refusal(fields: "Transfer-Encoding: \u{B}chunked", "a control character", 400),
        Refusal("coding in HTTP/1.0", text: "GET / HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n"),
        Refusal(fields: "Expect: 200-ok", "another expectation", 417),
    ]

    static let heads: [Refusal] = [
        Refusal("bare line feeds", 400, bytes: "GET / HTTP/1.1\nHost: a\n\n"),
        Refusal("one bare line feed", 400, bytes: "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        Refusal("a bare CR in a value", 400, bytes: "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
        Refusal("two CRs", 400, bytes: "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
        Refusal("CR before the line", 400, bytes: "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Refusal("NUL in a value", 400, bytes: "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"),
        Refusal("DEL in a value", text: "GET / HTTP/1.1\nHost: a\nX: \u{7F}\n\n"),
        Refusal(
            "a value that is not UTF-8", 400,
            bytes: Bytes(wire("GET / HTTP/1.1\nHost: a\nX: ").array + [0xFF, 13, 10, 13, 10])),
        Refusal("a folded line", text: "GET / HTTP/1.1\nHost: a\nX: b\n c\n\n"),
        Refusal("a folded first field", text: "GET / HTTP/1.1\n Host: a\n\n"),
        Refusal("a line of a tab", text: "GET / HTTP/1.1\nHost: a\n\t\n\n"),
        Refusal("space before the colon", text: "GET / HTTP/1.1\nHost: a\nX : b\n\n"),
        Refusal("no name", text: "GET / HTTP/1.1\nHost: a\n: b\n\n"),
        Refusal("no colon", text: "GET / HTTP/1.1\nHost: a\nX\n\n"),
        Refusal("a name that is no token", text: "GET / HTTP/1.1\nHost: a\nX(y): b\n\n"),
        Refusal("a name beyond ASCII", text: "GET / HTTP/1.1\nHost: a\nXé: b\n\n"),
        Refusal("no Host", text: "GET / HTTP/1.1\n\n"),
        Refusal("two Hosts", text: "GET / HTTP/1.1\nHost: a\nHost: a\n\n"),
        Refusal("two Hosts in HTTP/1.0", text: "GET / HTTP/1.0\nHost: a\nHost: b\n\n"),
        Refusal("an empty Host", text: "GET / HTTP/1.1\nHost:\n\n"),
        Refusal("a Host with a slash", text: "GET / HTTP/1.1\nHost: a/b\n\n"),
        Refusal("a Host with a user", text: "GET / HTTP/1.1\nHost: u@a\n\n"),
        Refusal("a Host with a bad port", text: "GET / HTTP/1.1\nHost: a:b\n\n"),
        Refusal("a Host of two", text: "GET / HTTP/1.1\nHost: a, b\n\n"),
        Refusal("a Host that is not the target's", text: "GET http://b/ HTTP/1.1\nHost: a\n\n"),
    ]

    static let lines: [Refusal] = [
        Refusal("two words", text: "GET /\n\n"),
        Refusal("four words", text: "GET / / HTTP/1.1\nHost: a\n\n"),
        Refusal("two spaces", text: "GET  / HTTP/1.1\nHost: a\n\n"),
        Refusal("a tab", text: "GET\t/ HTTP/1.1\nHost: a\n\n"),
        Refusal("a space before", text: " GET / HTTP/1.1\nHost: a\n\n"),
        Refusal("a space behind", text: "GET / HTTP/1.1 \nHost: a\n\n"),
        Refusal("no version", text: "GET / \nHost: a\n\n"),
        Refusal("a method that is no token", text: "G@T / HTTP/1.1\nHost: a\n\n"),
        Refusal("a method in lower case", 501, text: "get / HTTP/1.1\nHost: a\n\n"),
        Refusal("TRACE", 501, text: "TRACE / HTTP/1.1\nHost: a\n\n"),
        Refusal("CONNECT", 501, text: "CONNECT a:80 HTTP/1.1\nHost: a\n\n"),
        Refusal("HTTP/2", 505, text: "PRI * HTTP/2.0\n\nSM\n\n"),
        Refusal("HTTP/0.9", 505, text: "GET / HTTP/0.9\nHost: a\n\n"),
        Refusal("HTTP/1.2", 505, text: "GET / HTTP/1.2\nHost: a\n\n"),
        Refusal("a version in lower case", text: "GET / http/1.1\nHost: a\n\n"),
        Refusal("a long version", text: "GET / HTTP/1.10\nHost: a\n\n"),
        Refusal("another protocol", text: "GET / HTTPS/1.1\nHost: a\n\n"),
        Refusal("a TLS greeting", 400, bytes: [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 10, 13, 10]),
    ]

    static let targets: [Refusal] = [
        "a", "*", "//../", "/a/../b", "/a/.", "/%2e%2E/b", "/%2e", "/a%", "/a%2", "/a%2g", "/%00",
        "/%ff", "/a#b", "/a\"b", "/<a>", "/a\\b", "/a^b", "/a`b", "/{a}", "/a|b", "/é", "/[a]",
        "/?a[]=1", "/?a=1&a=2", "/?a=%zz", "/?%c3=1", "/?a#b", "https://a/", "http:///", "http://",
        "http://u@a/", "?a=1",
    ].map { Refusal(target: $0) }

    static let chunks: [Refusal] = [
        Refusal(chunks: "\n", "no size"),
        Refusal(chunks: "x\n", "a size that is no number"),
        Refusal(chunks: "-1\n", "a negative size"),
        Refusal(chunks: "+1\na\n0\n\n", "a sign"),
        Refusal(chunks: "0x1\na\n0\n\n", "a prefix"),
        Refusal(chunks: " 1\na\n0\n\n", "space before the size"),
        Refusal(chunks: "1 \na\n0\n\n", "space behind the size"),
        Refusal(chunks: "1 ;a=b\na\n0\n\n", "space before an extension"),
        Refusal(chunks: "0000000000000001\na\n0\n\n", "a size of sixteen digits"),
        Refusal(chunks: "1;\u{B}\na\n0\n\n", "a control character in an extension"),
        Refusal(chunks: "1;" + String(repeating: "a", count: 256) + "\n", "a long extension"),
        Refusal(chunks: "1\nab\n0\n\n", "a chunk longer than its size"),
        Refusal(chunks: "2\na\n0\n\n", "a chunk shorter than its size"),
        Refusal(chunks: "0\nX : a\n\n", "a bad trailer"),
        Refusal(chunks: "0\n X: a\n\n", "a folded trailer"),
        Refusal(
            "a bare line feed behind a size", 400,
            bytes: Bytes(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\na\r\n0\r\n\r\n")),
        Refusal(
            "a bare line feed behind a chunk", 400,
            bytes: Bytes(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\na\n0\r\n\r\n")),
    ]

    @Test("in the framing", arguments: framings)
    func framing(refusal: Refusal) { check(refusal) }

    @Test("in the head", arguments: heads)
    func head(refusal: Refusal) { check(refusal) }

    @Test("in the request line", arguments: lines)
    func line(refusal: Refusal) { check(refusal) }

    @Test("in the target", arguments: targets)
    func target(refusal: Refusal) { check(refusal) }

    @Test("in a chunked body", arguments: chunks)
    func chunk(refusal: Refusal) { check(refusal) }

    private func check(_ refusal: Refusal) {
        let whole = requests(in: refusal.stream)
        #expect(whole.failure?.status == refusal.status)
        #expect(whole.messages.isEmpty)
        let cuts = Array(0...refusal.stream.count)
        #expect(requests(in: refusal.stream, cutAt: cuts) == whole, "byte by byte")
    }

    @Test(
        "but what is plain is taken",
        arguments: [
            "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\nHost: [::1]:80\n\n",
            "GET / HTTP/1.1\nhOsT:\t a:80 \t\n\n", "GET / HTTP/1.0\n\n",
            "OPTIONS * HTTP/1.1\nHost: a\n\n", "GET http://A:80/b?c HTTP/1.1\nHost: a:80\n\n",
            "GET http://a HTTP/1.1\nHost: a\n\n", "GET http://a?b=1 HTTP/1.1\nHost: a\n\n",
            "GET /a:b@c;d=e,f!$'()*+~_-./..a/... HTTP/1.1\nHost: a\n\n",
            "GET /?a&b=&=c&&d=/?:@+%20%C3%A9 HTTP/1.1\nHost: a\n\n",
            "GET // HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\nHost: a\nX: é \"b\" \t c\n\n",
            "POST / HTTP/1.1\nHost: a\nContent-Length: 003\n\nabc",
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n000\n\n",
        ])
    func plain(text: String) {
        let outcome = requests(in: wire(text))
        #expect(outcome.failure == nil)
        #expect(outcome.messages.count == 1)
    }

    @Test("and nothing is read behind a failure")
    func failureStays() {
        var decoder = HTTPRequestDecoder()
        decoder.append("BAD\r\n\r\n")
        #expect(throws: HTTPFailure.malformed("request line")) { try decoder.next() }
        decoder.append(wire("GET / HTTP/1.1\nHost: a\n\n"))
        #expect(throws: HTTPFailure.malformed("request line")) { try decoder.next() }
        #expect(decoder.pendingBytes == 0)
        #expect(!decoder.hasPartialRequest)
    }
}
