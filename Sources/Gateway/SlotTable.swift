/// A dictionary for large values that are touched many times per event.
///
/// Values lie in slots and are read and changed where they lie; a standard dictionary copies the
/// whole value for every look. The slot that was changed last is remembered, so that the many
/// touches of one event look it up once. For look-up: `keys` come in no order of their own.
struct SlotTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: Sendable {
    private var slotsByKey: [Key: Int] = [:]
    private var slots: [Value?] = []
    private var free: [Int] = []
    private var last: (key: Key, slot: Int)?

    init() {}

    var count: Int { slotsByKey.count }

    /// Ascending. O(n log n).
    var sortedKeys: [Key] { slotsByKey.keys.sorted() }

    subscript(key: Key) -> Value? {
        _read {
            if let slot = slot(of: key) {
                yield slots[slot]
            } else {
                yield nil
            }
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

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let slot = slotsByKey.removeValue(forKey: key) else { return nil }
        last = nil
        free.append(slot)
        let value = slots[slot]
        slots[slot] = nil
        return value
    }

    private func slot(of key: Key) -> Int? {
        if let last, last.key == key { return last.slot }
        return slotsByKey[key]
    }
}
