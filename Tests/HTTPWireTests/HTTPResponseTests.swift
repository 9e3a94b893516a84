import HTTPWire
import Testing
import Toolbox

@Suite("Answers")
struct HTTPResponseTests {
    @Test("are written with their length")
    func encoding() {
        let response = HTTPResponse(
            status: 201, headers: ["Content-Type": "application/json"], body: "{}")
        #expect(
            response.encoded()
                == wire(
                    """
                    HTTP/1.1 201 Created
                    Content-Type: application/json
                    Content-Length: 2

                    {}
                    """))
        #expect(response.encoded(answering: .head) == response.encoded().slice(0..<75))
    }

    @Test("without a body have no length", arguments: [101, 204, 304])
    func bodiless(status: Int) throws {
        let bytes = HTTPResponse(status: status, body: "ignored").encoded()
        let text = try #require(bytes.text)
        #expect(!text.contains("Length"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test("cannot be split by a value, nor framed by one")
    func splitting() throws {
        let response = HTTPResponse(
            status: 200,
            headers: [
                "X": "a\r\nSet-Cookie: b\n\0", "content-length": "9",
                "Transfer-Encoding": "chunked",
            ], body: "ok")
        let outcome = responses(in: response.encoded())
        #expect(outcome.failure == nil)
        let read = try #require(outcome.messages.first)
        #expect(read.headers.fields.map(\.name) == ["X", "Content-Length"])
        #expect(read.headers["X"] == "a  Set-Cookie: b")
        #expect(read.body == "ok")
    }

    @Test("have a phrase for every status that is used")
    func phrases() throws {
        for status in [200, 201, 204, 400, 401, 403, 404, 409, 413, 421, 429, 500, 503, 504] {
            let text = try #require(HTTPResponse(status: status).encoded().text)
            #expect(!text.hasPrefix("HTTP/1.1 \(status) Status"))
        }
    }

    static let stream = wire(
        """
        HTTP/1.1 100 Continue

        HTTP/1.1 200 OK
        Content-Length: 3

        abcHTTP/1.1 204 No Content

        HTTP/1.1 103 Early Hints
        Link: x

        HTTP/1.1 200\u{20}
        Transfer-Encoding: chunked

        2
        de
        0

        HTTP/1.0 404 Not Found
        Connection: close

        the rest
        """)

    @Test("are read the same however the stream is cut")
    func everyCut() {
        let whole = responses(in: Self.stream)
        #expect(whole.failure == nil)
        #expect(whole.messages.map(\.status) == [200, 204, 200, 404])
        #expect(whole.messages.map(\.body) == ["abc", "", "de", "the rest"])
        #expect(whole.messages.map(\.keepAlive) == [true, true, true, false])
        for cut in 0...Self.stream.count {
            #expect(responses(in: Self.stream, cutAt: [cut]) == whole)
        }
        #expect(responses(in: Self.stream, cutAt: Array(0...Self.stream.count)) == whole)
    }

    @Test("to HEAD have no body though they tell its length")
    func head() {
        let stream = wire(
            "HTTP/1.1 200 OK\nContent-Length: 7\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n")
        let outcome = responses(in: stream, answering: .head)
        #expect(outcome.failure == nil)
        #expect(outcome.messages.map(\.headers["content-length"]) == ["7", "0"])
    }

    @Test("that change the protocol end the stream of answers")
    func upgrade() throws {
        var decoder = HTTPResponseDecoder()
        decoder.append(wire("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\nframes"))
        let response = try decoder.next()
        #expect(response?.status == 101)
        #expect(decoder.takeRemainder() == "frames")
    }

    @Test(
        "that break the rules are refused",
        arguments: [
            "HTTP/1.1 20 OK\n\n", "HTTP/1.1 2000 OK\n\n", "HTTP/1.1 2x0 OK\n\n",
            "HTTP/1.1  200 OK\n\n", "HTTP/1.1 200OK\n\n", "HTTP/1.1 200\n\n", "HTTP/2.0 200 OK\n\n",
            "HTTP/1.1 600 OK\n\n", "HTTP/1.1 099 OK\n\n", "http/1.1 200 OK\n\n", "\n",
            "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\nab",
            "HTTP/1.1 200 OK\nContent-Length: 1\nTransfer-Encoding: chunked\n\na",
            "HTTP/1.1 200 OK\nContent-Length : 1\n\na", "HTTP/1.1 200 OK\nX: a\n b\n\n",
            "HTTP/1.1 200 OK\nContent-Length: 3\n\nab", "HTTP/1.1 200 OK\nContent-",
            "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nab\n",
        ])
    func refused(text: String) {
        let outcome = responses(in: wire(text))
        #expect(outcome.failure != nil)
        #expect(outcome.messages.isEmpty)
    }

    @Test("come back as requests went out")
    func requestRoundTrip() throws {
        let target = try HTTPTarget("/v1/users/a%2Fb?name=x%20y&z=")
        #expect(target.pathSegments == ["v1", "users", "a/b"])
        for method in HTTPMethod.allCases {
            for body in ["", "text"] as [Bytes] {
                let request = HTTPRequest(
                    method: method, target: target, host: "node:80",
                    headers: ["Accept": "*/*", "Host": "other"], body: body)
                let outcome = requests(in: request.encoded())
                let read = try #require(outcome.messages.first)
                #expect(read.method == method)
                #expect(read.target == target)
                #expect(read.body == body)
                #expect(read.headers.values(of: "host") == ["node:80"])
                #expect(read.headers["accept"] == "*/*")
                #expect(read.keepAlive)
            }
        }
        #expect(throws: HTTPFailure.self) { try HTTPTarget("/a b") }
    }
}
