import Toolbox
import Vocabulary

/// What a `SlotTable` finds its values by.
protocol SlotKey: Comparable, Sendable {
    /// A number that tells keys apart; equal for equal keys.
    var slotNumber: UInt64 { get }
}

/// What a `SlotTable` holds.
protocol SlotValue: Sendable {}

extension SlotValue {
    /// Optional chaining reaches into a slot only for a method.
    @inline(__always)
    fileprivate mutating func hand<Result, Failure: Error>(
        to body: (inout Self) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(&self)
    }
}

/// A dictionary for large values that are changed many times per event.
///
/// Values lie in slots and are changed where they lie; a standard dictionary moves the whole value
/// out and back, and hashes for strangers, who choose no key here. The index is open addressing
/// with linear probing, as in `HashTable`, whose values would move when it grows.
struct SlotTable<Key: SlotKey, Value: SlotValue>: Sendable {
    /// The slot of each place of the index; -1 where it is free.
    private var index: [Int32] = []
    private var shift: UInt64 = 64
    private var keys: [Key] = []
    /// Slot `n` is element `n + 1`; the first element is nil, for keys that have no slot.
    private var slots: [Value?] = [nil]
    private var free: [Int] = []

    var count: Int { keys.count - free.count }

    /// Slots, taken and free; a key stays in its slot.
    var slotsCount: Int { keys.count }

    /// The key in slot `0 ..< slotsCount`; nil if the slot is free.
    func key(inSlot slot: Int) -> Key? { slots[slot + 1] == nil ? nil : keys[slot] }

    /// Ascending. O(n log n).
    var sortedKeys: [Key] {
        keys.indices.filter { slots[$0 + 1] != nil }.map { keys[$0] }.sorted()
    }

    func contains(_ key: Key) -> Bool { slot(of: key) >= 0 }

    /// A value to read, copied, or to change in place. Not for adding and removing.
    subscript(key: Key) -> Value? {
        get { slots[slot(of: key) + 1] }
        _modify {
            let slot = slot(of: key)
            yield &slots[slot + 1]
            invariant((slots[slot + 1] == nil) == (slot < 0), "a value added or removed in place")
        }
    }

    /// Changes the value of `key`, or looks at it, where it stands; nil if there is none.
    ///
    /// For what happens with every frame. Measured: the subscript is a coroutine, which asks for
    /// memory each time, and copies what is only looked at.
    @discardableResult
    mutating func update<Result, Failure: Error>(
        _ key: Key, _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        try slots[slot(of: key) + 1]?.hand(to: body)
    }

    /// Adds a value, or replaces the one of this key.
    mutating func insert(_ value: Value, as key: Key) {
        let known = slot(of: key)
        guard known < 0 else {
            slots[known + 1] = value
            return
        }
        let slot = free.popLast() ?? keys.count
        if slot == keys.count {
            slots.append(value)
            keys.append(key)
        } else {
            slots[slot + 1] = value
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
        slots[slot + 1] = nil
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

    /// Below 0 if there is none.
    private func slot(of key: Key) -> Int { index.isEmpty ? -1 : Int(index[place(of: key)]) }

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
        for slot in keys.indices where slots[slot + 1] != nil { enter(slot) }
    }
}

extension ConnectionID: SlotKey {
    var slotNumber: UInt64 { rawValue }
}

extension ClientConnection: SlotValue {}
extension ClientSession: SlotValue {}
extension HTTPSession: SlotValue {}
extension SocketSession: SlotValue {}
