import HTTPWire
import Testing
import Toolbox

@Suite("Heads that come again")
struct RepeatedHeadTests {
    static func post(_ path: String, _ body: String, extra: String = "") -> Bytes {
        Bytes(
            "POST \(path) HTTP/1.1\r\nHost: a:1\r\n\(extra)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    @Test("the same requests are read, in whatever pieces they come", arguments: [1, 7, 80, 4_096])
    func pieces(_ step: Int) throws {
        let sent = [
            ("/a", "one"), ("/a", "two"), ("/a", "six"), ("/b", "two"), ("/b", ""), ("/b", ""),
        ]
        var stream = ByteWriter()
        for (path, body) in sent { stream.writeRaw(Self.post(path, body)) }
        let bytes = stream.take()
        var decoder = HTTPRequestDecoder()
        var read: [(String, String?)] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            decoder.append(bytes.slice(start..<min(start + step, bytes.count)))
            while let request = try decoder.next() {
                read.append((request.path, request.body.text))
            }
        }
        #expect(read.map(\.0) == sent.map(\.0))
        #expect(read.map(\.1) == sent.map(\.1))
        #expect(!decoder.hasPartialRequest)
    }

    @Test("only one that is the same byte by byte is a repeat")
    func repeats() throws {
        var decoder = HTTPRequestDecoder()
        let requests: [(Bytes, Bool)] = [
            (Self.post("/a", "one"), false), (Self.post("/a", "two"), true),
            (Self.post("/a", "three"), false), (Self.post("/a", "seven"), true),
            (Self.post("/a", "seven", extra: "X-A: 1\r\n"), false),
            (Self.post("/a", "seven", extra: "X-A: 2\r\n"), false),
            (Self.post("/a", "eight", extra: "X-A: 2\r\n"), true),
        ]
        for (bytes, isRepeat) in requests {
            decoder.append(bytes)
            _ = try #require(try decoder.next())
            #expect(decoder.isRepeat == isRepeat)
        }
        // The body comes later: read again, with the same result.
        let late = Self.post("/a", "eight", extra: "X-A: 2\r\n")
        decoder.append(late.slice(0..<late.count - 2))
        #expect(try decoder.next() == nil)
        decoder.append(late.suffix(from: late.count - 2))
        #expect(try decoder.next()?.body == "eight")
        #expect(!decoder.isRepeat)
    }

    @Test("a chunked body and a wrong request behind a good one are no repeats")
    func others() throws {
        var decoder = HTTPRequestDecoder()
        let chunked = Bytes(
            "POST /a HTTP/1.1\r\nHost: a:1\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\nx\r\n0\r\n\r\n")
        for _ in 0..<2 {
            decoder.append(chunked)
            #expect(try decoder.next()?.body == "x")
            #expect(!decoder.isRepeat)
        }
        decoder.append(Self.post("/a", "one"))
        _ = try decoder.next()
        decoder.append("POST /a HTTP/1.1\r\nHost: a:1\r\nContent-Length: 03x\r\n\r\nabc")
        #expect(throws: HTTPFailure.self) { try decoder.next() }
        #expect(throws: HTTPFailure.self) { try decoder.next() }
    }
}
