import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// The hosts of one replicated log on one thread: Raft's own code, and everything around it made
/// up.
///
/// What happens next is what stands first in `events`.
struct RaftWorld: Sendable {
    let layout: RaftLayout
    var now = WorldTime.start
    var events = EventQueue<RaftEvent>()
    var hosts: [RaftHost] = []
    var links: LinkTable
    var clients: ClientCrowd
    var laws: RaftLaws
    var transcript: Transcript
    var violations: [Violation] = []
    /// Reused from step to step.
    var directives: [RaftDirective] = []
    var finished: [DiskWrite] = []
    /// What was on the disks of copies that are gone. They count no more for what is to come, but
    /// what they acknowledged before was as durable as promised.
    var graves: [ReplicaID: ReplicaDisk.Platter] = [:]
    /// No operator changes members of which one was just lost: nobody may have noticed yet.
    var membersRestUntil: Int64 = 0
    var replicasCount = 0
    var changesCount = 0
    var leaseReadsCount = 0
    var traps: [RaftTrap] = []
    /// Who walked into a trap, and what becomes of it; the nemesis does it.
    var sprung: (host: Int, trap: RaftTrap)?

    var networkRandom: SeededRandom
    var diskRandom: SeededRandom
    var processRandom: SeededRandom
    var sweepRandom: SeededRandom
    private let chance: Chance
    let group = ReplicaGroupID(1)

    init(layout: RaftLayout, chance: Chance, detail: Transcript.Detail) {
        self.layout = layout
        self.chance = chance
        links = LinkTable(hosts: layout.hosts, delayMean: layout.delayMean)
        clients = ClientCrowd(layout: layout, random: chance.stream(.client))
        laws = RaftLaws(hosts: layout.hosts)
        transcript = Transcript(detail: detail)
        networkRandom = chance.stream(.network)
        diskRandom = chance.stream(.disk)
        processRandom = chance.stream(.process)
        sweepRandom = chance.stream(.node, member: 1_000)
        var clockRandom = chance.stream(.clock)
        let known = RaftConfiguration(
            voters: (1...layout.founders).map {
                RaftMember(node: NodeID(UInt16($0)), replica: ReplicaID(UInt64($0)))
            })
        for index in 0..<layout.hosts {
            let clock = VirtualClock(
                monotonicOffset: clockRandom.within(1...1_000 as ClosedRange<Int64>)
                    * Nanoseconds.second,
                driftPartsPerMillion: clockRandom.within(-500...500 as ClosedRange<Int64>))
            let isVoter = !layout.isFounded && index < layout.founders
            let disk = ReplicaDisk(
                syncMean: layout.syncMean, founded: isVoter ? known : .empty)
            let replica = newReplica()
            hosts.append(
                RaftHost(
                    index: index, clock: clock, disk: disk,
                    raft: newInstance(index, replica, disk.recovery, clock.monotonic(at: now)),
                    layout: layout))
        }
    }

    /// Names the next copy of the log. Small numbers in order of their making: a checker's index.
    mutating func newReplica() -> ReplicaID {
        replicasCount += 1
        return ReplicaID(UInt64(replicasCount))
    }

    func newInstance(
        _ host: Int, _ replica: ReplicaID, _ recovery: RaftRecovery, _ moment: Instant
    ) -> RaftInstance {
        let life = hosts.count > host ? Int(hosts[host].life) : 0
        let mayFound = hosts.count <= host || !hosts[host].wasRemoved
        var instance = RaftInstance(
            identity: RaftIdentity(
                group: group, member: RaftMember(node: NodeID(UInt16(host + 1)), replica: replica)),
            founders: mayFound ? (1...layout.founders).map { NodeID(UInt16($0)) } : [],
            recovery: recovery,
            settings: layout.settings,
            random: chance.stream(.node, member: host << 20 | life), now: moment)
        plant(in: &instance)
        return instance
    }

    private func plant(in instance: inout RaftInstance) {
        #if PLANTED_FAULTS
            instance.plantedFault = layout.planted.flatMap { PlantedRaftFault(rawValue: $0) }
        #endif
    }

