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
    /// Stand for election at once: the leader hands over (thesis §3.10).
    case timeoutNow(TimeoutNow)
    /// "I am here under this id", to whoever spoke to an earlier copy of this node, and of a
    /// learner that hears no leader.
    case announcement(Announcement)
    /// From a leader: the receiver was a member and is none any more.
    case removalNotice(RemovalNotice)
    /// From the founder: who are you, and is anything of the group left on your disk?
    case foundingQuestion
    case foundingAnswer(FoundingAnswer)

    /// May I lead `term`?
    public struct VoteRequest: Hashable, Sendable {
        /// The term asked for; a pre-vote asks for the one after the sender's.
        public let term: Term
        /// The end of the sender's log.
        public let lastIndex: LogIndex
        public let lastTerm: Term
        /// The leader of the term before asked for this: its own promises are released.
        public let isTransfer: Bool

        public init(
            term: Term, lastIndex: LogIndex, lastTerm: Term, isTransfer: Bool = false
        ) {
            self.term = term
            self.lastIndex = lastIndex
            self.lastTerm = lastTerm
            self.isTransfer = isTransfer
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

    public struct TimeoutNow: Hashable, Sendable {
        /// The leader's.
        public let term: Term
        /// Who has confirmed a later round of this term must not obey: the leader leads on.
        public let round: UInt64

        public init(term: Term, round: UInt64) {
            self.term = term
            self.round = round
        }
    }

    public struct Announcement: Hashable, Sendable {
        public let term: Term

        public init(term: Term) { self.term = term }
    }

    public struct RemovalNotice: Hashable, Sendable {
        public let term: Term
        /// Of the committed configuration that does not hold the receiver.
        public let index: LogIndex

        public init(term: Term, index: LogIndex) {
            self.term = term
            self.index = index
        }
    }

    public struct FoundingAnswer: Hashable, Sendable {
        /// A configuration, entries, or a term above 0 are there.
        public let holdsAnything: Bool

        public init(holdsAnything: Bool) { self.holdsAnything = holdsAnything }
    }

    /// The sender's term, or the one it asks for; 0 where terms do not matter.
    public var term: Term {
        switch self {
        case .preVoteRequest(let request), .voteRequest(let request): request.term
        case .preVoteResponse(let response), .voteResponse(let response): response.term
        case .append(let request): request.term
        case .appendResponse(let response): response.term
        case .heartbeat(let heartbeat): heartbeat.term
        case .heartbeatResponse(let response): response.term
        case .timeoutNow(let order): order.term
        case .announcement(let announcement): announcement.term
        case .removalNotice(let notice): notice.term
        case .foundingQuestion, .foundingAnswer: .zero
        }
    }
}
