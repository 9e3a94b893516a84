public import Raft
public import ReplicatedState
public import Toolbox
public import Vocabulary

/// One copy of one machine: Raft, the machine, who waits for what, and snapshots.
///
/// Which machine and which node is not known here. Commands and queries of one turn are collected
/// and go into the log, or to a round of confirmations, together when the turn ends.
public struct ReplicaInstance<Machine: ReplicatedMachine>: Sendable {
    public let group: ReplicaGroupID
    public internal(set) var raft: RaftInstance
    public internal(set) var machine: Machine
    /// The last entry that the machine has seen.
    public internal(set) var applied: LogIndex
    /// The group's log time there.
    public internal(set) var logTime: WallTime
    /// How often a snapshot took the state's place: what changed then was not told as effects.
    public internal(set) var installationsCount = 0
    /// What the machine wants told; whoever drives the replica takes them.
    var effects: [Machine.Effect] = []
    /// Where it did, one for each.
    var effectIndexes: [LogIndex] = []

    let settings: ReplicaSettings
    let limits: MachineLimits
    var raftDirectives: [RaftDirective] = []
    /// The last time that this node stamped as a leader.
    var stamped: WallTime
    var queuedCommands: [QueuedRequest] = []
    var queuedQueries: [QueuedRequest] = []
    var pending = PendingProposals()
    var reads = PendingReads()
    var snapshots = SnapshotState<Machine>()
    #if PLANTED_FAULTS
        var hasRepeatedCommand = false
    #endif

    /// - Throws: when the snapshot's bytes are no state of this machine.
    public init(
        identity: RaftIdentity, founders: [NodeID], limits: MachineLimits,
        recovery: ReplicaRecovery, settings: ReplicaSettings, random: SeededRandom, at now: Instant
    ) throws(DecodeFailure) {
        group = identity.group
        self.settings = settings
        self.limits = limits
        if let body = recovery.snapshotBody {
            (machine, logTime) = try Self.restore(body, group: identity.group, limits: limits)
        } else {
            machine = Machine(group: identity.group, limits: limits)
            logTime = WallTime(milliseconds: 0)
        }
        applied = recovery.raft.snapshot?.index ?? .zero
        stamped = logTime
        raft = RaftInstance(
            identity: identity, founders: founders, recovery: recovery.raft,
            settings: settings.raft, random: random, now: now)
        snapshots.lastBytes = recovery.snapshotBody?.count ?? 0
    }

    public var nextDeadline: Instant? {
        guard let patience = snapshots.nextDeadline else { return raft.nextDeadline }
        return raft.nextDeadline.map { min($0, patience) } ?? patience
    }
    /// Whether something was asked or proposed that waits for the end of the turn.
    public var hasQueued: Bool { !queuedCommands.isEmpty || !queuedQueries.isEmpty }
    public var isLeader: Bool { raft.role == .leader }
    public var leader: NodeID? { raft.leader }
    public var term: Term { raft.term }
    /// The term of the last entry applied; nil before the first.
    public var appliedTerm: Term? { raft.term(at: applied) }

    /// What a read that came before `now` must see; nil where a quorum has to be asked first.
    public func leaseReadIndex(at now: Instant) -> LogIndex? { raft.leaseReadIndex(at: now) }

    #if PLANTED_FAULTS
        /// Makes Raft and the machine commit mistakes on purpose.
        public mutating func plant(_ fault: PlantedRaftFault?, _ change: (inout Machine) -> Void) {
            raft.plantedFault = fault
            change(&machine)
        }
    #endif

    // MARK: Requests

    /// Takes a command for the log; a reply follows, now or after it is applied.
    ///
    /// - Parameter needsReply: false if whoever proposes sees by the effects that it was applied:
    ///   then it is only told if the command comes to nothing.
    public mutating func propose(
        _ command: Bytes, for requester: Requester, needsReply: Bool = true
    ) {
        queuedCommands.append(
            QueuedRequest(requester: requester, payload: command, needsReply: needsReply))
    }

    /// Takes a question; its answer sees everything acknowledged before now.
    public mutating func ask(_ query: Bytes, for requester: Requester) {
        queuedQueries.append(QueuedRequest(requester: requester, payload: query))
    }

    /// Sends what the turn has collected on its way.
    ///
    /// - Parameter clock: the wall clock as the group may believe it, for log time.
    mutating func endTurn(
        clock: WallTime, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        if !queuedCommands.isEmpty { proposeQueued(clock: clock, at: now, into: &directives) }
        if !queuedQueries.isEmpty { askQueued(at: now, into: &directives) }
    }

