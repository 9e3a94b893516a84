/// What one object does when its operations come one after another.
public protocol SequentialModel: Sendable {
    /// Equal states must behave alike for ever: they are taken for one.
    associatedtype State: Hashable & Sendable
    associatedtype Input: Sendable
    associatedtype Output: Sendable

    var initial: State { get }

    /// The state after `input` was answered with `output`, or with anything if that is nil. Nil if
    /// the object does not answer so in `state`.
    func state(after input: Input, answered output: Output?, in state: State) -> State?
}
