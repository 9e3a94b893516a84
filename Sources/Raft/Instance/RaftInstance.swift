public import Toolbox
public import Vocabulary

/// One copy of one replicated log, as a value: told what happened, it answers with what to do.
///
/// Raft by Ongaro and Ousterhout (extended version, and the thesis), with pre-vote, check-quorum,
/// ReadIndex and leases, joint consensus, learners and transfer. It knows no clock, no disk and no
/// network: time and chance are arguments, and a directive appears only when it is safe to carry
/// out. What it rests on stands in `RaftInstance+Invariants.swift`.
public struct RaftInstance: Sendable {
    public let identity: RaftIdentity
    public let settings: RaftSettings

    public internal(set) var role = RaftRole.follower
    public internal(set) var hardState: HardState
    /// All entries up to here are committed.
    public internal(set) var commitIndex: LogIndex
    /// All entries up to here were handed out by `apply`, or are in the machine's snapshot.
    public internal(set) var appliedIndex: LogIndex
    /// The machine's newest durable snapshot.
    public internal(set) var snapshotPosition: SnapshotPosition?
    /// 255 asks first, 0 last; the votes are the same for all.
    public internal(set) var priority: UInt8

    var log: RaftLog
    var configurations: ConfigurationStack
    /// The configuration in force, ready for counting.
    var electorate: Electorate
    /// Some committed configuration held this replica.
    public internal(set) var wasMember: Bool
    /// It was told, or has seen, that it is no member any more.
    var isRemoved = false
    /// Somebody spoke to an earlier copy on this node.
    var hasHeardOfGroup = false
    /// Of the first founder only, until the group is founded or found to exist.
    var founding: Founding?

    var random: SeededRandom
    var barrier = WriteBarrier()
    /// The hard state of the newest write that was asked for.
    var hardStateIssued: HardState
    /// Which copy of the node in `hardState.vote` the vote was for.
    var voteReplica: ReplicaID
    /// Of leaders only.
    var leadership: Leadership?
    /// Of candidates and pre-candidates only.
    var ballot: Ballot?
    /// The candidacy was asked for by the leader of the term before.
    var standsByTransfer = false
    /// Whom this node was handing over to when it stopped leading; nil when it is known who leads.
    var transferAwaited: NodeID?

    /// The leader of this term, as far as known.
    var leaderMember: RaftMember?
    /// The newest round that the leader of this term began.
    var leaderRound: UInt64 = 0
    var electionTimeout: Duration
    var electionDeadline: Instant
    /// No vote for anybody else before: the leader that was heard counts on it (its lease),
    /// whatever became of the term since. Nil if its process is known to be gone.
    var promise: (leader: RaftMember, until: Instant)?
    /// A voter that just started may have promised its vote away in its former life.
    var votesRefusedUntil: Instant
    /// The entries last cut from the log, for the next follower that needs the same.
    var recentEntries: (first: LogIndex, entries: [LogEntry])?

    #if PLANTED_FAULTS
        public var plantedFault: PlantedRaftFault? { didSet { electorate = countedElectorate } }
    #endif

    /// Starts as a follower of nobody. What `recovery` holds is durable.
    ///
    /// - Parameter founders: the nodes that make the group when nothing of it exists, 1 to
    ///   `Limits.votersMaximum`; the first one asks the others. Not used by a replica that holds a
    ///   configuration, nor by one on another node.
    public init(
        identity: RaftIdentity, founders: [NodeID], recovery: RaftRecovery,
        settings: RaftSettings, random: SeededRandom, now: Instant
    ) {
        self.identity = identity
        self.settings = settings
        self.random = random
        priority = settings.electionPriority
        hardState = recovery.hardState
        hardStateIssued = recovery.hardState
        snapshotPosition = recovery.snapshot
        log = RaftLog(base: recovery.snapshot ?? .zero, durable: recovery.entries)
        commitIndex = log.base.index
        appliedIndex = log.base.index
        configurations = Self.configurations(of: recovery, after: log.base.index)
        let inForce = configurations.inForce.configuration
        electorate = Electorate(inForce, own: identity.member)
        wasMember = recovery.configuration.contains(identity.member)
        // The disk tells the node that the vote was for; which copy of it is known if that is a
        // voter. Else the vote is not given a second time.
        voteReplica =
            recovery.hardState.vote.flatMap { inForce.voter(on: $0) }?.replica ?? .none
        let isFirstStart = recovery.hardState.term == .zero
        votesRefusedUntil = isFirstStart ? now : now + settings.electionTimeoutMinimum
        electionTimeout = settings.electionTimeoutMinimum
        electionDeadline = now
        invariant(
            log.lastTerm <= hardState.term || hardState.term == .zero && log.count == 0,
            "a log up to \(log.last) in \(hardState.term)")
        drawElectionTimeout()
        if isPassive, !holdsAnything {
            founding = Founding(founders, own: identity.node)
        }
        // A voter without others has nobody to wait for, and a founder nobody to hear.
        if founding == nil, !electorate.isOwnOnlyVoter { electionDeadline = now + electionTimeout }
    }