    private mutating func proposeQueued(
        clock: WallTime, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        var queued: [QueuedRequest] = []
        swap(&queued, &queuedCommands)
        let time = max(stamped, logTime, clock)
        let payloads = CommandEnvelope.wrap(queued.map(\.payload), at: time)
        switch raft.propose(payloads, at: now, into: &raftDirectives) {
        case .accepted(let firstIndex, let term):
            stamped = time
            for (offset, request) in queued.enumerated() {
                pending.append(
                    PendingProposals.Pending(
                        index: firstIndex.advanced(by: offset), term: term,
                        requester: request.requester, needsReply: request.needsReply))
            }
        case .refused(let refusal):
            for request in queued {
                directives.append(.reply(request.requester, ReplicaReply(refusal)))
            }
        }
        // The room is used again in the next turn.
        queued.removeAll(keepingCapacity: true)
        swap(&queued, &queuedCommands)
        translate(at: now, into: &directives)
    }

    private mutating func askQueued(
        at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        #if PLANTED_FAULTS
            if settings.plantedFault == .readAnsweredWithoutRound, isLeader {
                for query in queuedQueries {
                    directives.append(
                        .reply(query.requester, .done(machine.answer(query.payload))))
                }
                return queuedQueries.removeAll()
            }
        #endif
        // The lease is compared with a moment that was read after the questions, in the call that
        // takes the answers: whoever leads next has told nobody anything before.
        if let index = raft.leaseReadIndex(at: now), index <= applied {
            for query in queuedQueries {
                directives.append(.reply(query.requester, .done(machine.answer(query.payload))))
            }
            queuedQueries.removeAll(keepingCapacity: true)
            return
        }
        let batch = reads.add(queuedQueries)
        queuedQueries.removeAll(keepingCapacity: true)
        raft.requestRead(batch, at: now, into: &raftDirectives)
        translate(at: now, into: &directives)
    }

    // MARK: What happens to it

    mutating func receive(
        _ message: RaftMessage, from sender: RaftMember, to receiver: ReplicaID,
        at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        // The log on disk starts behind the snapshot already, this one does not yet: an entry
        // accepted now could fall between. Whatever is dropped here comes again.
        guard snapshots.arrival?.isRecorded != true || takesEntriesTooEarly else { return }
        raft.receive(
            message, from: sender, to: receiver, at: now, into: &raftDirectives)
        translate(at: now, into: &directives)
    }

    private var takesEntriesTooEarly: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .entriesTakenDuringInstallation
        #else
            false
        #endif
    }

    mutating func timeDidAdvance(
        to now: Instant, into directives: inout [ReplicaDirective]
    ) {
        giveUpLateTransfers(at: now)
        raft.timeDidAdvance(to: now, into: &raftDirectives)
        translate(at: now, into: &directives)
    }

    mutating func recordsDidPersist(
        _ awaited: AwaitedRecords, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        switch awaited {
        case .write(let token): raft.writeDidPersist(token, at: now, into: &raftDirectives)
        case .kept(let position): snapshotIsKept(position, at: now)
        case .arrived(let position): installArrival(position, at: now, into: &directives)
        }
        translate(at: now, into: &directives)
    }

    mutating func peerBecameUnreachable(
        _ node: NodeID, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        raft.peerBecameUnreachable(node, at: now, into: &raftDirectives)
        translate(at: now, into: &directives)
    }

    mutating func peerRefusedConnection(
        _ node: NodeID, at now: Instant, into directives: inout [ReplicaDirective]
    ) {
        raft.peerRefusedConnection(node, at: now, into: &raftDirectives)
        translate(at: now, into: &directives)
    }

    /// The effects since the last call, in log order.
    public mutating func takeEffects() -> [AppliedEffect<Machine.Effect>] {
        guard !effects.isEmpty else { return [] }
        let taken = zip(effectIndexes, effects).map { AppliedEffect(index: $0, effect: $1) }
        effects.removeAll(keepingCapacity: true)
        effectIndexes.removeAll(keepingCapacity: true)
        return taken
    }

    /// The same, for whom it does not matter which entries they are of.
    public mutating func takePlainEffects() -> [Machine.Effect] {
        guard !effects.isEmpty else { return [] }
        var taken: [Machine.Effect] = []
        swap(&taken, &effects)
        effectIndexes.removeAll(keepingCapacity: true)
        return taken
    }
}

/// Something that the machine wanted told, and the log index where it did.
public struct AppliedEffect<Effect: Sendable>: Sendable {
    public let index: LogIndex
    public let effect: Effect
}

/// What the disk still knows of a replica.
public struct ReplicaRecovery: Sendable {
    public var raft: RaftRecovery
    /// The body of the snapshot at `raft.snapshot`.
    public var snapshotBody: Bytes?

    public init(raft: RaftRecovery, snapshotBody: Bytes?) {
        self.raft = raft
        self.snapshotBody = snapshotBody
    }
}

extension ReplicaReply {
    init(_ refusal: ProposalRefusal) {
        switch refusal {
        case .notLeader(let leader): self = .notLeader(leader: leader)
        case .overloaded: self = .overloaded
        case .transferring(let target): self = .notLeader(leader: target)
        }
    }
}
