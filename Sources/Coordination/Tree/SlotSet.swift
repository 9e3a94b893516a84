/// Slots of nodes, ascending; four bytes each.
///
/// The numbers of slots follow from a replica's history, snapshots included: their order must not
/// show.
struct SlotSet: Sendable {
    private(set) var slots: [UInt32] = []

    var count: Int { slots.count }

    mutating func insert(_ slot: UInt32) {
        let index = lowerBound(of: slot)
        if index < slots.count, slots[index] == slot { return }
        slots.insert(slot, at: index)
    }

    mutating func remove(_ slot: UInt32) {
        let index = lowerBound(of: slot)
        if index < slots.count, slots[index] == slot { slots.remove(at: index) }
    }

    mutating func removeAll() { slots = [] }

    private func lowerBound(of slot: UInt32) -> Int {
        if let last = slots.last, last < slot { return slots.count }
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle] < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
