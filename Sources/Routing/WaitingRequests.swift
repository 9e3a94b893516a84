import Toolbox
import Vocabulary

/// The requests of one group that wait, in the order in which they were made.
///
/// They come at the end and mostly go from the front, so that neither moves the others.
struct WaitingRequests: Sendable {
    private struct Slot: Sendable {
        let request: RequestID
        /// Nil once it is answered.
        var waiting: GroupRoute.Waiting?
    }

    private var slots: [Slot] = []
    /// Before it, all are answered.
    private var head = 0
    /// Before it, none is queued.
    private var firstQueued = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var first: (request: RequestID, waiting: GroupRoute.Waiting)? {
        guard head < slots.count, let waiting = slots[head].waiting else { return nil }
        return (slots[head].request, waiting)
    }

    subscript(request: RequestID) -> GroupRoute.Waiting? {
        position(of: request).flatMap { slots[$0].waiting }
    }

    /// All of them, in order.
    var requests: [RequestID] { slots[head...].compactMap { $0.waiting == nil ? nil : $0.request } }

    /// - Precondition: `request` is greater than all before it.
    mutating func append(_ request: RequestID, _ waiting: GroupRoute.Waiting) {
        invariant(slots.last.map { $0.request < request } ?? true, "\(request) comes late")
        slots.append(Slot(request: request, waiting: waiting))
        count += 1
    }

    /// Gives each that is queued to `send`, which says what becomes of it.
    mutating func sendQueued(
        _ send: (RequestID, GroupRoute.Waiting) -> GroupRoute.State
    ) {
        for position in max(firstQueued, head)..<slots.count {
            guard let waiting = slots[position].waiting, waiting.state == .queued else { continue }
            let state = send(slots[position].request, waiting)
            slots[position].waiting?.state = state
        }
        firstQueued = slots.count
    }

    mutating func requeue(_ request: RequestID, mayHaveHappened: Bool) {
        guard let position = position(of: request) else { return }
        slots[position].waiting?.state = .queued
        if mayHaveHappened { slots[position].waiting?.mayHaveHappened = true }
        firstQueued = min(firstQueued, position)
    }

    mutating func remove(_ request: RequestID) -> GroupRoute.Waiting? {
        guard let position = position(of: request), let removed = slots[position].waiting.take()
        else { return nil }
        count -= 1
        while head < slots.count, slots[head].waiting == nil { head += 1 }
        // Half of the room at least is given back each time, so that each is moved once or twice.
        if head == slots.count || head >= 64 && head * 2 >= slots.count {
            slots.removeFirst(head)
            firstQueued = max(0, firstQueued - head)
            head = 0
        }
        return removed
    }

    private func position(of request: RequestID) -> Int? {
        var (low, high) = (head, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].request < request { low = middle + 1 } else { high = middle }
        }
        return low < slots.count && slots[low].request == request ? low : nil
    }
}
