import HTTPWire
import Testing
import Toolbox

@Suite("Bytes from anywhere")
struct HTTPFuzzTests {
    @Test("never stop the request decoder, and mean the same however they are cut")
    func flippedRequests() {
        var random = SeededRandom(seed: 9_112)
        for _ in 0..<4_000 {
            let stream = mutated(HTTPRequestDecoderTests.mixed, &random)
            let whole = requests(in: stream)
            let cut = random.below(stream.count + 1)
            #expect(requests(in: stream, cutAt: [cut]) == whole)
        }
    }

    @Test("never stop the response decoder, and mean the same however they are cut")
    func flippedResponses() {
        var random = SeededRandom(seed: 9_113)
        for _ in 0..<4_000 {
            let stream = mutated(HTTPResponseTests.stream, &random)
            let whole = responses(in: stream)
            let cut = random.below(stream.count + 1)
            #expect(responses(in: stream, cutAt: [cut]) == whole)
        }
    }

    @Test("make no request that the encoder would not write alike")
    func reencoded() {
        var random = SeededRandom(seed: 9_114)
        for _ in 0..<2_000 {
            let stream = mutated(HTTPRequestDecoderTests.mixed, &random)
            for request in requests(in: stream).messages {
                var copy = request
                copy.headers.replace("Host", with: "a")
                let again = requests(in: copy.encoded())
                #expect(again.failure == nil)
                #expect(again.messages.map(\.target.pathSegments) == [request.pathSegments])
                #expect(again.messages.map(\.queryItems) == [request.queryItems])
                #expect(again.messages.map(\.body) == [request.body])
            }
        }
    }

    /// `stream` with a few bytes flipped, dropped, doubled or replaced by what parsers stumble on.
    private func mutated(_ stream: Bytes, _ random: inout SeededRandom) -> Bytes {
        var bytes = stream.array
        let likely = Array("\r\n \t:;,0a/%?\0é".utf8)
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let index = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes[index] ^= 1 << UInt8(random.below(8))
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            default: bytes[index] = likely[random.below(likely.count)]
            }
        }
        return Bytes(bytes)
    }
}
