/// A map whose iteration order is the order of its keys, the same on every replica and in every
/// run.
///
/// Kept as two parallel sorted arrays: look-up is a binary search, an insertion at the end is O(1),
/// one elsewhere moves what follows.
public struct SortedMap<Key: Comparable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline var sortedKeys: [Key] = []
    @usableFromInline var orderedValues: [Value] = []

    @inlinable public init() {}

    /// Ascending.
    @inlinable public var keys: [Key] { sortedKeys }
    /// In the order of their keys.
    @inlinable public var values: [Value] { orderedValues }
    @inlinable public var count: Int { sortedKeys.count }
    @inlinable public var isEmpty: Bool { sortedKeys.isEmpty }
    @inlinable public var first: (key: Key, value: Value)? {
        isEmpty ? nil : (sortedKeys[0], orderedValues[0])
    }
    @inlinable public var last: (key: Key, value: Value)? {
        isEmpty ? nil : (sortedKeys[count - 1], orderedValues[count - 1])
    }

    @inlinable
    public subscript(key: Key) -> Value? {
        get {
            let index = lowerBound(of: key)
            return index < sortedKeys.count && sortedKeys[index] == key ? orderedValues[index] : nil
        }
        set {
            let index = lowerBound(of: key)
            let found = index < sortedKeys.count && sortedKeys[index] == key
            switch (newValue, found) {
            case (let value?, true): orderedValues[index] = value
            case (let value?, false):
                sortedKeys.insert(key, at: index)
                orderedValues.insert(value, at: index)
            case (nil, true):
                sortedKeys.remove(at: index)
                orderedValues.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Changes a value where it stands, making it by `fallback` first if there is none.
    @inlinable
    public subscript(key: Key, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        _modify {
            let index = lowerBound(of: key)
            if index == sortedKeys.count || sortedKeys[index] != key {
                sortedKeys.insert(key, at: index)
                orderedValues.insert(fallback(), at: index)
            }
            yield &orderedValues[index]
        }
    }

    /// Changes the value of `key` where it stands; nil if there is none.
    @inlinable
    public mutating func update<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
        let index = lowerBound(of: key)
        guard index < sortedKeys.count, sortedKeys[index] == key else { return nil }
        return body(&orderedValues[index])
    }

    @discardableResult @inlinable
    public mutating func removeValue(forKey key: Key) -> Value? {
        let index = lowerBound(of: key)
        guard index < sortedKeys.count, sortedKeys[index] == key else { return nil }
        sortedKeys.remove(at: index)
        return orderedValues.remove(at: index)
    }

    /// Removes the pairs with the smallest keys, as long as `condition` holds for them.
    @inlinable
    public mutating func removePrefix(while condition: (Key, Value) -> Bool) {
        var end = 0
        while end < count, condition(sortedKeys[end], orderedValues[end]) { end += 1 }
        sortedKeys.removeFirst(end)
        orderedValues.removeFirst(end)
    }

    @inlinable
    public mutating func removeAll() {
        sortedKeys = []
        orderedValues = []
    }

    /// The position of the first key that is not below `key`.
    @inlinable
    public func lowerBound(of key: Key) -> Int {
        if let last = sortedKeys.last, last < key { return sortedKeys.count }
        var (low, high) = (0, sortedKeys.count)
        while low < high {
            let middle = (low + high) / 2
            if sortedKeys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedMap: Sequence {
    /// The pairs in the order of their keys.
    public struct Iterator: IteratorProtocol, Sendable {
        @usableFromInline let map: SortedMap
        @usableFromInline var index = 0

        @inlinable
        init(_ map: SortedMap) { self.map = map }

        @inlinable
        public mutating func next() -> (key: Key, value: Value)? {
            guard index < map.count else { return nil }
            defer { index += 1 }
            return (map.sortedKeys[index], map.orderedValues[index])
        }
    }

    @inlinable
    public func makeIterator() -> Iterator { Iterator(self) }

    @inlinable public var underestimatedCount: Int { count }
}

extension SortedMap: Equatable where Value: Equatable {}
