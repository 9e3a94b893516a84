import Vocabulary

/// When some of a leader's rounds began: enough to tell from which moment on a confirmed round
/// proves its leadership, and without a heap.
struct RoundMarks: Sendable {
    private var rounds = InlineArray<16, UInt64>(repeating: 0)
    private var begins = InlineArray<16, Instant>(repeating: Instant(nanoseconds: 0))
    private var count = 0

    /// Notes that `round` begins, unless the one noted before is younger than `spacing`.
    mutating func note(_ round: UInt64, at now: Instant, spacing: Duration) {
        if count > 0, now - begins[(count - 1) & 15] < spacing { return }
        rounds[count & 15] = round
        begins[count & 15] = now
        count += 1
    }

    /// When the newest noted round began that is not after `round`, nor at or below `floor`: not
    /// later than `round` itself. Nil if there is none.
    func start(ofLatestThrough round: UInt64, after floor: UInt64) -> Instant? {
        var position = count
        while position > max(0, count - 16) {
            position -= 1
            guard rounds[position & 15] > floor else { return nil }
            if rounds[position & 15] <= round { return begins[position & 15] }
        }
        return nil
    }
}
