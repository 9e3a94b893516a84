import Vocabulary

/// Which connection to look at next, and when: a binary heap, earliest first.
///
/// A connection may stand here more than once and may have nothing to do when its time comes: what
/// moves a deadline back leaves the heap alone, so that the busy path never touches it.
struct DeadlineHeap: Sendable {
    struct Item: Sendable {
        let at: Instant
        let connection: ConnectionID
    }

    private var items: [Item] = []

    var earliest: Instant? { items.first?.at }

    mutating func insert(_ connection: ConnectionID, at instant: Instant) {
        items.append(Item(at: instant, connection: connection))
        var child = items.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest entry out if its time has come.
    mutating func removeDue(at now: Instant) -> Item? {
        guard let first = items.first, first.at <= now else { return nil }
        items.swapAt(0, items.count - 1)
        items.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < items.count && isBefore(child, smallest) {
                smallest = child
            }
            guard smallest != parent else { return first }
            items.swapAt(parent, smallest)
            parent = smallest
        }
    }

    /// Ties go by connection, so that the order never depends on the heap's shape.
    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (items[left].at, items[left].connection) < (items[right].at, items[right].connection)
    }
}
