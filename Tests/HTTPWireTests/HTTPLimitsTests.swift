import HTTPWire
import Testing
import Toolbox

@Suite("The limits of a message")
struct HTTPLimitsTests {
    private static let lineMaximum = HTTPLimits().lineBytesMaximum

    @Test("a request line may have its limit and no byte more", arguments: [0, 1])
    func requestLine(over: Int) {
        let path = String(repeating: "a", count: Self.lineMaximum - 14 + over)
        let stream = wire("GET /\(path) HTTP/1.1\nHost: a\n\n")
        checkAtBothPaces(stream, status: over == 0 ? nil : 414)
    }

    @Test("a field line may have its limit and no byte more", arguments: [0, 1])
    func fieldLine(over: Int) {
        let value = String(repeating: "a", count: Self.lineMaximum - 3 + over)
        let stream = wire("GET / HTTP/1.1\nHost: a\nX: \(value)\n\n")
        checkAtBothPaces(stream, status: over == 0 ? nil : 431)
    }

    @Test("an endless line is refused before its end")
    func endless() {
        var decoder = HTTPRequestDecoder()
        decoder.append(Bytes([UInt8](repeating: 0x41, count: Self.lineMaximum + 2)))
        #expect(throws: HTTPFailure.targetTooLong) { try decoder.next() }
    }

    @Test("a head may have a hundred fields and none more", arguments: [0, 1])
    func fieldCount(over: Int) {
        let fields = String(repeating: "X: y\n", count: 99 + over)
        checkAtBothPaces(
            wire("GET / HTTP/1.1\nHost: a\n\(fields)\n"), status: over == 0 ? nil : 431)
    }

    @Test("a head may have 32 KiB and no byte more", arguments: [0, 1])
    func headSize(over: Int) {
        // Request line 16, Host 9, five lines with the rest.
        let rest = HTTPLimits().headBytesMaximum - 25 + over
        let sizes = [7_000, 7_000, 7_000, 7_000, rest - 28_000]
        let fields = sizes.map { "X: " + String(repeating: "a", count: $0 - 5) + "\n" }.joined()
        checkAtBothPaces(
            wire("GET / HTTP/1.1\nHost: a\n\(fields)\n"), status: over == 0 ? nil : 431)
    }

    @Test("trailers have the limits of a head")
    func trailers() {
        let head = "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\n"
        let fields = String(repeating: "X: y\n", count: 100)
        #expect(requests(in: wire(head + fields + "\n")).messages.count == 1)
        #expect(requests(in: wire(head + fields + "X: y\n\n")).failure == .headTooLarge)
    }

    @Test("a body may have its limit and no byte more, counted or chunked", arguments: [0, 1])
    func body(over: Int) {
        let limits = HTTPLimits(bodyBytesMaximum: 10)
        let count = 10 + over
        let body = String(repeating: "x", count: count)
        let counted = wire("PUT / HTTP/1.1\nHost: a\nContent-Length: \(count)\n\n\(body)")
        let chunked = wire(
            "PUT / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n"
                + "4\nxxxx\n\(count - 4)\n\(body.dropFirst(4))\n0\n\n")
        for stream in [counted, chunked] {
            let outcome = requests(in: stream, limits: limits)
            #expect(outcome.failure == (over == 0 ? nil : .bodyTooLarge))
            #expect(outcome.messages.map(\.body.count) == (over == 0 ? [10] : []))
        }
    }

    @Test("a body that is announced too large is refused before it comes")
    func announced() {
        let head = wire("PUT / HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 11\n\n")
        let outcome = requests(in: head, limits: HTTPLimits(bodyBytesMaximum: 10))
        #expect(outcome.failure == .bodyTooLarge)
    }

    @Test("an answer whose body ends with the connection is bounded as well")
    func untilClose() {
        var decoder = HTTPResponseDecoder(limits: HTTPLimits(bodyBytesMaximum: 10))
        decoder.append(wire("HTTP/1.1 200 OK\n\n0123456789"))
        #expect(throws: Never.self) { try decoder.next() }
        decoder.append("x")
        #expect(throws: HTTPFailure.bodyTooLarge) { try decoder.next() }
    }

    private func checkAtBothPaces(_ stream: Bytes, status: Int?) {
        for cuts in [[], Array(stride(from: 1, to: stream.count, by: 7))] {
            let outcome = requests(in: stream, cutAt: cuts)
            #expect(outcome.failure?.status == status)
            #expect(outcome.messages.count == (status == nil ? 1 : 0))
        }
    }
}
