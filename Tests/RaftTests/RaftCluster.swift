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
        case snapshot(SavedState)
    }

    struct Envelope {
        let from: RaftMember
        let to: RaftMember
        let content: Content

        var link: Link { Link(from: from.node, to: to.node) }
    }

    struct Peer {
        var member: RaftMember
        var instance: RaftInstance?
        var disk: Disk
        var operations: [DiskOperation] = []
        /// Writes stay in the queue until the test lets them through.
        var isDiskHeld = false
        var applied = LogIndex.zero
        var digest: UInt64 = 0
        var ready: [RequestID] = []
        var refused: [RequestID] = []
        var isRemoved = false

        var node: NodeID { member.node }
    }

    var peers: [Peer]
    var wire: [Envelope] = []
    /// For look-up only.
    var cut: Set<Link> = []
    var now = ms(1_000)
    var ledger = Ledger()
    /// Nil if nobody is going to read it.
    var transcript: [String]?
    /// Those that make the group in the beginning.
    let founders: [NodeID]
    let settings: RaftSettings
    var seeds: SeededRandom
    /// The copies that were lost, as they were.
    var graves: [(member: RaftMember, disk: Disk)] = []
    /// A wiped founder asks the others. When all of them are lost, and the group lives on
    /// elsewhere, nobody is left to tell: a driver must not let that happen.
    var foundsAgain = false
    private var lastReplica: UInt64 = 100
    #if PLANTED_FAULTS
        /// What every instance that starts from now on does wrong.
        var plantedFault: PlantedRaftFault?
    #endif

    /// - Parameters:
    ///   - count: nodes that are voters.
    ///   - spares: nodes after them that know of no group.
    ///   - unfounded: the voters have to find each other first.
    init(
        _ count: Int, spares: Int = 0, unfounded: Bool = false,
        settings: RaftSettings = RaftSettings(), seed: UInt64 = 1
    ) {
        let nodes = (1...UInt16(count)).map(n)
        let configuration = RaftConfiguration(voters: nodes.map { m($0) })
        founders = nodes
        self.settings = settings
        seeds = SeededRandom(seed: seed)
        peers = nodes.map {
            Peer(member: m($0), disk: Disk(configuration: unfounded ? .empty : configuration))
        }
        for spare in 0..<spares {
            peers.append(
                Peer(member: m(UInt16(count + spare + 1)), disk: Disk(configuration: .empty)))
        }
        for place in peers.indices { start(place) }
    }

    /// The members of the beginning.
    var nodes: [NodeID] { founders }

    // MARK: Processes

    mutating func start(_ place: Int) {
        let disk = peers[place].disk
        peers[place].instance = RaftInstance(
            identity: RaftIdentity(group: ReplicaGroupID(1), member: peers[place].member),
            founders: graves.isEmpty || foundsAgain ? founders : [],
            recovery: RaftRecovery(
                hardState: disk.hardState, snapshot: disk.snapshot?.position,
                configuration: disk.configuration, entries: disk.entries),
            settings: settings, random: SeededRandom(seed: seeds.next()), now: now)
        #if PLANTED_FAULTS
            peers[place].instance?.plantedFault = plantedFault
        #endif
        peers[place].applied = disk.snapshot?.position.index ?? .zero
        peers[place].digest = disk.snapshot?.digest ?? 0
    }

    /// The process dies; of its unsynced writes the first `surviving` are on the disk all the same.
    mutating func crash(_ place: Int, surviving: Int = 0) {
        for operation in peers[place].operations.prefix(surviving) {
            switch operation {
            case .write(let write): peers[place].disk.perform(write)
            case .install(let state, _): peers[place].disk.install(state)
            }
        }
        let operations = peers[place].operations
        peers[place].operations = []
        peers[place].instance = nil
        ledger.forget(peers[place].member, durable: peers[place].disk.hardState.term)
        // An order to stand dies with the process that it was sent to, as the connection does.
        let member = peers[place].member
        wire.removeAll {
            if case .message(.timeoutNow) = $0.content { return $0.to != member }
            return true
        }
        for operation in operations {
            guard case .install(let state, let sender) = operation else { continue }
            snapshotDidEnd(from: sender, to: peers[place].member, state, succeeded: false)
        }
    }

    /// The process dies, and with it all that its disk held: it comes back as another copy.
    mutating func wipe(_ place: Int) {
        crash(place)
        graves.append((peers[place].member, peers[place].disk))
        lastReplica += 1
        peers[place].member = m(peers[place].node.rawValue, lastReplica)
        peers[place].disk = Disk(configuration: .empty)
        peers[place].isRemoved = false
        let member = peers[place].member
        note { "\(member.node) comes back empty as \(member)" }
        start(place)
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
        checkLeases()
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

    @discardableResult
    mutating func change(_ place: Int, _ change: MembershipChange) -> MembershipOutcome {
        var outcome = MembershipOutcome.unchanged
        step(place) { outcome = $0.change(change, at: $1, into: &$2) }
        return outcome
    }

    @discardableResult
    mutating func transfer(_ place: Int, to other: Int) -> TransferOutcome {
        var outcome = TransferOutcome.refused(.notLeader(leader: nil))
        let node = peers[other].node
        step(place) { outcome = $0.transferLeadership(to: node, at: $1, into: &$2) }
        return outcome
    }

    mutating func read(_ place: Int, _ id: RequestID) {
        ledger.readDidBegin(id)
        step(place) { $0.requestRead(id, at: $1, into: &$2) }
    }

    /// Delivers the message at `position` of the queue, or loses it on a cut link.
    mutating func deliver(at position: Int, keeping: Bool = false) {
        let envelope = keeping ? wire[position] : wire.remove(at: position)
        let place = Int(envelope.to.node.rawValue) - 1
        let isLost =
            cut.contains(envelope.link) || place >= peers.count || peers[place].instance == nil
        note(envelope, isLost ? "   lost" : "")
        switch envelope.content {
        case .message(let message):
            if isLost { return }
            step(place) {
                $0.receive(
                    message, from: envelope.from, to: envelope.to.replica, at: $1, into: &$2)
            }
        case .snapshot(let state):
            if isLost || envelope.to != peers[place].member {
                snapshotDidEnd(from: envelope.from, to: envelope.to, state, succeeded: false)
            } else {
                peers[place].operations.append(.install(state, from: envelope.from))
            }
        }
    }

    mutating func lose(at position: Int) {
        let envelope = wire.remove(at: position)
        note(envelope, "   lost")
        if case .snapshot(let state) = envelope.content {
            snapshotDidEnd(from: envelope.from, to: envelope.to, state, succeeded: false)
        }
    }

    private mutating func snapshotDidEnd(
        from sender: RaftMember, to receiver: RaftMember, _ state: SavedState, succeeded: Bool
    ) {
        let place = Int(sender.node.rawValue) - 1
        guard peers[place].member == sender else { return }
        step(place) {
            $0.snapshotSendDidEnd(
                to: receiver, position: state.position, succeeded: succeeded, at: $1, into: &$2)
        }
    }

    /// The oldest operation in the disk's queue completes.
    mutating func sync(_ place: Int) {
        guard !peers[place].operations.isEmpty else { return }
        switch peers[place].operations.removeFirst() {
        case .write(let write):
            peers[place].disk.perform(write)
            step(place) { $0.writeDidPersist(write.token, at: $1, into: &$2) }
        case .install(let state, let sender):
            guard let commit = peers[place].instance?.commitIndex else { return }
            if state.position.index > commit {
                peers[place].disk.install(state)
                peers[place].applied = state.position.index
                peers[place].digest = state.digest
                ledger.check(digest: state.digest, at: state.position.index, on: peers[place].node)
                step(place) {
                    _ = $0.installSnapshot(
                        state.position, configuration: state.configuration, at: $1, into: &$2)
                }
                if let instance = peers[place].instance {
                    let index = state.position.index
                    ledger.check(installed: instance.configuration(at: index), at: index)
                }
            }
            snapshotDidEnd(from: sender, to: peers[place].member, state, succeeded: true)
        }
    }

    /// The machine of `place` saves its state and the log is cut, but for the last `keeping`.
    mutating func compact(_ place: Int, keeping: Int) {
        let applied = peers[place].applied
        guard let instance = peers[place].instance, let term = instance.term(at: applied),
            applied > .zero, peers[place].operations.isEmpty
        else { return }
        let state = SavedState(
            position: SnapshotPosition(index: applied, term: term), digest: peers[place].digest,
            configuration: instance.configuration(at: applied))
        peers[place].disk.install(state)
        step(place) {
            $0.snapshotDidSave(state.position, at: $1, into: &$2)
            $0.compact(through: $0.compactionIndex(keeping: keeping))
        }
    }
}
