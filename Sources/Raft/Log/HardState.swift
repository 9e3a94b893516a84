public import Vocabulary

/// What a voter must never forget: the term it is in and whom it voted for there (Raft Fig. 2).
public struct HardState: Hashable, Sendable {
    public let term: Term
    /// Nil if no vote was given in `term`.
    public let vote: NodeID?

    public init(term: Term, vote: NodeID?) {
        self.term = term
        self.vote = vote
    }

    /// Of a voter that never took part in anything.
    public static let initial = HardState(term: .zero, vote: nil)
}
