import Toolbox
import Vocabulary

/// Moments that are given away one after the other, none nearer than an interval to the next.
struct Pace: Sendable {
    let interval: Duration
    private var next = Instant(nanoseconds: .min / 4)

    /// - Parameter perSecond: at least 1.
    init(perSecond: Int) { interval = .nanoseconds(1_000_000_000 / Int64(max(1, perSecond))) }

    /// The first moment that is not given away.
    func slot(at now: Instant) -> Instant { max(next, now) }

    mutating func take(at now: Instant) -> Instant {
        let slot = slot(at: now)
        next = slot + interval
        return slot
    }
}
