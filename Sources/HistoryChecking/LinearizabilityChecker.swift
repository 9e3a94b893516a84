/// Whether a history can be explained by operations that each took effect at one moment between
/// call and return.
///
/// Wing and Gong's search with Lowe's memory of what was tried (as in Porcupine): exponential at
/// worst, so it is bounded and may give up.
public struct LinearizabilityChecker<Model: SequentialModel>: Sendable {
    public enum Verdict: Hashable, Sendable {
        /// One order that explains the history, as offsets into it. Operations of unknown outcome
        /// that no answer depends on are left out.
        case linearizable(order: [Int])
        /// No order explains it. `explained` is the longest that was found, `stuck` the operation
        /// whose answer it does not lead to.
        case violation(explained: [Int], stuck: Int)
        /// Given up after so many steps.
        case undecided(steps: Int)
    }

    private struct Tried: Hashable {
        let taken: [UInt64]
        let state: Model.State
    }

    public let model: Model
    /// Steps after which the search gives up.
    public let stepsMaximum: Int

    public init(model: Model, stepsMaximum: Int = 5_000_000) {
        self.model = model
        self.stepsMaximum = stepsMaximum
    }

    public func check(_ history: [Operation<Model.Input, Model.Output>]) -> Verdict {
        var events = EventList(history)
        var state = model.initial
        var taken = [UInt64](repeating: 0, count: (history.count + 63) / 64)
        var order: [(operation: Int, before: Model.State)] = []
        var tried: Set<Tried> = []
        var (explained, stuck) = ([Int](), 0)
        var cursor = events.first
        var steps = 0
        // Where no return is left, all that was answered is explained.
        while events.returnsLeft > 0 {
            steps += 1
            guard steps <= stepsMaximum else { return .undecided(steps: stepsMaximum) }
            if let event = cursor, !events.isReturn(event) {
                let operation = events.operation(of: event)
                if let next = place(history[operation], operation, in: state, taken, &tried) {
                    order.append((operation, state))
                    state = next
                    taken[operation / 64] |= 1 << UInt64(operation % 64)
                    events.lift(operation)
                    cursor = events.first
                } else {
                    cursor = events.next(after: event)
                }
                continue
            }
            // A return whose operation is not placed: what was placed last was placed too early.
            if let event = cursor, order.count >= explained.count {
                explained = order.map(\.operation)
                stuck = events.operation(of: event)
            }
            guard let last = order.popLast() else {
                return .violation(explained: explained, stuck: stuck)
            }
            state = last.before
            taken[last.operation / 64] &= ~(1 << UInt64(last.operation % 64))
            events.unlift(last.operation)
            cursor = events.next(after: events.call(of: last.operation))
        }
        return .linearizable(order: order.map(\.operation))
    }

    /// The state if `operation` comes next; nil if it cannot, or if that was tried before.
    private func place(
        _ operation: Operation<Model.Input, Model.Output>, _ offset: Int, in state: Model.State,
        _ taken: [UInt64], _ tried: inout Set<Tried>
    ) -> Model.State? {
        let next = model.state(
            after: operation.input, answered: operation.returned?.output, in: state)
        // What was never answered and changes nothing explains nothing.
        guard let next, operation.returned != nil || next != state else { return nil }
        var taken = taken
        taken[offset / 64] |= 1 << UInt64(offset % 64)
        return tried.insert(Tried(taken: taken, state: next)).inserted ? next : nil
    }
}
