import Vocabulary

/// What only a leader has; it is gone with the role.
struct Leadership: Sendable {
    /// By the voters' positions; the leader's own place is not used.
    var followers: [FollowerProgress]
    /// The entry that a new leader appends; only from here on entries are committed by counting.
    let firstIndex: LogIndex
    /// The newest round of confirmations.
    var round: UInt64 = 0
    var reads = ReadQueue()
    var heartbeatDeadline: Instant
    /// Payloads above `firstIndex` that are not committed.
    var uncommittedBytes = 0
    /// Some follower may be told of a greater commit index.
    var hasCommitNews = false
}
