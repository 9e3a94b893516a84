import ChatWire
import Vocabulary

/// How much one connection may ask: a steady rate with bursts.
///
/// Kept as one instant: when the bucket would be full again (the generic cell rate algorithm).
struct RateLimit: Sendable {
    private let interval: Duration
    private let burst: Int
    private var fullAt = Instant(nanoseconds: .min / 4)
    /// Requests refused since the last one that was let through.
    private var refusedInARow = 0

    /// - Parameter perSecond: 0 is without limit.
    init(perSecond: Int, burst: Int) {
        interval = perSecond == 0 ? .zero : .nanoseconds(1_000_000_000 / Int64(perSecond))
        self.burst = burst
    }

    enum Verdict: Hashable, Sendable {
        case passed
        /// One may try again after so long.
        case refused(after: Duration)
        /// Refused a whole burst in a row: the client does not listen.
        case hopeless

        /// What the client is told; not to be asked of `passed`.
        var report: ErrorReport {
            var report = ErrorReport(.rateLimited, "too many requests")
            if case .refused(let after) = self {
                report.afterMilliseconds = Int(max(1, after.nanoseconds / 1_000_000))
            }
            return report
        }
    }

    mutating func pass(at now: Instant) -> Verdict {
        if interval == .zero { return .passed }
        let wait = (fullAt - now) - interval * (burst - 1)
        guard wait > .zero else {
            fullAt = max(fullAt, now) + interval
            refusedInARow = 0
            return .passed
        }
        refusedInARow += 1
        return refusedInARow > burst ? .hopeless : .refused(after: wait)
    }
}
