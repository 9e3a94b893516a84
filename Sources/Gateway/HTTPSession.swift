import ChatWire
import HTTPWire
import Toolbox
import Vocabulary

/// The HTTP side of a connection: one request at a time, the next when this one is answered.
///
/// idle ──first byte──▶ readingHead ──▶ readingBody ──whole──▶ answering ──answered──▶ idle
struct HTTPSession: Sendable {
    private enum Phase: Sendable {
        case idle(since: Instant)
        case readingHead(since: Instant)
        case readingBody(since: Instant)
        case answering(method: HTTPMethod, keepsAlive: Bool)
    }

    enum Step: Sendable {
        case request(HTTPRequest)
        /// The client waits for `100 Continue`.
        case goOn
        case needsMore
        case failed(HTTPFailure)
    }

    /// What a request asked for and who asked: it follows from its head alone.
    struct Grant: Sendable {
        let route: APIRoute
        let identity: Identity
        let idempotencyKey: Bytes
        /// From here on the token is no longer good.
        let expires: WallTime
    }

    private var decoder: HTTPRequestDecoder
    /// Of the last request; nil if it was none that is granted to a user.
    private var grant: Grant?
    private var phase: Phase
    /// The number of the request that is being answered.
    private(set) var exchange: UInt64 = 0

    /// Bytes of pipelined requests that may wait; more is no client of ours.
    static let waitingBytesMaximum = 4 << 20

    init(at now: Instant) {
        decoder = HTTPRequestDecoder(
            limits: HTTPLimits(bodyBytesMaximum: Limits.clientMessageBytesMaximum))
        phase = .idle(since: now)
    }

    var isAnswering: Bool {
        if case .answering = phase { true } else { false }
    }

    /// Whether a request is being answered, with a body, after which another one may come.
    var keepsAlive: Bool {
        if case .answering(let method, true) = phase { method != .head } else { false }
    }

    /// Takes what arrived; false if too much waits.
    mutating func append(_ bytes: Bytes) -> Bool {
        decoder.append(bytes)
        return decoder.pendingBytes <= Self.waitingBytesMaximum
    }

    /// - Precondition: nothing is being answered.
    mutating func next(at now: Instant) -> Step {
        do throws(HTTPFailure) {
            if let request = try decoder.next() {
                exchange += 1
                if !decoder.isRepeat { grant = nil }
                phase = .answering(method: request.method, keepsAlive: request.keepAlive)
                return .request(request)
            }
        } catch {
            return .failed(error)
        }
        notePart(at: now)
        return decoder.takeContinueWish() ? .goOn : .needsMore
    }

    /// What was granted to the request before, if this one has the same head and the token is still
    /// good.
    func grant(at now: WallTime) -> Grant? {
        guard let grant, now < grant.expires else { return nil }
        return grant
    }

    mutating func remember(_ grant: Grant) { self.grant = grant }

    private mutating func notePart(at now: Instant) {
        switch phase {
        case .idle where decoder.hasPartialBody, .readingHead where decoder.hasPartialBody:
            phase = .readingBody(since: now)
        case .idle where decoder.hasPartialRequest: phase = .readingHead(since: now)
        case .idle, .readingHead, .readingBody, .answering: break
        }
    }

    /// The answer to `exchange` leaves. Tells how to write it; nil if it was answered already.
    mutating func finish(
        _ exchange: UInt64, at now: Instant
    ) -> (method: HTTPMethod, keepsAlive: Bool)? {
        guard exchange == self.exchange, case .answering(let method, let keepsAlive) = phase else {
            return nil
        }
        phase = .idle(since: now)
        return (method, keepsAlive)
    }

    /// What came behind the request that became a WebSocket.
    mutating func takeRemainder() -> Bytes { decoder.takeRemainder() }

    func deadline(_ settings: GatewaySettings) -> Instant? {
        switch phase {
        case .idle(let since): since + settings.idleTimeout
        case .readingHead(let since): since + settings.httpHeadTimeout
        case .readingBody(let since): since + settings.bodyTimeout
        case .answering: nil
        }
    }

    /// Whether a request is late, which deserves an answer before the close.
    var isReceiving: Bool {
        switch phase {
        case .readingHead, .readingBody: true
        case .idle, .answering: false
        }
    }
}
