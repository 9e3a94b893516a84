import ChatWire
import HTTPWire
import Testing
import Toolbox
import Vocabulary
import chatbench

@Suite("What a server answers to a POST")
struct AnswerScannerTests {
    static func created(_ seq: UInt64) -> Bytes {
        HTTPResponse(
            status: 201, headers: ["Content-Type": "application/json"],
            body: QuickFrameTests.receipt(seq).encoded()
        ).encoded()
    }

    static let refusal = HTTPResponse(
        status: 503, headers: ["Content-Type": "application/json"],
        body: ErrorReport(.overloaded, "later", afterMilliseconds: 9).encoded())

    static let repeated = HTTPResponse(
        status: 200, headers: ["X-More": "1"], body: QuickFrameTests.receipt(5).encoded())

    static func read(_ bytes: Bytes, inPiecesOf size: Int) throws -> [AnswerScanner.Found] {
        var scanner = AnswerScanner()
        var found: [AnswerScanner.Found] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            bytes.slice(start..<end).withUnsafeBytes { scanner.append($0) }
            while let next = try scanner.next() { found.append(next) }
            start = end
        }
        return found
    }

    /// What the strict decoder makes of the same bytes.
    static func response(_ bytes: Bytes) throws -> HTTPResponse {
        var decoder = HTTPResponseDecoder()
        decoder.append(bytes)
        return try #require(try decoder.next())
    }

    @Test("is the same however it is cut", arguments: [1, 2, 5, 17, 100, 1 << 20])
    func cuts(_ size: Int) throws {
        var writer = ByteWriter()
        for bytes in [
            Self.created(1), Self.created(2), Self.refusal.encoded(), Self.created(99_999),
            Self.repeated.encoded(), Self.created(4),
        ] {
            writer.writeRaw(bytes)
        }
        let found = try Self.read(writer.take(), inPiecesOf: size)
        #expect(
            found == [
                .acknowledged(seq: 1), .acknowledged(seq: 2),
                .response(try Self.response(Self.refusal.encoded())), .acknowledged(seq: 99_999),
                .response(try Self.response(Self.repeated.encoded())), .acknowledged(seq: 4),
            ])
    }

    @Test(
        "goes the strict way where its head says more than a length",
        arguments: [
            ("Connection", "close"), ("connection", "close"), ("CONNECTION", "close"),
            ("Set-Cookie", "a=b"), ("Content-Type", "text/plain"),
        ])
    func heads(_ name: String, _ value: String) throws {
        var response = HTTPResponse(status: 201, body: QuickFrameTests.receipt(3).encoded())
        response.headers.append(name, value)
        let found = try Self.read(response.encoded(), inPiecesOf: 50)
        #expect(found.count == 1)
        guard value == "close" else { return #expect(found == [.acknowledged(seq: 3)]) }
        guard case .response(let whole)? = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(!whole.keepAlive)
    }

    @Test("in chunks goes the strict way as well")
    func chunks() throws {
        let body = #"{"seq":3,"ord":1,"time":1}"#
        let text =
            "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        let found = try Self.read(Bytes(text), inPiecesOf: 9)
        #expect(found == [.response(try Self.response(Bytes(text)))])
    }

    @Test("is read without a trap, whatever damage it has")
    func damage() {
        var random = SeededRandom(seed: 5)
        var writer = ByteWriter()
        for number in 1...3 { writer.writeRaw(Self.created(UInt64(number))) }
        let whole = writer.take().array
        for _ in 0..<5_000 {
            var damaged = whole
            damaged[random.below(whole.count)] ^= UInt8(1 << random.below(8))
            let cut = Bytes(damaged).slice(0..<random.below(whole.count))
            do {
                let found = try Self.read(cut, inPiecesOf: 1 + random.below(200))
                #expect(found.count <= 3)
            } catch {
                #expect(error is HTTPFailure)
            }
        }
    }
}
