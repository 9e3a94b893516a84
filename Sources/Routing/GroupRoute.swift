import Toolbox
import Vocabulary

/// This node's requests to one replica group, in the order they were made.
///
/// Requests are sent in streams. A stream ends with the first request that the other side did not
/// take: the other side refuses the rest of it, and once every request of it is accounted for, what
/// is left goes out again, in the old order, as the next stream. So no request of a node overtakes
/// an earlier one to the same group, whatever leaders come and go.
struct GroupRoute: Sendable {
    struct Waiting: Sendable {
        var kind: RoutedRequest.Kind
        var payload: Bytes
        var repetition: Repetition
        var deadline: Instant
        var state: State
        /// Some leader may have put it into its log.
        var mayHaveHappened = false
    }

    enum State: Hashable, Sendable {
        /// Not sent, or sent and certainly not taken.
        case queued
        case sent(stream: UInt64)
    }

    let voters: [NodeID]
    var waiting: SortedMap<RequestID, Waiting> = SortedMap()
    /// Of those that wait, the ones that are queued: most of the time none.
    var queuedCount = 0
    var leader: NodeID?
    var stream: UInt64 = 1
    /// The present stream has a refusal in it: nothing more is sent in it.
    var isBroken = false
    /// Of the present stream, not yet answered.
    var unansweredCount = 0
    var destination: NodeID?
    var retryAt: Instant?
    var failures = 0
    /// Where to turn when nobody says who leads.
    var guesses = 0

    /// What became of a new request.
    enum Taken {
        case queued
        /// It follows on the present stream.
        case sent(stream: UInt64, to: NodeID)
        case refused
    }

    /// Takes a new request on. While the leader is known and takes what it is sent, the request
    /// goes there at once, whatever number waits for answers.
    mutating func take(
        _ request: RoutedRequest, _ repetition: Repetition, deadline: Instant
    ) -> Taken {
        var entry = Waiting(
            kind: request.kind, payload: request.payload, repetition: repetition,
            deadline: deadline, state: .queued)
        guard let leader, destination == leader, queuedCount == 0, !isBroken, retryAt == nil else {
            queuedCount += 1
            waiting[request.request] = entry
            return .queued
        }
        entry.state = .sent(stream: stream)
        unansweredCount += 1
        waiting[request.request] = entry
        return .sent(stream: stream, to: leader)
    }

    var nextDeadline: Instant? {
        // A broken stream goes on when its last request is accounted for, not at a time.
        let retry = waiting.isEmpty || isBroken ? nil : retryAt
        guard let expiry = waiting.first?.value.deadline else { return retry }
        return retry.map { min($0, expiry) } ?? expiry
    }
}
