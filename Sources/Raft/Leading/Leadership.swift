import Vocabulary

/// What only a leader has; it is gone with the role.
struct Leadership: Sendable {
    /// By the members' positions; the leader's own place is not used.
    var followers: [FollowerProgress]
    /// The entry that a new leader appends; only from here on entries are committed by counting.
    let firstIndex: LogIndex
    /// The newest round of confirmations.
    var round: UInt64 = 0
    var marks = RoundMarks()
    var reads = ReadQueue()
    var heartbeatDeadline: Instant
    /// Payloads above `firstIndex` that are not committed.
    var uncommittedBytes = 0
    /// Some follower may be told of a greater commit index.
    var hasCommitNews = false
    /// When those that nothing has told of it since are told by a message of its own.
    var commitNoticeDeadline: Instant?
    /// Whom leadership is being handed to.
    var transfer: LeadershipTransfer?
    /// Those that were told to stand in vain: no lease before each has confirmed a later round, and
    /// so will not stand any more.
    var unreleased: [(member: RaftMember, round: UInt64)] = []
    /// Only later rounds count for the lease.
    var leaseFloor: UInt64 = 0
}
