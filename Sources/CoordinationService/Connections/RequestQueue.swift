/// The requests of a connection that are not yet answered, in the order of their arrival.
///
/// Those at the front that are on their way to the log are counted: only behind them may another
/// write be proposed.
struct RequestQueue: Sendable {
    private var requests: [PendingRequest?] = []
    private var head = 0
    /// How many at the front are proposed.
    private(set) var proposedCount = 0

    var count: Int { requests.count - head }
    var isEmpty: Bool { count == 0 }
    /// Whether everything that waits is on its way to the log.
    var isAllProposed: Bool { proposedCount == count }

    /// The first request that is not on its way to the log.
    var next: PendingRequest? { isAllProposed ? nil : requests[head + proposedCount] }

    var first: PendingRequest? { isEmpty ? nil : requests[head] }

    mutating func append(_ request: PendingRequest) {
        if case .proposed = request.work { proposedCount += 1 }
        requests.append(request)
    }

    /// The request `next` goes to the log.
    mutating func nextIsProposed(as sequence: Int32) {
        requests[head + proposedCount]?.work = .proposed(sequence: sequence)
        proposedCount += 1
    }

    mutating func popFirst() -> PendingRequest? {
        guard !isEmpty else { return nil }
        let request = requests[head].take()
        head += 1
        if proposedCount > 0 { proposedCount -= 1 }
        if head == requests.count {
            requests.removeAll(keepingCapacity: requests.capacity <= 256)
            head = 0
        } else if head >= 256, head * 2 >= requests.count {
            requests.removeFirst(head)
            head = 0
        }
        return request
    }

    #if PLANTED_FAULTS
        /// Takes `next` out, past those in front of it.
        mutating func removeNext() { requests.remove(at: head + proposedCount) }
    #endif
}
