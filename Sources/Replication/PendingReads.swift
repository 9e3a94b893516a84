import Toolbox
import Vocabulary

/// Queries that wait for a confirmation of leadership, or for the machine to catch up with it.
struct PendingReads: Sendable {
    /// Queries of one turn share one confirmation.
    private var batches: SortedMap<RequestID, [QueuedRequest]> = SortedMap()
    private var confirmed: [(index: LogIndex, queries: [QueuedRequest])] = []
    private var lastBatch: UInt64 = 0

    mutating func add(_ queries: [QueuedRequest]) -> RequestID {
        lastBatch += 1
        let batch = RequestID(lastBatch)
        batches[batch] = queries
        return batch
    }

    mutating func confirm(_ ids: [RequestID], at index: LogIndex) {
        for batch in ids {
            guard let queries = batches.removeValue(forKey: batch) else { continue }
            confirmed.append((index, queries))
        }
    }

    mutating func refuse(_ ids: [RequestID]) -> [QueuedRequest] {
        ids.flatMap { batches.removeValue(forKey: $0) ?? [] }
    }

    /// All of them.
    mutating func takeAll() -> [QueuedRequest] {
        defer {
            batches = SortedMap()
            confirmed = []
        }
        return batches.values.flatMap { $0 } + confirmed.flatMap(\.queries)
    }

    /// The confirmed queries that a state which has applied `index` may answer.
    mutating func takeAnswerable(at index: LogIndex) -> [QueuedRequest] {
        guard confirmed.contains(where: { $0.index <= index }) else { return [] }
        let ready = confirmed.filter { $0.index <= index }.flatMap(\.queries)
        confirmed.removeAll { $0.index <= index }
        return ready
    }
}

/// A command or query, and who waits for its reply.
struct QueuedRequest: Sendable {
    var requester: Requester
    var payload: Bytes
    var needsReply = true
}
