/// What one client asked, what it was told, and when.
///
/// Times are of one clock that all clients share, in any unit. An operation that was refused
/// without effect by a rule is an operation with that output; one that was never carried out for
/// certain does not belong into a history.
public struct Operation<Input: Sendable, Output: Sendable>: Sendable {
    public let input: Input
    public let calledAt: Int64
    /// What was answered and when; nil if the client never learnt: the operation may have taken
    /// effect at any time after its call, or never.
    public let returned: (output: Output, at: Int64)?

    public init(_ input: Input, calledAt: Int64, output: Output, returnedAt: Int64) {
        self.input = input
        self.calledAt = calledAt
        returned = (output, max(calledAt, returnedAt))
    }

    /// An operation of unknown outcome.
    public init(_ input: Input, calledAt: Int64) {
        self.input = input
        self.calledAt = calledAt
        returned = nil
    }
}
