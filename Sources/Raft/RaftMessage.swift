public import Vocabulary

/// What instances of one group say to each other (Raft Fig. 2). Each carries its sender's term.
public enum RaftMessage: Hashable, Sendable {
    case preVoteRequest(VoteRequest)
    case preVoteResponse(VoteResponse)
    case voteRequest(VoteRequest)
    case voteResponse(VoteResponse)
    case append(AppendRequest)
    case appendResponse(AppendResponse)
    case heartbeat(Heartbeat)
    case heartbeatResponse(HeartbeatResponse)

    /// May I lead `term`?
    public struct VoteRequest: Hashable, Sendable {
        /// The term asked for; a pre-vote asks for the one after the sender's.
        public let term: Term
        /// The end of the sender's log.
        public let lastIndex: LogIndex
        public let lastTerm: Term

        public init(term: Term, lastIndex: LogIndex, lastTerm: Term) {
            self.term = term
            self.lastIndex = lastIndex
            self.lastTerm = lastTerm
        }
    }

    public struct VoteResponse: Hashable, Sendable {
        /// The term asked for if granted, else the sender's.
        public let term: Term
        public let isGranted: Bool

        public init(term: Term, isGranted: Bool) {
            self.term = term
            self.isGranted = isGranted
        }
    }

    /// Entries that follow `previousIndex`; maybe none.
    public struct AppendRequest: Hashable, Sendable {
        public let term: Term
        public let previousIndex: LogIndex
        public let previousTerm: Term
        public let commit: LogIndex
        /// The newest round of confirmations that the leader had begun when it sent this.
        public let round: UInt64
        /// Contiguous from `previousIndex + 1`; terms never fall and never exceed `term`.
        public let entries: [LogEntry]

        public init(
            term: Term, previous: SnapshotPosition, commit: LogIndex, round: UInt64,
            entries: [LogEntry]
        ) {
            self.term = term
            previousIndex = previous.index
            previousTerm = previous.term
            self.commit = commit
            self.round = round
            self.entries = entries
        }
    }

    public struct AppendResponse: Hashable, Sendable {
        public enum Outcome: Hashable, Sendable {
            /// All entries up to here equal the leader's and are durable.
            case matched(LogIndex)
            /// The log has no entry like `previous`. No index above `hint.index` can match, nor one
            /// there with a term above `hint.term`.
            case rejected(previous: LogIndex, hint: SnapshotPosition)
        }

        public let term: Term
        /// The round of the request.
        public let round: UInt64
        public let outcome: Outcome

        public init(term: Term, round: UInt64, outcome: Outcome) {
            self.term = term
            self.round = round
            self.outcome = outcome
        }
    }

    public struct Heartbeat: Hashable, Sendable {
        public let term: Term
        /// At most what the leader knows to match the receiver's log.
        public let commit: LogIndex
        /// 0 asks for no answer.
        public let round: UInt64

        public init(term: Term, commit: LogIndex, round: UInt64) {
            self.term = term
            self.commit = commit
            self.round = round
        }
    }

    public struct HeartbeatResponse: Hashable, Sendable {
        public let term: Term
        public let round: UInt64

        public init(term: Term, round: UInt64) {
            self.term = term
            self.round = round
        }
    }

    /// The sender's term, or the one it asks for.
    public var term: Term {
        switch self {
        case .preVoteRequest(let request), .voteRequest(let request): request.term
        case .preVoteResponse(let response), .voteResponse(let response): response.term
        case .append(let request): request.term
        case .appendResponse(let response): response.term
        case .heartbeat(let heartbeat): heartbeat.term
        case .heartbeatResponse(let response): response.term
        }
    }
}
