import Toolbox
public import Vocabulary

/// What a leader knows of one follower, for those who watch.
public struct FollowerStatus: Hashable, Sendable {
    /// How the leader sends (etcd's words).
    public enum Mode: UInt8, Hashable, Sendable {
        /// One append at a time, until it is known where the logs agree.
        case probe
        /// As much as the window holds.
        case replicate
        /// Nothing: what the follower needs next is only in a snapshot, which is on its way.
        case snapshot
    }

    public let member: RaftMember
    /// False for a learner.
    public let isVoter: Bool
    public let mode: Mode
    /// The follower's log is durable and equal to the leader's up to here.
    public let match: LogIndex
    /// The next entry to send.
    public let next: LogIndex
    /// Entries on their way.
    public let inFlightEntries: Int
    public let lastHeard: Instant

    public var node: NodeID { member.node }
    public var isLearner: Bool { !isVoter }
}

/// A leader's book on one follower (Raft Fig. 2: nextIndex, matchIndex).
///
/// probe ──matched──▶ replicate ──rejected, unreachable──▶ probe
///   └──entries gone──▶ snapshot ──ended──▶ probe
struct FollowerProgress: Sendable {
    private(set) var mode = FollowerStatus.Mode.probe
    private(set) var match = LogIndex.zero
    private(set) var next: LogIndex
    /// In probe mode: the one append is on its way, or the follower can not be reached.
    private(set) var isPaused = false
    private(set) var window = InFlightWindow()
    /// The greatest commit index that it was told.
    private(set) var commitTold = LogIndex.zero
    /// The newest round that it confirmed.
    var round: UInt64 = 0
    /// When it last answered; before its first answer, when the book on it was opened.
    var lastHeard: Instant
    /// It answered this leader in this term.
    var hasAnswered = false
    /// `match` when it last answered a heartbeat.
    private var matchAtHeartbeat = LogIndex.zero
    /// Of learners: they catch up in rounds, each up to where the log ended when it began (thesis
    /// §4.2.1).
    private var catchUpTarget: LogIndex
    private var catchUpBegan: Instant
    /// The last round took not longer than an election time-out, nor does this one yet.
    private(set) var isCaughtUp = false

    init(next: LogIndex, now: Instant) {
        self.next = next
        lastHeard = now
        catchUpTarget = next
        catchUpBegan = now
    }

    /// `last` is the end of the leader's log.
    mutating func measureCatchUp(last: LogIndex, limit: Duration, at now: Instant) {
        let isLong = now - catchUpBegan > limit
        if match >= catchUpTarget {
            isCaughtUp = !isLong && mode == .replicate
            catchUpTarget = last
            catchUpBegan = now
        } else if isLong {
            isCaughtUp = false
        }
    }

    func maySend(_ settings: RaftSettings) -> Bool {
        switch mode {
        case .probe: !isPaused
        case .replicate: !window.isFull(settings)
        case .snapshot: false
        }
    }

    mutating func didSend(through last: LogIndex, bytes: Int, commit: LogIndex) {
        commitTold = max(commitTold, min(commit, last))
        switch mode {
        case .probe: isPaused = true
        case .replicate:
            guard last >= next else { return }
            window.add(last: last, entries: next.previous.distance(to: last), bytes: bytes)
            next = last.next
        case .snapshot: unreachable("an append during a snapshot")
        }
    }

    mutating func didTell(commit: LogIndex) { commitTold = max(commitTold, commit) }

    /// All up to `index` matches. `firstIndex` is the leader's. False if that was no news.
    mutating func didMatch(_ index: LogIndex, firstIndex: LogIndex) -> Bool {
        guard index >= match else { return false }
        let isNews = index > match
        match = index
        next = max(next, index.next)
        switch mode {
        case .probe: becomeReplicate()
        case .replicate: window.free(through: index)
        case .snapshot: if match.next >= firstIndex { becomeReplicate() }
        }
        return isNews
    }

    /// Nothing like the entry at `previous`; the logs agree at `agreement` at most. False if the
    /// answer is to something sent before what is known now.
    mutating func didReject(previous: LogIndex, agreement: LogIndex) -> Bool {
        switch mode {
        case .snapshot: return false
        case .replicate:
            guard previous > match else { return false }
            becomeProbe()
        case .probe:
            guard previous == next.previous, previous > match else { return false }
            next = max(match.next, min(previous, agreement.next))
            isPaused = false
        }
        return true
    }

    mutating func becomeUnreachable() {
        if mode == .replicate { becomeProbe() }
        if mode == .probe { isPaused = true }
    }

    mutating func becomeSnapshot() {
        mode = .snapshot
        window.removeAll()
    }

    /// The sending of a snapshot ended; `position` is nil if in vain.
    mutating func snapshotDidEnd(at position: LogIndex?) {
        guard mode == .snapshot else { return }
        becomeProbe()
        if let position { next = max(next, position.next) }
        // One more heartbeat is awaited before the next attempt.
        isPaused = position == nil
    }

    /// True if something sent seems to be lost: nothing was acknowledged between two heartbeats.
    ///
    /// - Parameter last: the end of the leader's log.
    mutating func didAnswerHeartbeat(last: LogIndex) -> Bool {
        defer { matchAtHeartbeat = match }
        isPaused = false
        // It has acknowledged all there is: no probe would ever be sent, and a copy that was away
        // for a moment would count as behind for ever.
        if mode == .probe, match == last { becomeReplicate() }
        return mode == .replicate && match < next.previous && match == matchAtHeartbeat
    }

    private mutating func becomeProbe() {
        mode = .probe
        next = match.next
        isPaused = false
        window.removeAll()
    }

    private mutating func becomeReplicate() {
        mode = .replicate
        next = match.next
        isPaused = false
        window.removeAll()
    }

    func status(of member: RaftMember, isVoter: Bool) -> FollowerStatus {
        FollowerStatus(
            member: member, isVoter: isVoter, mode: mode, match: match, next: next,
            inFlightEntries: window.entriesCount, lastHeard: lastHeard)
    }
}
