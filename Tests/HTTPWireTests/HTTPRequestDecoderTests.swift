import HTTPWire
import Testing
import Toolbox

@Suite("The request decoder")
struct HTTPRequestDecoderTests {
    @Test("reads a request with all its parts")
    func whole() throws {
        let stream = wire(
            """
            POST /v1/chats/17/messages?limit=5&q=a+b%26 HTTP/1.1
            Host: node.example:8080
            Content-Type:application/json
            X-Empty:
            Authorization: bearer abc.def
            content-length: 11

            {"text":""}
            """)
        let outcome = requests(in: stream)
        #expect(outcome.failure == nil)
        let request = try #require(outcome.messages.first)
        #expect(request.method == .post)
        #expect(request.path == "/v1/chats/17/messages")
        #expect(request.pathSegments == ["v1", "chats", "17", "messages"])
        #expect(request.query("limit") == "5")
        #expect(request.query("q") == "a b&")
        #expect(request.query("none") == nil)
        #expect(request.headers["content-TYPE"] == "application/json")
        #expect(request.headers["x-empty"] == "")
        #expect(request.bearerToken == "abc.def")
        #expect(request.body == "{\"text\":\"\"}")
        #expect(request.keepAlive)
    }

    @Test("reads pipelined requests one by one")
    func pipelined() throws {
        let stream = wire(
            """
            GET /1 HTTP/1.1
            Host: a

            PUT /2 HTTP/1.1
            Host: a
            Content-Length: 3

            abcDELETE /3 HTTP/1.1
            Host: a


            """)
        var decoder = HTTPRequestDecoder()
        decoder.append(stream)
        let first = try #require(try decoder.next())
        #expect(first.path == "/1")
        #expect(decoder.hasPartialRequest)
        let second = try #require(try decoder.next())
        #expect(second.body == "abc")
        let third = try #require(try decoder.next())
        #expect(third.method == .delete)
        let fourth = try decoder.next()
        #expect(fourth == nil)
        #expect(!decoder.hasPartialRequest)
    }

    @Test("skips one empty line before a request, not two")
    func emptyLines() {
        #expect(requests(in: wire("\nGET / HTTP/1.1\nHost: a\n\n")).messages.count == 1)
        #expect(requests(in: wire("\n\nGET / HTTP/1.1\nHost: a\n\n")).failure?.status == 400)
    }

    static let mixed = wire(
        """
        POST /a%20b/?x=1 HTTP/1.1
        Host: a
        Transfer-Encoding: Chunked

        5;name="v"
        12345
        00A
        0123456789
        0
        Trailer: dropped

        POST /c HTTP/1.0
        Connection: keep-alive
        Content-Length: 4

        bodyGET /d HTTP/1.1
        Host: a
        Connection: foo , Close


        """)

    @Test("gives the same however the stream is cut")
    func everyCut() throws {
        let whole = requests(in: Self.mixed)
        #expect(whole.failure == nil)
        #expect(whole.messages.map(\.body) == ["123450123456789", "body", ""])
        #expect(whole.messages.map(\.keepAlive) == [true, true, false])
        #expect(whole.messages.first?.pathSegments == ["a b", ""])
        for cut in 0...Self.mixed.count {
            #expect(requests(in: Self.mixed, cutAt: [cut]) == whole)
        }
        #expect(requests(in: Self.mixed, cutAt: Array(0...Self.mixed.count)) == whole)
    }

    @Test("gives what follows an upgrade to the next protocol")
    func upgrade() throws {
        let stream = wire(
            """
            GET /v1/socket HTTP/1.1
            Host: a
            Connection: keep-alive, Upgrade
            Upgrade: websocket

            frames
            """)
        var decoder = HTTPRequestDecoder()
        decoder.append(stream)
        let request = try #require(try decoder.next())
        #expect(request.asksForUpgrade(to: "WebSocket"))
        #expect(!request.asksForUpgrade(to: "h2c"))
        #expect(decoder.takeRemainder() == "frames")
        #expect(!decoder.hasPartialRequest)
    }

    @Test("tells once that a client waits before its body")
    func expectation() throws {
        let head = wire(
            """
            PUT /v1/a HTTP/1.1
            Host: a
            Expect: 100-Continue
            Content-Length: 2


            """)
        var decoder = HTTPRequestDecoder()
        decoder.append(head)
        let early = try decoder.next()
        #expect(early == nil)
        let wishes = [decoder.takeContinueWish(), decoder.takeContinueWish()]
        #expect(wishes == [true, false])
        decoder.append("ok")
        let request = try decoder.next()
        #expect(request?.body == "ok")

        decoder.append(head)
        decoder.append("o")
        let withBody = try decoder.next()
        #expect(withBody == nil)
        let wish = decoder.takeContinueWish()
        #expect(!wish, "its body is on its way")
    }

    @Test("knows whether a request has begun")
    func partial() throws {
        var decoder = HTTPRequestDecoder()
        #expect(!decoder.hasPartialRequest)
        for piece in ["G", "ET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", "a"] {
            decoder.append(Bytes(piece))
            let request = try decoder.next()
            #expect(request == nil)
            #expect(decoder.hasPartialRequest)
        }
        decoder.append("b")
        let request = try decoder.next()
        #expect(request != nil)
        #expect(!decoder.hasPartialRequest)
    }

    @Test("shares a body that came in one piece with its head")
    func shared() throws {
        let body = String(repeating: "x", count: 1_000)
        let outcome = requests(
            in: wire("PUT / HTTP/1.1\nHost: a\nContent-Length: 1000\n\n" + body))
        #expect(outcome.messages.first?.body == Bytes(body))
    }

    @Test(
        "decides whether the connection is kept",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\n", false),
            ("HTTP/1.1", "Connection: keep-alive, close\n", false),
            ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: Keep-Alive\n", true),
        ])
    func keepAlive(version: String, field: String, isKept: Bool) {
        let outcome = requests(in: wire("GET / \(version)\nHost: a\n\(field)\n"))
        #expect(outcome.messages.first?.keepAlive == isKept)
    }

    @Test("has a bearer token only if there is one plain one")
    func bearer() {
        for fields in [
            "", "Authorization: Basic abc\n", "Authorization: Bearer\n",
            "Authorization: Bearer a b\n", "Authorization: Bearer a\nAuthorization: Bearer b\n",
        ] {
            let outcome = requests(in: wire("GET / HTTP/1.1\nHost: a\n\(fields)\n"))
            #expect(outcome.messages.count == 1)
            #expect(outcome.messages.first?.bearerToken == nil)
        }
    }
}
