/// First in, first out, with a bound on how many wait and on how many bytes they stand for.
///
/// What does not fit is refused, and the caller says what that means: drop, refuse, or slow down.
/// A ring that grows to what was needed, up to its bound.
public struct BoundedQueue<Element: Sendable>: Sendable {
    @usableFromInline
    struct Slot: Sendable {
        @usableFromInline let element: Element
        @usableFromInline let bytes: Int

        @inlinable
        init(element: Element, bytes: Int) {
            self.element = element
            self.bytes = bytes
        }
    }

    public let countMaximum: Int
    public let bytesMaximum: Int
    @usableFromInline var ring: [Slot?] = []
    @usableFromInline var head = 0
    @usableFromInline var countHeld = 0
    @usableFromInline var bytesHeld = 0

    /// - Precondition: at least one element may wait.
    @inlinable
    public init(countMaximum: Int, bytesMaximum: Int = .max) {
        invariant(countMaximum > 0, "a queue of \(countMaximum)")
        self.countMaximum = countMaximum
        self.bytesMaximum = bytesMaximum
    }

    @inlinable public var count: Int { countHeld }
    /// What all that waits stands for.
    @inlinable public var bytes: Int { bytesHeld }
    @inlinable public var isEmpty: Bool { count == 0 }
    @inlinable public var isFull: Bool { count == countMaximum || bytes >= bytesMaximum }

    /// The element that waits longest.
    @inlinable public var first: Element? { isEmpty ? nil : ring[head]?.element }

    /// Puts `element`, which stands for `size` bytes, at the end; false if it does not fit.
    @inlinable
    public mutating func append(_ element: Element, bytes size: Int = 0) -> Bool {
        invariant(size >= 0, "an element of \(size) bytes")
        guard count < countMaximum, size <= bytesMaximum - bytes else { return false }
        if count == ring.count { grow() }
        ring[(head + count) % ring.count] = Slot(element: element, bytes: size)
        countHeld += 1
        bytesHeld += size
        return true
    }

    /// Removes the element that waits longest.
    @inlinable
    public mutating func popFirst() -> Element? {
        guard !isEmpty, let slot = ring[head].take() else { return nil }
        head = (head + 1) % ring.count
        countHeld -= 1
        bytesHeld -= slot.bytes
        return slot.element
    }

    @inlinable
    public mutating func removeAll() {
        self = BoundedQueue(countMaximum: countMaximum, bytesMaximum: bytesMaximum)
    }

    @inlinable
    mutating func grow() {
        let size = min(max(ring.count * 2, 4), countMaximum)
        let ordered = Array(ring[head...] + ring[..<head])
        ring = ordered + [Slot?](repeating: nil, count: size - count)
        head = 0
    }
}
