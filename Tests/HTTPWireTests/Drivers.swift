import HTTPWire
import Toolbox

/// What came out of a decoder: the messages, and the failure that ended them.
struct Outcome<Message: Hashable>: Equatable {
    var messages: [Message] = []
    var failure: HTTPFailure?
}

/// All requests of a stream that arrives cut at `cuts`.
func requests(
    in stream: Bytes, cutAt cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()
) -> Outcome<HTTPRequest> {
    var decoder = HTTPRequestDecoder(limits: limits)
    var outcome = Outcome<HTTPRequest>()
    for piece in pieces(of: stream, cutAt: cuts) {
        decoder.append(piece)
        do {
            while let request = try decoder.next() { outcome.messages.append(request) }
        } catch {
            outcome.failure = error
        }
    }
    return outcome
}

/// All answers of a stream that arrives cut at `cuts`, the connection's end included.
func responses(
    in stream: Bytes, cutAt cuts: [Int] = [], answering method: HTTPMethod = .get
) -> Outcome<HTTPResponse> {
    var decoder = HTTPResponseDecoder()
    var outcome = Outcome<HTTPResponse>()
    do {
        for piece in pieces(of: stream, cutAt: cuts) {
            decoder.append(piece)
            while let response = try decoder.next(answering: method) {
                outcome.messages.append(response)
            }
        }
        if let last = try decoder.finish() { outcome.messages.append(last) }
    } catch {
        outcome.failure = error
    }
    return outcome
}

func pieces(of stream: Bytes, cutAt cuts: [Int]) -> [Bytes] {
    let ends = cuts + [stream.count]
    return zip([0] + cuts, ends).map { stream.slice($0..<$1) }
}

/// `text` with `\n` where it has a line end: `\r\n` on the wire.
func wire(_ text: String) -> Bytes {
    Bytes(text.utf8.flatMap { $0 == 10 ? [13, 10] : [$0] })
}
