import Vocabulary

/// Reads that wait until a quorum has confirmed that this leader still led after they came
/// (thesis §6.4).
///
/// A round of confirmations counts only for reads that came before it began. A few rounds may be on
/// their way at a time; reads that come meanwhile share the next one.
struct ReadQueue: Sendable {
    struct Batch: Sendable {
        let round: UInt64
        /// The commit index when the round began: not below what any of the reads must see.
        let index: LogIndex
        let reads: [RequestID]
    }

    static let roundsMaximum = 4

    /// In the order of their rounds.
    private var batches: [Batch] = []
    /// No round has begun for these.
    private(set) var waiting: [RequestID] = []
    private(set) var count = 0

    var mayBeginRound: Bool { !waiting.isEmpty && batches.count < Self.roundsMaximum }

    mutating func add(_ read: RequestID) {
        waiting.append(read)
        count += 1
    }

    mutating func roundDidBegin(_ round: UInt64, commit: LogIndex) {
        guard !waiting.isEmpty else { return }
        batches.append(Batch(round: round, index: commit, reads: waiting))
        waiting = []
    }

    /// Takes out the batches whose rounds are at or below `round`.
    mutating func takeConfirmed(through round: UInt64) -> [Batch] {
        guard let first = batches.first, first.round <= round else { return [] }
        var end = 0
        while end < batches.count, batches[end].round <= round { end += 1 }
        let confirmed = Array(batches[..<end])
        batches.removeFirst(end)
        count -= confirmed.reduce(0) { $0 + $1.reads.count }
        return confirmed
    }

    /// Takes out everything, in order of arrival.
    mutating func takeAll() -> [RequestID] {
        let all = batches.flatMap(\.reads) + waiting
        self = ReadQueue()
        return all
    }
}
