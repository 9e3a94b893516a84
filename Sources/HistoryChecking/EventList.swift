/// Calls and returns of a history in order of time, as a list that operations can be lifted out of
/// and put back into, the last first.
struct EventList {
    private struct Event {
        let operation: Int
        let isReturn: Bool
        let time: Int64
    }

    private var events: [Event] = []
    private var following: [Int] = []
    private var preceding: [Int] = []
    private var calls: [Int]
    private var returns: [Int?]
    private var head: Int
    /// Returns that are in the list.
    private(set) var returnsLeft = 0

    private static var none: Int { -1 }

    init<Input, Output>(_ history: [Operation<Input, Output>]) {
        calls = Array(repeating: 0, count: history.count)
        returns = Array(repeating: nil, count: history.count)
        for (offset, operation) in history.enumerated() {
            events.append(Event(operation: offset, isReturn: false, time: operation.calledAt))
            guard let (_, time) = operation.returned else { continue }
            events.append(Event(operation: offset, isReturn: true, time: time))
            returnsLeft += 1
        }
        // At one time calls come first: what touches is taken for concurrent.
        events.sort {
            ($0.time, $0.isReturn ? 1 : 0, $0.operation) < (
                $1.time, $1.isReturn ? 1 : 0, $1.operation
            )
        }
        for (place, event) in events.enumerated() {
            if event.isReturn {
                returns[event.operation] = place
            } else {
                calls[event.operation] = place
            }
            following.append(place + 1 < events.count ? place + 1 : Self.none)
            preceding.append(place - 1)
        }
        head = events.isEmpty ? Self.none : 0
    }

    var first: Int? { head == Self.none ? nil : head }

    func next(after place: Int) -> Int? {
        following[place] == Self.none ? nil : following[place]
    }

    func isReturn(_ place: Int) -> Bool { events[place].isReturn }
    func operation(of place: Int) -> Int { events[place].operation }
    func call(of operation: Int) -> Int { calls[operation] }

    mutating func lift(_ operation: Int) {
        unlink(calls[operation])
        guard let place = returns[operation] else { return }
        unlink(place)
        returnsLeft -= 1
    }

    /// - Precondition: `operation` was lifted last of those that are out.
    mutating func unlift(_ operation: Int) {
        if let place = returns[operation] {
            link(place)
            returnsLeft += 1
        }
        link(calls[operation])
    }

    private mutating func unlink(_ place: Int) {
        let (before, after) = (preceding[place], following[place])
        if before == Self.none { head = after } else { following[before] = after }
        if after != Self.none { preceding[after] = before }
    }

    /// Puts an event back between the neighbours it had when it was taken out.
    private mutating func link(_ place: Int) {
        let (before, after) = (preceding[place], following[place])
        if before == Self.none { head = place } else { following[before] = place }
        if after != Self.none { preceding[after] = place }
    }
}
