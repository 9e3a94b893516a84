/// What is going to happen, earliest first; of two things at the same time, the one that was put in
/// first.
///
/// A binary heap of small keys; the events lie beside it and do not move.
public struct EventQueue<Event: Sendable>: Sendable {
    private struct Key {
        let time: Int64
        let sequence: UInt64
        let slot: Int32

        @inline(__always)
        func precedes(_ other: Key) -> Bool {
            time != other.time ? time < other.time : sequence < other.sequence
        }
    }

    private var heap: [Key] = []
    private var events: [Event?] = []
    private var freeSlots: [Int32] = []
    private var sequence: UInt64 = 0

    public init() {}

    public var count: Int { heap.count }
    public var isEmpty: Bool { heap.isEmpty }
    public var nextTime: WorldTime? { heap.first.map { WorldTime(nanoseconds: $0.time) } }

    public mutating func schedule(_ event: Event, at time: WorldTime) {
        let slot: Int32
        if let free = freeSlots.popLast() {
            slot = free
            events[Int(slot)] = event
        } else {
            slot = Int32(events.count)
            events.append(event)
        }
        sequence += 1
        heap.append(Key(time: time.nanoseconds, sequence: sequence, slot: slot))
        siftUp(from: heap.count - 1)
    }

    /// Takes the earliest event; nil if there is none.
    public mutating func popFirst() -> (time: WorldTime, event: Event)? {
        guard let key = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown()
        }
        let slot = Int(key.slot)
        guard let event = events[slot] else { return nil }
        events[slot] = nil
        freeSlots.append(key.slot)
        return (WorldTime(nanoseconds: key.time), event)
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        let key = heap[child]
        while child > 0 {
            let parent = (child - 1) / 2
            guard key.precedes(heap[parent]) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = key
    }

    private mutating func siftDown() {
        var parent = 0
        let key = heap[0]
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(key) else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = key
    }
}
