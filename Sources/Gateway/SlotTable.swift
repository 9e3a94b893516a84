/// A dictionary for large values that are changed many times per event.
///
/// Values lie in slots and are changed where they lie; a standard dictionary moves the whole value
/// out and back. The slot that was changed last is remembered, so that the many changes of one
/// event look it up once.
struct SlotTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: Sendable {
    private var slotsByKey: [Key: Int] = [:]
    private var slots: [Value?] = []
    private var free: [Int] = []
    private var last: (key: Key, slot: Int)?

    var count: Int { slotsByKey.count }

    /// Ascending. O(n log n).
    var sortedKeys: [Key] { slotsByKey.keys.sorted() }

    func contains(_ key: Key) -> Bool { slot(of: key) != nil }

    /// A value to read, copied, or to change in place. Not for adding and removing.
    subscript(key: Key) -> Value? {
        get {
            guard let slot = slot(of: key) else { return nil }
            return slots[slot]
        }
        _modify {
            if let slot = slot(of: key) {
                last = (key, slot)
                yield &slots[slot]
            } else {
                var none: Value?
                yield &none
            }
        }
    }

    /// Adds a value, or replaces the one of this key.
    mutating func insert(_ value: Value, as key: Key) {
        if let slot = slot(of: key) {
            slots[slot] = value
        } else if let slot = free.popLast() {
            slots[slot] = value
            slotsByKey[key] = slot
        } else {
            slotsByKey[key] = slots.count
            slots.append(value)
        }
    }

    mutating func remove(_ key: Key) {
        guard let slot = slotsByKey.removeValue(forKey: key) else { return }
        last = nil
        free.append(slot)
        slots[slot] = nil
    }

    private func slot(of key: Key) -> Int? {
        if let last, last.key == key { return last.slot }
        return slotsByKey[key]
    }
}