    public var term: Term { hardState.term }
    public var isLeader: Bool { role == .leader }
    /// The leader of this term, as far as known.
    public var leader: NodeID? { leaderMember?.node }
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

    /// What a leader knows of the others, by member; empty if this is no leader.
    public var followers: [FollowerStatus] {
        guard let leadership else { return [] }
        return electorate.members.indices.filter { $0 != electorate.ownPosition }.map {
            leadership.followers[$0].status(
                of: electorate.members[$0], isVoter: electorate.isVoter($0))
        }
    }

    /// The earliest moment at which time alone would change something; nil if none.
    public var nextDeadline: Instant? {
        if let leadership {
            let beat = leadership.heartbeatDeadline
            return leadership.commitNoticeDeadline.map { min($0, beat) } ?? beat
        }
        if isRemoved { return nil }
        let waits = electorate.ownPosition != nil || mayStand || founding != nil
        return waits ? electionDeadline : nil
    }

    /// Time passed; to be called at `nextDeadline` or soon after, and harmless at any time.
    public mutating func timeDidAdvance(
        to now: Instant, into directives: inout [RaftDirective]
    ) {
        if role == .leader {
            heartbeatIfDue(at: now, into: &directives)
        } else if let deadline = nextDeadline, now >= deadline {
            if founding != nil {
                askFounders(at: now, into: &directives)
            } else if mayStand {
                electionTimeoutElapsed(at: now, into: &directives)
            } else {
                announceToVoters(at: now, into: &directives)
            }
        }
        finishStep(at: now, into: &directives)
    }

    /// A message arrived for the copy `receiver` of this node, `.none` if for whichever is here.
    public mutating func receive(
        _ message: RaftMessage, from sender: RaftMember, to receiver: ReplicaID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        var sender = sender
        var receiver = receiver
        #if PLANTED_FAULTS
            if plantedFault == .wipedDiskVotesAsOld {
                sender = configuration.voter(on: sender.node) ?? sender
                receiver = identity.replica
            }
        #endif
        guard sender.node != identity.node else {
            directives.append(.observe(.nonsense(from: sender.node)))
            return
        }
        guard receiver == identity.replica || receiver == .none else {
            // What an earlier copy on this node was asked, this one can not answer for it. But it
            // learns from it that the group lives.
            hasHeardOfGroup = true
            founding = nil
            if case .announcement = message { return }
            directives.append(.send(.announcement(.init(term: term)), to: sender))
            return
        }
        adoptTerm(of: message, from: sender, at: now, into: &directives)
        handle(message, from: sender, at: now, into: &directives)
        finishStep(at: now, into: &directives)
    }

    private mutating func handle(
        _ message: RaftMessage, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
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
        case .timeoutNow(let order):
            receiveTimeoutNow(order, from: sender, at: now, into: &directives)
        case .announcement:
            receiveAnnouncement(from: sender, at: now, into: &directives)
        case .removalNotice(let notice):
            receiveRemovalNotice(notice, at: now, into: &directives)
        case .foundingQuestion:
            answerFounder(sender, into: &directives)
        case .foundingAnswer(let answer):
            receiveFoundingAnswer(answer, from: sender, at: now, into: &directives)
        }
    }

    /// The connection to `node` broke: what was on its way may be lost.
    public mutating func peerBecameUnreachable(
        _ node: NodeID, at now: Instant, into directives: inout [RaftDirective]
    ) {
        for position in electorate.members.indices where isOther(position, on: node) {
            leadership?.followers[position].becomeUnreachable()
        }
    }

    /// `node` refuses connections: its process is gone, and so is what it promised or was promised.
    public mutating func peerRefusedConnection(
        _ node: NodeID, at now: Instant, into directives: inout [RaftDirective]
    ) {
        for position in electorate.members.indices where isOther(position, on: node) {
            leadership?.followers[position].becomeUnreachable()
            // Nobody is there to receive the rest of a snapshot.
            leadership?.followers[position].snapshotDidEnd(at: nil)
        }
        guard node == leader, role == .follower, promise != nil else { return }
        promise = nil
        let delay = drawDuration(from: .zero, to: settings.leaderLossDelayMaximum)
        electionDeadline = min(electionDeadline, now + delay)
    }

    private func isOther(_ position: Int, on node: NodeID) -> Bool {
        electorate.members[position].node == node && position != electorate.ownPosition
    }

    /// The end of every step: what it changed goes to the disk, to the machine, to the followers.
    mutating func finishStep(at now: Instant, into directives: inout [RaftDirective]) {
        // Somebody else has founded it, or did so long ago.
        if founding != nil, holdsAnything { founding = nil }
        leaveJointIfCommitted(at: now, into: &directives)
        writeChanges(at: now, into: &directives)
        applyCommitted(into: &directives)
        noteCommittedConfigurations(into: &directives)
        tellCommit(at: now, into: &directives)
        handOverIfRemoved(at: now, into: &directives)
        recentEntries = nil
    }
}
