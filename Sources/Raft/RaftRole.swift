/// What an instance does in its group at the moment (Raft §5.1; pre-candidate: thesis §9.6).
public enum RaftRole: UInt8, Hashable, Sendable {
    case follower
    /// Asks whether it could win, before it disturbs anybody with a higher term.
    case preCandidate
    case candidate
    case leader
}
