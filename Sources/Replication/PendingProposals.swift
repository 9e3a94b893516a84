import Vocabulary

/// Commands in the log whose requesters wait, in log order.
struct PendingProposals: Sendable {
    struct Pending: Sendable {
        var index: LogIndex
        var term: Term
        var requester: Requester
    }

    private var items: [Pending] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }

    mutating func append(_ pending: Pending) { items.append(pending) }

    /// Everything waiting at or below `index`, in order.
    mutating func removeFirst(through index: LogIndex) -> Pending? {
        guard head < items.count, items[head].index <= index else { return nil }
        defer { advance() }
        return items[head]
    }

    /// Everything waiting at or above `index`: those entries are gone.
    mutating func removeAll(from index: LogIndex) -> [Pending] {
        let start = items[head...].firstIndex { $0.index >= index } ?? items.count
        let removed = Array(items[start...])
        items.removeLast(items.count - start)
        return removed
    }

    private mutating func advance() {
        head += 1
        guard head == items.count || head >= 1_024 else { return }
        items.removeFirst(head)
        head = 0
    }
}
