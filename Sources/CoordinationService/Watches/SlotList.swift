/// Slots of connections, ascending, each once.
struct SlotList: Sendable {
    private(set) var slots: [Int32] = []

    var isEmpty: Bool { slots.isEmpty }

    mutating func insert(_ slot: Int32) {
        let index = lowerBound(of: slot)
        if index < slots.count, slots[index] == slot { return }
        slots.insert(slot, at: index)
    }

    mutating func remove(_ slot: Int32) {
        let index = lowerBound(of: slot)
        if index < slots.count, slots[index] == slot { slots.remove(at: index) }
    }

    mutating func formUnion(_ other: SlotList) {
        if slots.isEmpty {
            slots = other.slots
        } else {
            for slot in other.slots { insert(slot) }
        }
    }

    /// All of them; the list is empty afterwards.
    mutating func take() -> SlotList {
        let taken = self
        slots = []
        return taken
    }

    private func lowerBound(of slot: Int32) -> Int {
        if let last = slots.last, last < slot { return slots.count }
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle] < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
