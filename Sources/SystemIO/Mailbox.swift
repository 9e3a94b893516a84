import Synchronization

/// Messages from any thread to one thread: the only thing that two threads share.
///
/// In order per sender. Unbounded: whoever posts has a bound of its own, such as one batch in
/// flight. Costs one lock per post, and one system call per wake-up.
public final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages = ContiguousArray<Message>()
        /// Whether the receiver has been rung for since it last looked.
        var hasRung = false
    }

    /// Rings when the first message comes after the receiver has looked.
    public let wakeUp: WakeUp
    private let state = Mutex(State())

    public init() throws(SystemCallFailure) { wakeUp = try WakeUp() }

    public func post(_ message: Message) {
        let mustRing = state.withLock { state in
            state.messages.append(message)
            defer { state.hasRung = true }
            return !state.hasRung
        }
        if mustRing { wakeUp.ring() }
    }

    /// Takes everything that has come, without waiting.
    ///
    /// - Parameter messages: emptied, then filled; reuse it, so that no memory is asked for.
    public func drain(into messages: inout ContiguousArray<Message>) {
        messages.removeAll(keepingCapacity: true)
        // First the bell, then the box: what comes between is taken, and rings once in vain.
        wakeUp.clear()
        state.withLock { state in
            swap(&state.messages, &messages)
            state.hasRung = false
        }
    }

    /// Blocks this thread until there is something, then takes all of it.
    public func receive(into messages: inout ContiguousArray<Message>) {
        repeat {
            wakeUp.wait()
            drain(into: &messages)
        } while messages.isEmpty
    }
}