    // MARK: Events

    mutating func handle(_ event: RaftEvent) {
        switch event {
        case .message(let envelope): deliver(envelope)
        case .wake(let host, let life): wake(host, life)
        case .synced(let host, let life): synced(host, life)
        case .parcel(let parcel): deliver(parcel)
        case .connectionLost(let host, let peer, let refused):
            loseConnection(host, peer, refused: refused)
        case .start(let host): start(host)
        case .request(let request, let host): take(request, host)
        case .answer, .client, .fault, .transfer, .relief, .sweep:
            unreachable("\(event) is not for the world")
        }
    }

    /// Whether the process takes an event now; if it stands still, the event waits.
    private mutating func takes(_ event: @autoclosure () -> RaftEvent, _ host: Int) -> Bool {
        switch hosts[host].status {
        case .running: return true
        case .paused:
            hosts[host].backlog.append(event())
            return false
        case .down: return false
        }
    }

    private mutating func deliver(_ envelope: RaftEnvelope) {
        let host = Int(envelope.to)
        guard envelope.toLife == 0 || envelope.toLife == hosts[host].life,
            takes(.message(envelope), host)
        else { return }
        if case .foundingQuestion = envelope.message, hosts[host].wasRemoved { return }
        // The log on disk goes on behind the snapshot already, the one in memory does not yet.
        guard hosts[host].arrival?.isRecorded != true else { return }
        transcript.mix(
            UInt64(bitPattern: now.nanoseconds),
            UInt64(envelope.from) << 32 | UInt64(envelope.to) << 24 | envelope.message.term.rawValue
        )
        let moment = hosts[host].clock.monotonic(at: now)
        let commit = hosts[host].raft.commitIndex
        hosts[host].raft.receive(
            envelope.message,
            from: RaftMember(
                node: NodeID(UInt16(envelope.from + 1)), replica: envelope.fromReplica),
            to: envelope.toReplica, at: moment, into: &directives)
        if hosts[host].raft.commitIndex != commit, hosts[host].raft.role != .leader {
            checkVerified(envelope.message, host, before: commit)
        }
        finishStep(host)
    }

    private mutating func wake(_ host: Int, _ life: UInt32) {
        guard hosts[host].life == life, hosts[host].wakeAt == now.nanoseconds else { return }
        guard hosts[host].status == .running else { return }
        hosts[host].wakeAt = nil
        transcript.mix(UInt64(bitPattern: now.nanoseconds), UInt64(host))
        let moment = hosts[host].clock.monotonic(at: now)
        if let deadline = hosts[host].raft.nextDeadline, deadline <= moment {
            hosts[host].raft.timeDidAdvance(to: moment, into: &directives)
        }
        finishStep(host)
    }

    /// After every call of a host's instance.
    mutating func finishStep(_ host: Int) {
        if !directives.isEmpty { carryOut(host) }
        // A copy that was removed for good is gone by now.
        guard hosts[host].isUp else { return }
        look(host)
        awaitDeadline(host)
    }

    /// A wake stands in the queue no later than the instance's deadline. Most deadlines are put off
    /// before they are reached; the wake then finds nothing due and is set anew.
    private mutating func awaitDeadline(_ host: Int) {
        guard let deadline = hosts[host].raft.nextDeadline else { return }
        let time = hosts[host].clock.worldTime(
            reaching: deadline, notBefore: now.advanced(by: 10 * Nanoseconds.microsecond))
        if let wakeAt = hosts[host].wakeAt, wakeAt <= time.nanoseconds { return }
        hosts[host].wakeAt = time.nanoseconds
        events.schedule(.wake(host: host, life: hosts[host].life), at: time)
    }

    // MARK: Directives

