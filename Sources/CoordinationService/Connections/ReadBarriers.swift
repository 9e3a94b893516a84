import Toolbox
import Vocabulary

/// Reads wait for a proof that the tree here is as new as any answer given before they came: a
/// barrier, begun after the read arrived. All reads of a turn share one; a later one serves earlier
/// reads as well.
struct ReadBarriers: Sendable {
    private struct Reached: Sendable {
        let barrier: CoordinationBarrier
        let index: LogIndex
    }

    /// Reads that wait for it, or an earlier one, may be served.
    private(set) var passed = CoordinationBarrier.none
    /// What reads that come now wait for.
    private var open = CoordinationBarrier(1)
    private(set) var isWanted = false
    /// A failed barrier is asked for again then.
    private(set) var retryAt: Instant?
    private var inFlight: [CoordinationBarrier] = []
    /// Answered, for an index that is not yet applied here.
    private var reached: [Reached] = []

    private static let retryDelay: Duration = .milliseconds(20)

    mutating func join() -> CoordinationBarrier {
        isWanted = true
        return open
    }

    /// The barrier to ask for at this moment, if any.
    mutating func request(maximum: Int) -> CoordinationBarrier? {
        guard isWanted, retryAt == nil, inFlight.count < maximum else { return nil }
        isWanted = false
        let barrier = open
        open = CoordinationBarrier(barrier.rawValue + 1)
        inFlight.append(barrier)
        return barrier
    }

    mutating func reach(_ barrier: CoordinationBarrier, at index: LogIndex) {
        guard let place = inFlight.firstIndex(of: barrier) else { return }
        inFlight.remove(at: place)
        reached.append(Reached(barrier: barrier, index: index))
    }

    mutating func fail(_ barrier: CoordinationBarrier, at now: Instant) {
        guard let place = inFlight.firstIndex(of: barrier) else { return }
        inFlight.remove(at: place)
        isWanted = true
        retryAt = now + Self.retryDelay
    }

    /// Another leader: answers to what the old one was asked may never come.
    mutating func startAgain() {
        if !inFlight.isEmpty { isWanted = true }
        inFlight = []
        retryAt = nil
    }

    mutating func timeDidAdvance(to now: Instant) {
        if let at = retryAt, at <= now { retryAt = nil }
    }

    /// Whether barriers were passed now that everything through `index` is applied.
    mutating func advance(through index: LogIndex) -> Bool {
        guard !reached.isEmpty else { return false }
        let before = passed
        for one in reached where one.index <= index { passed = max(passed, one.barrier) }
        reached.removeAll { $0.index <= index }
        return passed > before
    }
}
