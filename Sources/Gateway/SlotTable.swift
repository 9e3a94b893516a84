import Vocabulary

/// What a `SlotTable` finds its values by.
protocol SlotKey: Comparable, Sendable {
    /// A number that tells keys apart; equal for equal keys.
    var slotNumber: UInt64 { get }
}

/// A dictionary for large values that are changed many times per event.
///
/// Values lie in slots and are changed where they lie; a standard dictionary moves the whole value
/// out and back, and hashes for strangers, who choose no key here. The index is open addressing
/// with linear probing, as in `HashTable`, whose values would move when it grows.
struct SlotTable<Key: SlotKey, Value: Sendable>: Sendable {
    /// The slot of each place of the index; -1 where it is free.
    private var index: [Int32] = []
    private var shift: UInt64 = 64
    private var keys: [Key] = []
    private var slots: [Value?] = []
    private var free: [Int] = []

    var count: Int { slots.count - free.count }

    /// Ascending. O(n log n).
    var sortedKeys: [Key] { slots.indices.filter { slots[$0] != nil }.map { keys[$0] }.sorted() }

    func contains(_ key: Key) -> Bool { slot(of: key) != nil }

    /// A value to read, copied, or to change in place. Not for adding and removing.
    subscript(key: Key) -> Value? {
        get {
            guard let slot = slot(of: key) else { return nil }
            return slots[slot]
        }
        _modify {
            if let slot = slot(of: key) {
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
            return
        }
        let slot = free.popLast() ?? slots.count
        if slot == slots.count {
            slots.append(value)
            keys.append(key)
        } else {
            slots[slot] = value
            keys[slot] = key
        }
        if count * 4 > index.count * 3 { rebuildIndex() } else { enter(slot) }
    }

    mutating func remove(_ key: Key) {
        guard !index.isEmpty else { return }
        var hole = place(of: key)
        guard index[hole] >= 0 else { return }
        let slot = Int(index[hole])
        free.append(slot)
        slots[slot] = nil
        index[hole] = -1
        // What was pushed past the hole by a collision moves back, so that no marks are needed.
        let mask = index.count - 1
        var next = (hole + 1) & mask
        while index[next] >= 0 {
            let home = home(of: keys[Int(index[next])])
            if (next - home) & mask >= (next - hole) & mask {
                index.swapAt(hole, next)
                hole = next
            }
            next = (next + 1) & mask
        }
    }

    // MARK: The index

    private func slot(of key: Key) -> Int? {
        guard !index.isEmpty else { return nil }
        let slot = index[place(of: key)]
        return slot >= 0 ? Int(slot) : nil
    }

    /// The place that leads to `key`, or the free one where it belongs.
    private func place(of key: Key) -> Int {
        var place = home(of: key)
        while index[place] >= 0, keys[Int(index[place])] != key {
            place = (place + 1) & (index.count - 1)
        }
        return place
    }

    private func home(of key: Key) -> Int {
        Int((key.slotNumber &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }

    private mutating func enter(_ slot: Int) { index[place(of: keys[slot])] = Int32(slot) }

    private mutating func rebuildIndex() {
        let size = max(8, index.count * 2)
        index = [Int32](repeating: -1, count: size)
        shift = UInt64(64 - size.trailingZeroBitCount)
        for slot in slots.indices where slots[slot] != nil { enter(slot) }
    }
}

extension ConnectionID: SlotKey {
    var slotNumber: UInt64 { rawValue }
}
