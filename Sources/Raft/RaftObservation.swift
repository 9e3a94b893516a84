public import Vocabulary

/// What happened to an instance, for people and for bookkeeping.
public enum RaftObservation: Hashable, Sendable {
    /// `leader` is nil until it is heard of.
    case becameFollower(of: NodeID?, term: Term, because: StepDownReason)
    case becamePreCandidate(term: Term)
    case becameCandidate(term: Term)
    case becameLeader(term: Term)
    /// Entries from here on, never committed, gave way to another leader's.
    case truncated(from: LogIndex)
    /// A message that no correct peer sends; it was dropped.
    case nonsense(from: NodeID)
    /// Another configuration is in force: one was appended, installed, or taken back.
    case configurationChanged(RaftConfiguration, at: LogIndex)
    case configurationCommitted(RaftConfiguration, at: LogIndex)
    /// This replica is no member any more: nobody will need it, its driver may destroy it.
    case removedFromGroup
    case transferBegan(to: NodeID)
    case transferEnded(to: NodeID, succeeded: Bool)
    /// This node is the first founder and found nothing of the group: it begins one.
    case founded(RaftConfiguration)
}

/// Why an instance follows.
public enum StepDownReason: UInt8, Hashable, Sendable {
    case heardLeader
    case higherTerm
    /// A leader that had no answer of a quorum for `RaftSettings.quorumTimeout`.
    case quorumSilent
    case electionLost
    /// A leader that is no voter any more and has handed over.
    case removed
    /// A leader whose own disk did not complete a write for `RaftSettings.diskStallTimeout`.
    case diskStalled
    /// A candidate that is no voter any more.
    case notAVoter
}

extension RaftObservation: CustomStringConvertible {
    public var description: String {
        switch self {
        case .becameFollower(let leader, let term, let reason):
            "follows \(leader.map { "\($0)" } ?? "nobody yet") in \(term): \(reason)"
        case .becamePreCandidate(let term): "asks in \(term) whether it could be elected"
        case .becameCandidate(let term): "stands for \(term)"
        case .becameLeader(let term): "leads in \(term)"
        case .truncated(let index): "gives up its entries from \(index) on"
        case .nonsense(let node): "\(node) sent what no correct peer sends"
        case .configurationChanged(let configuration, let index):
            "members from \(index) on: \(configuration)"
        case .configurationCommitted(let configuration, let index):
            "members committed at \(index): \(configuration)"
        case .removedFromGroup: "is no member any more"
        case .transferBegan(let node): "hands over to \(node)"
        case .transferEnded(let node, let hasSucceeded):
            hasSucceeded ? "has handed over to \(node)" : "\(node) did not take over"
        case .founded(let configuration): "founded with \(configuration)"
        }
    }
}

extension StepDownReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .heardLeader: "it leads"
        case .higherTerm: "the term is over"
        case .quorumSilent: "no quorum answered"
        case .electionLost: "the election is lost"
        case .removed: "it was voted out"
        case .diskStalled: "its disk stands still"
        case .notAVoter: "it is no voter any more"
        }
    }
}
