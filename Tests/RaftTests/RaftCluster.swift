import Raft
import Toolbox
import Vocabulary

/// Some instances, wired by a queue, with a disk each. Everything happens when the test says so.
struct RaftCluster {
    struct Link: Hashable {
        let from: NodeID
        let to: NodeID
    }

    enum Content {
        case message(RaftMessage)
        case snapshot(SnapshotPosition, digest: UInt64)
    }

    struct Envelope {
        let link: Link
        let content: Content
    }

    enum DiskOperation {
        case write(RaftWrite)
        case install(SnapshotPosition, digest: UInt64, from: NodeID)
    }

    struct Disk {
        var hardState = HardState.initial
        var snapshot: SnapshotPosition?
        var snapshotDigest: UInt64 = 0
        var entries: [LogEntry] = []

        mutating func perform(_ write: RaftWrite) {
            if let hardState = write.hardState { self.hardState = hardState }
            let start = (snapshot?.index ?? .zero).rawValue + 1
            for entry in write.entries where entry.index.rawValue >= start {
                let offset = Int(entry.index.rawValue - start)
                precondition(offset <= entries.count, "a hole before \(entry.index)")
                entries.removeLast(entries.count - offset)
                entries.append(entry)
            }
        }

        mutating func install(_ position: SnapshotPosition, digest: UInt64) {
            guard position.index > snapshot?.index ?? .zero else { return }
            let keeps = entries.contains { $0.index == position.index && $0.term == position.term }
            entries = keeps ? entries.filter { $0.index > position.index } : []
            snapshot = position
            snapshotDigest = digest
        }

        func holds(_ entry: LogEntry) -> Bool {
            if let snapshot, entry.index <= snapshot.index { return true }
            let offset = Int(entry.index.rawValue - (snapshot?.index ?? .zero).rawValue) - 1
            return offset < entries.count && entries[offset].term == entry.term
        }
    }

    struct Peer {
        let node: NodeID
        var instance: RaftInstance?
        var disk = Disk()
        var operations: [DiskOperation] = []
        /// Writes stay in the queue until the test lets them through.
        var isDiskHeld = false
        var applied = LogIndex.zero
        var digest: UInt64 = 0
        var ready: [RequestID] = []
        var refused: [RequestID] = []
    }

    var peers: [Peer]
    var wire: [Envelope] = []
    /// For look-up only.
    var cut: Set<Link> = []
    var now = ms(1_000)
    var ledger: Ledger
    /// Nil if nobody is going to read it.
    var transcript: [String]?
    let voters: VoterSet
    let settings: RaftSettings
    var seeds: SeededRandom
    #if PLANTED_FAULTS
        /// What every instance that starts from now on does wrong.
        var plantedFault: PlantedRaftFault?
    #endif

    init(_ count: Int, settings: RaftSettings = RaftSettings(), seed: UInt64 = 1) {
        voters = VoterSet((1...UInt16(count)).map(n))
        ledger = Ledger(quorum: voters.quorum)
        self.settings = settings
        seeds = SeededRandom(seed: seed)
        peers = voters.nodes.map { Peer(node: $0) }
        for place in peers.indices { start(place) }
    }

    // MARK: Processes

    mutating func start(_ place: Int) {
        let disk = peers[place].disk
        peers[place].instance = RaftInstance(
            identity: RaftIdentity(group: ReplicaGroupID(1), node: peers[place].node),
            voters: voters,
            recovery: RaftRecovery(
                hardState: disk.hardState, snapshot: disk.snapshot, entries: disk.entries),
            settings: settings, random: SeededRandom(seed: seeds.next()), now: now)
        #if PLANTED_FAULTS
            peers[place].instance?.plantedFault = plantedFault
        #endif
        peers[place].applied = disk.snapshot?.index ?? .zero
        peers[place].digest = disk.snapshotDigest
    }

    /// The process dies; of its unsynced writes the first `surviving` are on the disk all the same.
    mutating func crash(_ place: Int, surviving: Int = 0) {
        for operation in peers[place].operations.prefix(surviving) {
            switch operation {
            case .write(let write): peers[place].disk.perform(write)
            case .install(let position, let digest, _):
                peers[place].disk.install(position, digest: digest)
            }
        }
        let operations = peers[place].operations
        peers[place].operations = []
        peers[place].instance = nil
        ledger.forget(peers[place].node)
        for operation in operations {
            guard case .install(let position, _, let sender) = operation else { continue }
            let link = Link(from: sender, to: peers[place].node)
            snapshotDidEnd(link, position, succeeded: false)
        }
    }

    // MARK: Steps

    mutating func step(
        _ place: Int, _ body: (inout RaftInstance, Instant, inout [RaftDirective]) -> Void
    ) {
        guard var instance = peers[place].instance else { return }
        peers[place].instance = nil
        var directives: [RaftDirective] = []
        body(&instance, now, &directives)
        instance.checkInvariants()
        ledger.note(instance)
        peers[place].instance = instance
        for directive in directives { perform(directive, of: place) }
    }

    mutating func fire(_ place: Int) {
        if let deadline = peers[place].instance?.nextDeadline { now = max(now, deadline) }
        step(place) { $0.timeDidAdvance(to: $1, into: &$2) }
    }

    @discardableResult
    mutating func propose(_ place: Int, _ payloads: [Bytes]) -> ProposalOutcome {
        var outcome = ProposalOutcome.refused(.notLeader(leader: nil))
        step(place) { outcome = $0.propose(payloads, at: $1, into: &$2) }
        return outcome
    }

