/// What is due when: the earliest deadline first, equal ones in the order in which they were set.
///
/// Each key has at most one deadline. Setting costs O(log n), cancelling O(1): what was cancelled
/// stays in the heap until it comes up or until half of the heap is such.
public struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline let nanoseconds: Int64
        @usableFromInline let sequence: UInt64
        @usableFromInline let key: Key

        @inlinable
        init(nanoseconds: Int64, sequence: UInt64, key: Key) {
            self.nanoseconds = nanoseconds
            self.sequence = sequence
            self.key = key
        }

        @inlinable
        func isBefore(_ other: Entry) -> Bool {
            (nanoseconds, sequence) < (other.nanoseconds, other.sequence)
        }
    }

    /// A binary heap; its first entry is never a cancelled one.
    @usableFromInline var heap: [Entry] = []
    /// The number of the entry that counts, by key. For look-up only.
    @usableFromInline var sequences: [Key: UInt64] = [:]
    @usableFromInline var nextSequence: UInt64 = 0

    @inlinable public init() {}

    /// Keys that have a deadline.
    @inlinable public var count: Int { sequences.count }
    @inlinable public var isEmpty: Bool { sequences.isEmpty }

    /// The earliest deadline.
    @inlinable public var earliestNanoseconds: Int64? { heap.first?.nanoseconds }

    @inlinable public func contains(_ key: Key) -> Bool { sequences[key] != nil }

    /// Sets the deadline of `key`, in place of one that it had.
    @inlinable
    public mutating func set(_ key: Key, atNanoseconds nanoseconds: Int64) {
        sequences[key] = nextSequence
        heap.append(Entry(nanoseconds: nanoseconds, sequence: nextSequence, key: key))
        nextSequence += 1
        siftUp(from: heap.count - 1)
        dropCancelled()
    }

    /// Forgets the deadline of `key`; false if there was none.
    @discardableResult @inlinable
    public mutating func cancel(_ key: Key) -> Bool {
        guard sequences.removeValue(forKey: key) != nil else { return false }
        dropCancelled()
        return true
    }

    /// Removes the earliest key that is due at `now`; nil if none is.
    @inlinable
    public mutating func popDue(atNanoseconds now: Int64) -> Key? {
        guard let first = heap.first, first.nanoseconds <= now else { return nil }
        removeFirst()
        sequences[first.key] = nil
        dropCancelled()
        return first.key
    }

    @inlinable
    public mutating func removeAll() {
        heap = []
        sequences = [:]
    }

    @inlinable
    func isCancelled(_ entry: Entry) -> Bool { sequences[entry.key] != entry.sequence }

    @inlinable
    mutating func dropCancelled() {
        while let first = heap.first, isCancelled(first) { removeFirst() }
        guard heap.count > 2 * sequences.count + 64 else { return }
        let sequences = sequences
        heap.removeAll { sequences[$0.key] != $0.sequence }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    @inlinable
    mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(from: 0)
    }

    @inlinable
    mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    @inlinable
    mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            var smallest = parent
            if left < heap.count, heap[left].isBefore(heap[smallest]) { smallest = left }
            if right < heap.count, heap[right].isBefore(heap[smallest]) { smallest = right }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