    private mutating func carryOut(_ host: Int) {
        var next = 0
        while next < directives.count, hosts[host].isUp {
            let directive = directives[next]
            next += 1
            switch directive {
            case .send(let message, let member): send(message, from: host, to: member)
            case .persist(let write): persist(write, host)
            case .apply(let entries): apply(entries, host)
            case .readReady(let reads, let index):
                for read in reads { hosts[host].waitingReads.append((index, read)) }
            case .readRefused(let reads):
                for read in reads { refuse(read, host) }
            case .sendSnapshot(let member): beginTransfer(from: host, to: member)
            case .observe(let observation): note(observation, host)
            }
        }
        directives.removeAll(keepingCapacity: true)
        guard hosts[host].isUp else { return }
        if !hosts[host].waitingReads.isEmpty { answerReads(host) }
        if hosts[host].entriesSinceSnapshot >= layout.snapshotEntries { keepSnapshot(host) }
    }

    private mutating func note(_ observation: RaftObservation, _ host: Int) {
        transcript.note(now, "n\(host + 1) \(observation)")
        switch observation {
        case .becameFollower:
            for peer in hosts[host].transfers.indices { hosts[host].transfers[peer] = nil }
        case .nonsense(let sender):
            violations.append(
                Violation("PeersMakeSense", "n\(host + 1) was told nonsense by \(sender)"))
        case .removedFromGroup:
            hosts[host].wasRemoved = true
            replaceReplica(host)
        case .configurationCommitted: changesCount += 1
        case .becamePreCandidate, .becameCandidate, .becameLeader, .truncated,
            .configurationChanged, .transferBegan, .transferEnded, .founded:
            break
        }
    }

    private mutating func apply(_ entries: [LogEntry], _ host: Int) {
        for entry in entries {
            hosts[host].machine.apply(entry, hash: RaftLaws.hash(of: entry))
            laws.note(
                digest: hosts[host].machine.digest, at: entry.index, of: host, into: &violations)
            if !hosts[host].pendingWrites.isEmpty { answerWrites(host, entry) }
        }
        hosts[host].entriesSinceSnapshot += entries.count
    }

    // MARK: Disks

    private mutating func persist(_ write: RaftWrite, _ host: Int) {
        let reign =
            hosts[host].raft.role == .leader
            ? RaftLaws.Reign(
                term: hosts[host].raft.term, commit: hosts[host].raft.commitIndex) : nil
        laws.note(write.entries, of: host, leading: reign, into: &violations)
        appendToDisk(.raft(write), host)
    }

    mutating func appendToDisk(_ write: DiskWrite, _ host: Int) {
        hosts[host].disk.append(write)
        beginSync(host)
    }

    private mutating func beginSync(_ host: Int) {
        guard hosts[host].disk.beginSync() else { return }
        let mean = hosts[host].disk.syncMean
        let time = now.advanced(by: 20 * Nanoseconds.microsecond + diskRandom.delay(around: mean))
        events.schedule(
            .synced(host: host, life: hosts[host].life),
            at: max(time, WorldTime(nanoseconds: hosts[host].disk.stalledUntil)))
    }

    private mutating func synced(_ host: Int, _ life: UInt32) {
        guard hosts[host].life == life, hosts[host].isUp else { return }
        if hosts[host].disk.stalledUntil > now.nanoseconds {
            return events.schedule(
                .synced(host: host, life: life),
                at: WorldTime(nanoseconds: hosts[host].disk.stalledUntil))
        }
        guard takes(.synced(host: host, life: life), host) else { return }
        transcript.mix(UInt64(bitPattern: now.nanoseconds), 0xD15C << 32 | UInt64(host))
        var done = finished
        finished = []
        hosts[host].disk.finishSync(into: &done)
        var token: WriteToken?
        for write in done {
            switch write {
            case .raft(let write): token = write.token
            case .kept(let saved): snapshotKept(saved, host)
            case .arrived(let saved, let sender): install(saved, from: sender, host)
            }
        }
        done.removeAll(keepingCapacity: true)
        finished = done
        if let token {
            let moment = hosts[host].clock.monotonic(at: now)
            hosts[host].raft.writeDidPersist(token, at: moment, into: &directives)
        }
        beginSync(host)
        finishStep(host)
    }
}