    mutating func read(_ place: Int, _ id: RequestID) {
        ledger.readDidBegin(id)
        step(place) { $0.requestRead(id, at: $1, into: &$2) }
    }

    /// Delivers the message at `position` of the queue, or loses it on a cut link.
    mutating func deliver(at position: Int, keeping: Bool = false) {
        let envelope = keeping ? wire[position] : wire.remove(at: position)
        let place = Int(envelope.link.to.rawValue) - 1
        let isLost = cut.contains(envelope.link) || peers[place].instance == nil
        note(envelope, isLost ? "   lost" : "")
        switch envelope.content {
        case .message(let message):
            if isLost { return }
            step(place) { $0.receive(message, from: envelope.link.from, at: $1, into: &$2) }
        case .snapshot(let position, let digest):
            if isLost {
                snapshotDidEnd(envelope.link, position, succeeded: false)
            } else {
                peers[place].operations.append(
                    .install(position, digest: digest, from: envelope.link.from))
            }
        }
    }

    mutating func lose(at position: Int) {
        let envelope = wire.remove(at: position)
        note(envelope, "   lost")
        if case .snapshot(let position, _) = envelope.content {
            snapshotDidEnd(envelope.link, position, succeeded: false)
        }
    }

    private mutating func snapshotDidEnd(
        _ link: Link, _ position: SnapshotPosition, succeeded: Bool
    ) {
        step(Int(link.from.rawValue) - 1) {
            $0.snapshotSendDidEnd(
                to: link.to, position: position, succeeded: succeeded, at: $1, into: &$2)
        }
    }

    /// The oldest operation in the disk's queue completes.
    mutating func sync(_ place: Int) {
        guard !peers[place].operations.isEmpty else { return }
        switch peers[place].operations.removeFirst() {
        case .write(let write):
            peers[place].disk.perform(write)
            step(place) { $0.writeDidPersist(write.token, at: $1, into: &$2) }
        case .install(let position, let digest, let sender):
            guard let commit = peers[place].instance?.commitIndex else { return }
            if position.index > commit {
                peers[place].disk.install(position, digest: digest)
                peers[place].applied = position.index
                peers[place].digest = digest
                ledger.check(digest: digest, at: position.index, on: peers[place].node)
                step(place) { _ = $0.installSnapshot(position, at: $1, into: &$2) }
            }
            step(Int(sender.rawValue) - 1) {
                $0.snapshotSendDidEnd(
                    to: n(UInt16(place + 1)), position: position, succeeded: true, at: $1,
                    into: &$2)
            }
        }
    }

    /// The machine of `place` saves its state and the log is cut, but for the last `keeping`.
    mutating func compact(_ place: Int, keeping: Int) {
        let applied = peers[place].applied
        guard let term = peers[place].instance?.term(at: applied), applied > .zero,
            peers[place].operations.isEmpty
        else { return }
        let position = SnapshotPosition(index: applied, term: term)
        peers[place].disk.install(position, digest: peers[place].digest)
        step(place) {
            $0.snapshotDidSave(position, at: $1, into: &$2)
            $0.compact(through: $0.compactionIndex(keeping: keeping))
        }
    }

    // MARK: Directives

    private mutating func perform(_ directive: RaftDirective, of place: Int) {
        let node = peers[place].node
        switch directive {
        case .persist(let write):
            peers[place].operations.append(.write(write))
            note(write, by: node)
        case .send(let message, let receiver):
            wire.append(
                Envelope(link: Link(from: node, to: receiver), content: .message(message)))
        case .apply(let entries):
            for entry in entries { apply(entry, on: place) }
            note { "\(node) applies \(list(entries.map(\.index)))" }
        case .readReady(let reads, let index):
            peers[place].ready += reads
            for read in reads { ledger.readIsReady(read, at: index) }
            note { "\(node) may answer \(list(reads)) at \(index)" }
        case .readRefused(let reads):
            peers[place].refused += reads
            note { "\(node) refuses \(list(reads))" }
        case .sendSnapshot(let receiver):
            sendSnapshot(from: place, to: receiver)
        case .observe(let observation):
            note { "\(node) \(describe(observation))" }
            if case .becameLeader(let term) = observation, let instance = peers[place].instance {
                ledger.note(leader: instance, of: term)
            }
        }
    }

    private mutating func apply(_ entry: LogEntry, on place: Int) {
        if entry.index != peers[place].applied.next {
            ledger.violations.append(
                "\(peers[place].node) applies \(entry.index) after \(peers[place].applied)")
        }
        peers[place].applied = entry.index
        peers[place].digest = Ledger.digest(peers[place].digest, entry)
        let copies = peers.filter { $0.disk.holds(entry) }.count
        ledger.note(applied: entry, durableCopies: copies)
        ledger.check(digest: peers[place].digest, at: entry.index, on: peers[place].node)
    }

    private mutating func sendSnapshot(from place: Int, to receiver: NodeID) {
        let link = Link(from: peers[place].node, to: receiver)
        guard let position = peers[place].disk.snapshot else {
            ledger.violations.append("\(peers[place].node) has no snapshot to send")
            return
        }
        wire.append(
            Envelope(
                link: link,
                content: .snapshot(position, digest: peers[place].disk.snapshotDigest)))
    }
}
