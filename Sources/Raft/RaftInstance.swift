public import Toolbox
public import Vocabulary

/// One voter of one replicated log, as a value: told what happened, it answers with what to do.
///
/// Raft by Ongaro and Ousterhout (extended version, and the thesis), with pre-vote, check-quorum
/// and ReadIndex. It knows no clock, no disk and no network: time and chance are arguments, and a
/// directive appears only when it is safe to carry out. What it rests on stands in
/// `RaftInstance+Invariants.swift`.
public struct RaftInstance: Sendable {
    public let identity: RaftIdentity
    public let voters: VoterSet
    public let settings: RaftSettings
    /// This node's place among the voters; nil if it is none and so never asks for votes.
    let ownPosition: Int?

    public internal(set) var role = RaftRole.follower
    /// The leader of this term, as far as known.
    public internal(set) var leader: NodeID?
    public internal(set) var hardState: HardState
    /// All entries up to here are committed.
    public internal(set) var commitIndex: LogIndex
    /// All entries up to here were handed out by `apply`, or are in the machine's snapshot.
    public internal(set) var appliedIndex: LogIndex
    /// The machine's newest durable snapshot.
    public internal(set) var snapshotPosition: SnapshotPosition?

    var log: RaftLog
    var random: SeededRandom
    var barrier = WriteBarrier()
    /// The hard state of the newest write that was asked for.
    var hardStateIssued: HardState
    /// Of leaders only.
    var leadership: Leadership?
    /// Of candidates and pre-candidates only.
    var ballot: Ballot?

    var electionTimeout: Duration
    var electionDeadline: Instant
    /// When the current leader was last heard; nil if none was, or its process is known to be gone.
    var leaderHeard: Instant?
    /// A voter that just started may have promised its vote away in its former life.
    var votesRefusedUntil: Instant
    /// The entries last cut from the log, for the next follower that needs the same.
    var recentEntries: (first: LogIndex, entries: [LogEntry])?

    #if PLANTED_FAULTS
        public var plantedFault: PlantedRaftFault?
    #endif

    /// Starts as a follower of nobody. What `recovery` holds is durable.
    public init(
        identity: RaftIdentity, voters: VoterSet, recovery: RaftRecovery, settings: RaftSettings,
        random: SeededRandom, now: Instant
    ) {
        self.identity = identity
        self.voters = voters
        self.settings = settings
        self.random = random
        ownPosition = voters.position(of: identity.node)
        hardState = recovery.hardState
        hardStateIssued = recovery.hardState
        snapshotPosition = recovery.snapshot
        log = RaftLog(base: recovery.snapshot ?? .zero, durable: recovery.entries)
        commitIndex = log.base.index
        appliedIndex = log.base.index
        let isFirstStart = recovery.hardState.term == .zero
        votesRefusedUntil = isFirstStart ? now : now + settings.electionTimeoutMinimum
        electionTimeout = settings.electionTimeoutMinimum
        electionDeadline = now
        invariant(
            log.lastTerm <= hardState.term || hardState.term == .zero && log.count == 0,
            "a log up to \(log.last) in \(hardState.term)")
        drawElectionTimeout()
        // A voter without others has nobody to wait for.
        if voters.count > 1 { electionDeadline = now + electionTimeout }
    }

    public var term: Term { hardState.term }
    public var isLeader: Bool { role == .leader }
    public var lastIndex: LogIndex { log.lastIndex }
    public var lastTerm: Term { log.lastTerm }
    /// The first entry that is still in the log, or would be.
    public var firstIndex: LogIndex { log.firstIndex }
    /// The last entry whose write is known to be durable.
    public var durableIndex: LogIndex { log.durableIndex }
    /// What was asked to be written and is not known to be durable.
    public var hasWritesInFlight: Bool { barrier.hasWritesInFlight }

    /// The term of the entry at `index`; nil if it is not in the log (the last one that was dropped
    /// still has its term).
    public func term(at index: LogIndex) -> Term? { log.term(at: index) }

    /// - Precondition: `firstIndex <= from`, `through <= lastIndex`. Empty if `through < from`.
    public func entries(from first: LogIndex, through last: LogIndex) -> [LogEntry] {
        log.entries(from: first, through: last)
    }

    /// What a leader knows of the others, by node; empty if this is no leader.
    public var followers: [FollowerStatus] {
        guard let leadership else { return [] }
        return voters.nodes.indices.filter { $0 != ownPosition }.map {
            leadership.followers[$0].status(of: voters.nodes[$0])
        }
    }

    /// The earliest moment at which time alone would change something; nil if none.
    public var nextDeadline: Instant? {
        if let leadership { return leadership.heartbeatDeadline }
        return ownPosition == nil ? nil : electionDeadline
    }

    /// Time passed; to be called at `nextDeadline` or soon after, and harmless at any time.
    public mutating func timeDidAdvance(
        to now: Instant, into directives: inout [RaftDirective]
    ) {
        if role == .leader {
            heartbeatIfDue(at: now, into: &directives)
        } else if ownPosition != nil, now >= electionDeadline {
            electionTimeoutElapsed(at: now, into: &directives)
        }
        finishStep(into: &directives)
    }

    /// A message arrived from another node of the group.
    public mutating func receive(
        _ message: RaftMessage, from sender: NodeID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard sender != identity.node else {
            directives.append(.observe(.nonsense(from: sender)))
            return
        }
        adoptTerm(of: message, from: sender, at: now, into: &directives)
        switch message {
        case .preVoteRequest(let request):
            receivePreVoteRequest(request, from: sender, at: now, into: &directives)
        case .preVoteResponse(let response):
            receivePreVoteResponse(response, from: sender, at: now, into: &directives)
        case .voteRequest(let request):
            receiveVoteRequest(request, from: sender, at: now, into: &directives)
        case .voteResponse(let response):
            receiveVoteResponse(response, from: sender, at: now, into: &directives)
        case .append(let request):
            receiveAppend(request, from: sender, at: now, into: &directives)
        case .appendResponse(let response):
            receiveAppendResponse(response, from: sender, at: now, into: &directives)
        case .heartbeat(let heartbeat):
            receiveHeartbeat(heartbeat, from: sender, at: now, into: &directives)
        case .heartbeatResponse(let response):
            receiveHeartbeatResponse(response, from: sender, at: now, into: &directives)
        }
        finishStep(into: &directives)
    }

    /// The connection to `node` broke: what was on its way may be lost.
    public mutating func peerBecameUnreachable(
        _ node: NodeID, at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let position = voters.position(of: node), position != ownPosition else { return }
        leadership?.followers[position].becomeUnreachable()
    }

    /// `node` refuses connections: its process is gone, and so is what it promised or was promised.
    public mutating func peerRefusedConnection(
        _ node: NodeID, at now: Instant, into directives: inout [RaftDirective]
    ) {
        peerBecameUnreachable(node, at: now, into: &directives)
        // Nobody is there to receive the rest of a snapshot.
        if let position = voters.position(of: node) {
            leadership?.followers[position].snapshotDidEnd(at: nil)
        }
        guard node == leader, role == .follower, leaderHeard != nil else { return }
        leaderHeard = nil
        let delay = drawDuration(from: .zero, to: settings.leaderLossDelayMaximum)
        electionDeadline = min(electionDeadline, now + delay)
    }

    /// The end of every step: what it changed goes to the disk, to the machine, to the followers.
    mutating func finishStep(into directives: inout [RaftDirective]) {
        writeChanges(into: &directives)
        applyCommitted(into: &directives)
        tellCommit(into: &directives)
        recentEntries = nil
    }
}
