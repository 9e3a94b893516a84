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

    var voters: [NodeID]
    var waiting: SortedMap<RequestID, Waiting> = SortedMap()
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

    var nextDeadline: Instant? {
        // A broken stream goes on when its last request is accounted for, not at a time.
        let retry = waiting.isEmpty || isBroken ? nil : retryAt
        return [retry, waiting.first?.value.deadline].compactMap { $0 }.min()
    }
}
