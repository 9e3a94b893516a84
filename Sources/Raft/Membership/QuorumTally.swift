import Toolbox
import Vocabulary

/// At most `Limits.votersMaximum` numbers, kept in descending order and without a heap.
struct QuorumTally {
    private var values = InlineArray<8, UInt64>(repeating: 0)
    private var count = 0

    mutating func insert(_ value: UInt64) {
        invariant(count < Limits.votersMaximum, "more than \(Limits.votersMaximum) voters")
        var position = count
        while position > 0, values[position - 1] < value {
            values[position] = values[position - 1]
            position -= 1
        }
        values[position] = value
        count += 1
    }

    /// The greatest value that `quorum` of the numbers reach.
    func value(reachedBy quorum: Int) -> UInt64 {
        invariant(quorum >= 1 && quorum <= count, "a quorum of \(quorum) in \(count)")
        return values[quorum - 1]
    }
}
