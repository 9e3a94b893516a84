/// A map from ids to values for hot look-ups: open addressing, linear probing, Fibonacci hashing.
///
/// Ids of ours are dense numbers, which one multiplication spreads evenly; strangers choose none,
/// so the hash needs no seed and the same history gives the same table on every machine. It has no
/// iteration, for its order would show that history: `sortedKeys` is for what must be listed.
///
/// Growing moves every value at once (some 20 ns each): call `reserve` where a large number is
/// expected and a turn must stay short.
public struct HashTable<Key: RawRepresentable & Sendable, Value>
where Key.RawValue: FixedWidthInteger & UnsignedInteger {
    /// The key in each slot; means something only where there is a value.
    @usableFromInline var keys: [UInt64] = []
    /// A power of two of slots, at most three quarters full.
    @usableFromInline var values: [Value?] = []
    @usableFromInline var shift: UInt64 = 64
    @usableFromInline var countHeld = 0

    @inlinable public init() {}

    @inlinable public var count: Int { countHeld }
    @inlinable public var isEmpty: Bool { count == 0 }

    /// Reads, sets, or with nil removes the value of `key`.
    @inlinable
    public subscript(key: Key) -> Value? {
        get {
            guard count > 0 else { return nil }
            return values[slot(of: UInt64(key.rawValue))]
        }
        set {
            if let newValue {
                insert(newValue, forKey: key)
            } else {
                removeValue(forKey: key)
            }
        }
    }

    /// Changes a value where it stands, making it by `fallback` first if there is none.
    @inlinable
    public subscript(key: Key, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        _modify {
            if self[key] == nil { insert(fallback(), forKey: key) }
            let slot = slot(of: UInt64(key.rawValue))
            guard var value = values[slot].take() else { unreachable("a value just made") }
            defer { values[slot] = value }
            yield &value
        }
    }

    /// Changes the value of `key` where it stands; nil if there is none.
    @inlinable
    public mutating func update<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
        guard count > 0 else { return nil }
        let slot = slot(of: UInt64(key.rawValue))
        guard var value = values[slot].take() else { return nil }
        defer { values[slot] = value }
        return body(&value)
    }

    @discardableResult @inlinable
    public mutating func removeValue(forKey key: Key) -> Value? {
        guard count > 0 else { return nil }
        var hole = slot(of: UInt64(key.rawValue))
        guard let removed = values[hole].take() else { return nil }
        countHeld -= 1
        // What was pushed past the hole by a collision moves back, so that no marks are needed.
        let mask = values.count - 1
        var next = (hole + 1) & mask
        while values[next] != nil {
            let home = home(of: keys[next])
            if (next - home) & mask >= (next - hole) & mask {
                keys[hole] = keys[next]
                values.swapAt(hole, next)
                hole = next
            }
            next = (next + 1) & mask
        }
        return removed
    }

    /// Makes room for `count` values at once.
    @inlinable
    public mutating func reserve(_ count: Int) {
        var size = max(values.count, 8)
        while size * 3 / 4 < count { size *= 2 }
        if size > values.count { resize(to: size) }
    }

    @inlinable public mutating func removeAll() { self = HashTable() }

    /// All keys, ascending.
    @inlinable
    public func sortedKeys() -> [Key] {
        let raw = values.indices.filter { values[$0] != nil }.map { keys[$0] }.sorted()
        return raw.compactMap { Key(rawValue: Key.RawValue(truncatingIfNeeded: $0)) }
    }

    @inlinable
    mutating func insert(_ value: Value, forKey key: Key) {
        reserve(count + 1)
        let raw = UInt64(key.rawValue)
        let slot = slot(of: raw)
        if values[slot] == nil {
            keys[slot] = raw
            countHeld += 1
        }
        values[slot] = value
    }

    /// The slot that holds `key`, or the free one where it belongs.
    @inlinable
    func slot(of key: UInt64) -> Int {
        var slot = home(of: key)
        while values[slot] != nil, keys[slot] != key { slot = (slot + 1) & (values.count - 1) }
        return slot
    }

    /// Where `key` stands unless others stand there: the top bits of a multiple of 2^64 / golden
    /// ratio (Knuth, The Art of Computer Programming 3, §6.4).
    @inlinable
    func home(of key: UInt64) -> Int { Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift) }

    @inlinable
    mutating func resize(to size: Int) {
        let (oldKeys, oldValues) = (keys, values)
        keys = [UInt64](repeating: 0, count: size)
        values = [Value?](repeating: nil, count: size)
        shift = UInt64(64 - size.trailingZeroBitCount)
        for (key, value) in zip(oldKeys, oldValues) where value != nil {
            let slot = slot(of: key)
            keys[slot] = key
            values[slot] = value
        }
    }
}

extension HashTable: Sendable where Value: Sendable {}
