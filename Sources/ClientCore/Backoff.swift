import Toolbox

/// How long to wait after failures in a row: drawn from 0 to a bound that doubles (full jitter), so
/// that clients that lost the same node do not come back together.
struct Backoff: Sendable {
    private let minimum: Duration
    private let maximum: Duration
    private(set) var failuresCount = 0

    init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = maximum
    }

    mutating func reset() { failuresCount = 0 }

    /// Notes a failure; how long to wait before the next attempt.
    mutating func fail(_ random: inout SeededRandom) -> Duration {
        let bound = min(maximum, minimum * (1 << min(failuresCount, 20)))
        failuresCount += 1
        return bound * Int(random.below(UInt64(1_001))) / 1_000
    }
}

extension Duration {
    /// What a server asks for, an hour at most: a number from outside must not overflow a clock.
    static func asked(milliseconds: Int?) -> Duration {
        .milliseconds(min(max(milliseconds ?? 0, 0), 3_600_000))
    }
}
