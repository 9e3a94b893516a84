private import Vocabulary

/// A map for look-up only, in as many parts as the state has, so that a change after a snapshot
/// copies one part.
struct LookupTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var parts: [[Key: Value]]

    init() { parts = Array(repeating: [:], count: Int(Limits.partitionsCount)) }

    /// `hash` must be the same for equal keys.
    func value(of key: Key, hash: UInt64) -> Value? {
        parts[Int(hash % UInt64(parts.count))][key]
    }

    /// False, and nothing changed, if the key is there already.
    mutating func insert(_ value: Value, for key: Key, hash: UInt64) -> Bool {
        let part = Int(hash % UInt64(parts.count))
        guard parts[part][key] == nil else { return false }
        parts[part][key] = value
        return true
    }
}
