import Vocabulary

/// A leader's way out: catch the target up, tell it to stand, wait for its term.
struct LeadershipTransfer: Sendable {
    let target: RaftMember
    let deadline: Instant
    /// The newest round whose number went out with an order to stand; nil if none did.
    var orderedRound: UInt64?
}
