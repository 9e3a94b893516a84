/// A map whose iteration order is the order of its keys, the same on every replica and in every run.
///
/// Kept as two parallel sorted arrays: look-up is a binary search, an insertion at the end is O(1),
/// one elsewhere moves what follows.
public struct SortedMap<Key: Comparable & Sendable, Value: Sendable>: Sendable {
    public private(set) var keys: [Key] = []
    public private(set) var values: [Value] = []

    public init() {}

    @inlinable public var count: Int { keys.count }
    @inlinable public var isEmpty: Bool { keys.isEmpty }
    public var first: (key: Key, value: Value)? { isEmpty ? nil : (keys[0], values[0]) }
    public var last: (key: Key, value: Value)? {
        isEmpty ? nil : (keys[count - 1], values[count - 1])
    }

    public subscript(key: Key) -> Value? {
        get {
            let index = lowerBound(of: key)
            return index < keys.count && keys[index] == key ? values[index] : nil
        }
        set {
            let index = lowerBound(of: key)
            let found = index < keys.count && keys[index] == key
            switch (newValue, found) {
            case (let value?, true): values[index] = value
            case (let value?, false):
                keys.insert(key, at: index)
                values.insert(value, at: index)
            case (nil, true):
                keys.remove(at: index)
                values.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Changes a value where it stands, making it by `fallback` first if there is none.
    public subscript(key: Key, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        _modify {
            let index = lowerBound(of: key)
            if index == keys.count || keys[index] != key {
                keys.insert(key, at: index)
                values.insert(fallback(), at: index)
            }
            yield &values[index]
        }
    }

    /// Changes the value of `key` where it stands; nil if there is none.
    public mutating func update<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
        let index = lowerBound(of: key)
        guard index < keys.count, keys[index] == key else { return nil }
        return body(&values[index])
    }

    @discardableResult
    public mutating func removeValue(forKey key: Key) -> Value? {
        let index = lowerBound(of: key)
        guard index < keys.count, keys[index] == key else { return nil }
        keys.remove(at: index)
        return values.remove(at: index)
    }

    /// Removes the pairs with the smallest keys, as long as `condition` holds for them.
    public mutating func removePrefix(while condition: (Key, Value) -> Bool) {
        var end = 0
        while end < count, condition(keys[end], values[end]) { end += 1 }
        keys.removeFirst(end)
        values.removeFirst(end)
    }

    public mutating func removeAll() {
        keys = []
        values = []
    }

    /// The position of the first key that is not below `key`.
    public func lowerBound(of key: Key) -> Int {
        if let last = keys.last, last < key { return keys.count }
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedMap: Sequence {
    public func makeIterator() -> AnyIterator<(key: Key, value: Value)> {
        var index = 0
        return AnyIterator {
            guard index < keys.count else { return nil }
            defer { index += 1 }
            return (keys[index], values[index])
        }
    }
}

extension SortedMap: Equatable where Value: Equatable {}
