import ChatWire
import Vocabulary

/// What one request counts for in its connection's bounds.
struct RequestWeight: Hashable, Sendable {
    let bytes: Int
    /// Its answer may be a whole page.
    let isQuery: Bool
}

/// The requests of one WebSocket, in order: those asked and not answered, and those that wait.
///
/// Requests are asked in the order in which they came, so that sends to one chat keep theirs.
struct RequestQueue: Sendable {
    struct Waiting: Sendable {
        let frame: ClientFrame
        let weight: RequestWeight
    }

    private var waiting: [Waiting] = []
    private var front = 0
    private var waitingBytes = 0
    private(set) var outstanding = 0
    private var outstandingBytes = 0
    private var outstandingQueries = 0

    /// Bytes of requests that wait, and as many again that are asked.
    static let bytesMaximum = 4 << 20
    /// What the answer to a query is taken to be; a page ends at 512 KiB and escapes are on top.
    private static let answerBytes = 640 << 10

    var hasWaiting: Bool { front < waiting.count }

    /// Whether the next request waits for room in the socket, and for no answer. Mutating so that
    /// it looks in place.
    mutating func checkHeldBack() -> Bool { hasWaiting && outstanding == 0 }

    /// The same for whether any request waits.
    mutating func checkWaiting() -> Bool { hasWaiting }

    /// Counts a command as asked that need not wait; false if it must.
    mutating func admit(bytes: Int, _ settings: GatewaySettings) -> Bool {
        guard !hasWaiting, outstanding < settings.outstandingMaximum,
            outstanding == 0 || outstandingBytes + bytes <= Self.bytesMaximum
        else { return false }
        outstanding += 1
        outstandingBytes += bytes
        return true
    }

    /// Lets a request wait; false if too much waits already.
    mutating func append(_ frame: ClientFrame, bytes: Int, maximum: Int) -> Bool {
        guard waiting.count - front < maximum, waitingBytes + bytes <= Self.bytesMaximum else {
            return false
        }
        waitingBytes += bytes
        let weight = RequestWeight(bytes: bytes, isQuery: frame.isQuery)
        waiting.append(Waiting(frame: frame, weight: weight))
        return true
    }

    /// Takes the next request if it may be asked now.
    ///
    /// - Parameter backlog: bytes that the socket still has to send.
    mutating func next(_ settings: GatewaySettings, backlog: Int) -> Waiting? {
        guard hasWaiting, outstanding < settings.outstandingMaximum else { return nil }
        let next = waiting[front]
        guard outstanding == 0 || outstandingBytes + next.weight.bytes <= Self.bytesMaximum else {
            return nil
        }
        guard !next.weight.isQuery || mayQuery(settings, backlog: backlog) else { return nil }
        front += 1
        if front == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            front = 0
        } else if front >= 64, front * 2 >= waiting.count {
            waiting.removeFirst(front)
            front = 0
        }
        waitingBytes -= next.weight.bytes
        if next.frame.isAnswered {
            outstanding += 1
            outstandingBytes += next.weight.bytes
            outstandingQueries += next.weight.isQuery ? 1 : 0
        }
        return next
    }

    /// Who does not read his pages gets no more of them.
    private func mayQuery(_ settings: GatewaySettings, backlog: Int) -> Bool {
        if outstandingQueries == 0 { return backlog <= settings.sessionQueueBytesMaximum }
        return backlog + (outstandingQueries + 1) * Self.answerBytes
            <= settings.connectionQueueBytesMaximum
    }

    mutating func answered(_ weight: RequestWeight) {
        outstanding -= 1
        outstandingBytes -= weight.bytes
        outstandingQueries -= weight.isQuery ? 1 : 0
    }
}

extension ClientFrame {
    fileprivate var isQuery: Bool {
        switch self {
        case .get, .sync, .call: true
        case .hello, .send, .mark, .ping, .unknown: false
        }
    }

    fileprivate var isAnswered: Bool {
        switch self {
        case .send, .get, .sync, .call: true
        case .hello, .mark, .ping, .unknown: false
        }
    }
}
