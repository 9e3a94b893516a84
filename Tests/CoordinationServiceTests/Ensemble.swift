import Coordination
import CoordinationService
import ReplicatedState
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Nodes with real services and real machines, one log between them, and clients.
///
/// Nothing happens by itself: commands that were proposed wait for `commit`, entries for `apply`,
/// barriers for `answerBarriers`, touches for `deliverTouches`. `settle` does all of it until
/// nothing is left.
struct Ensemble {
    struct Node {
        var service: CoordinationServiceInstance
        var machine: CoordinationMachine
        var proposals: [(command: Bytes, stream: CoordinationStream)] = []
        var barriers: [CoordinationBarrier] = []
        var touches: [[CoordinationSessionID]] = []
        var observations: [CoordinationServiceObservation] = []
        var reconfigurations: [CoordinationReconfiguration] = []
        /// The leader that it believes in.
        var believed: Int?
        var appliedCount: Int { Int(machine.applied.index.rawValue) }
    }

    var nodes: [Node]
    var clients: [ScriptedClient] = []
    private(set) var log: [(command: Bytes, time: WallTime)] = []
    /// Sessions that the log expired, and when that was.
    private(set) var expired: [(session: CoordinationSessionID, at: Instant)] = []
    /// Sessions that a leader wanted expired.
    private(set) var judged: [CoordinationSessionID] = []
    private(set) var leader: Int?
    /// Nodes that do not run: what is sent to them waits.
    var stopped: Set<Int> = []
    private(set) var term: UInt64 = 0
    private(set) var nanoseconds: Int64 = 1_000_000_000
    private var slots: [ConnectionID: Int] = [:]

    static let secret: Bytes = "the cluster's secret"
    private static let wallStart: Int64 = 1_700_000_000_000

    init(
        nodes count: Int = 1,
        settings: CoordinationServiceSettings = CoordinationServiceSettings(),
        leads leader: Int? = 0
    ) {
        nodes = []
        for number in 0..<count {
            nodes.append(
                Node(
                    service: CoordinationServiceInstance(
                        node: NodeID(UInt16(number + 1)), incarnation: Incarnation(7),
                        secret: Self.secret, settings: settings,
                        at: Moment(
                            monotonic: Instant(nanoseconds: 1_000_000_000),
                            wall: WallTime(milliseconds: Self.wallStart))),
                    machine: CoordinationMachine(
                        group: ReplicaGroupID(0), limits: MachineLimits())))
        }
        if let leader { elect(leader) }
    }

    var moment: Moment {
        Moment(
            monotonic: Instant(nanoseconds: nanoseconds),
            wall: WallTime(milliseconds: Self.wallStart + nanoseconds / 1_000_000))
    }

    // MARK: What happens

    /// A new leader, of which `informed` (all, if nil) hear at once.
    mutating func elect(_ node: Int?, informing informed: [Int]? = nil) {
        leader = node
        if node != nil { term += 1 }
        for index in informed ?? Array(nodes.indices) { inform(index) }
    }

    /// A node hears who leads.
    mutating func inform(_ index: Int) {
        let known: CoordinationLeadership =
            switch leader {
            case nil: .unknown
            case .some(let leader) where leader == index: .own(Term(term))
            case .some(let leader): .other(NodeID(UInt16(leader + 1)), Term(term))
            }
        nodes[index].believed = leader
        let moment = moment
        on(index) { node, directives in
            node.service.leaderChanged(
                to: known, machine: node.machine, at: moment, into: &directives)
        }
    }

    /// A node applies the first entry of the leader's own term, and with it all that was saved.
    mutating func settleLeader(on index: Int) {
        let moment = moment
        on(index) { node, directives in
            node.service.leaderSettled(at: moment, into: &directives)
        }
    }

    /// Opens a socket; its number among `clients`.
    mutating func dial(
        _ node: Int = 0, from address: Bytes = "127.0.0.1:5000", isAsking: Bool = false,
        identities: [AccessIdentity] = []
    ) -> Int {
        let id = ConnectionID(UInt64(clients.count + 1))
        slots[id] = clients.count
        clients.append(ScriptedClient(id, node: node, isAsking: isAsking))
        let moment = moment
        on(node) { node, directives in
            node.service.connected(
                id, address: address, identities: identities, at: moment, into: &directives)
        }
        return clients.count - 1
    }

    mutating func deliver(_ bytes: Bytes, from client: Int) {
        let moment = moment
        let id = clients[client].connection
        on(clients[client].node) { node, directives in
            node.service.received(
                bytes, on: id, machine: node.machine, at: moment, into: &directives)
        }
    }

    @discardableResult
    mutating func send(_ request: ZooKeeperRequest, from client: Int) -> Xid {
        let (bytes, xid) = clients[client].frame(request)
        deliver(bytes, from: client)
        return xid
    }

    mutating func greet(_ request: ConnectRequest, from client: Int) {
        var writer = ByteWriter()
        writer.write(connect: request)
        deliver(writer.take(), from: client)
    }

    /// The socket breaks.
    mutating func cut(_ client: Int) {
        guard !clients[client].isClosed else { return }
        clients[client].close()
        nodes[clients[client].node].service.closed(clients[client].connection)
    }

    mutating func backlog(_ bytes: Int, of client: Int) {
        let moment = moment
        let id = clients[client].connection
        on(clients[client].node) { node, directives in
            node.service.backlogChanged(
                id, bytes: bytes, machine: node.machine, at: moment, into: &directives)
        }
    }

    /// A node's first `count` proposals reach the log.
    mutating func commit(_ count: Int = .max, from index: Int) {
        let taken = min(count, nodes[index].proposals.count)
        for proposal in nodes[index].proposals.prefix(taken) {
            // A leader's own commands are its own log's, or nobody's.
            if case .housekeeping(let known) = proposal.stream {
                guard index == leader, known.rawValue == term else { continue }
            }
            log.append((proposal.command, moment.wall))
            expired += Self.expiring(proposal.command).map { ($0, moment.monotonic) }
        }
        nodes[index].proposals.removeFirst(taken)
    }

    /// A node's proposals are lost, and it hears of it.
    mutating func loseProposals(from index: Int, why: CommandFailure = .unknown) {
        let lost = nodes[index].proposals
        nodes[index].proposals = []
        let moment = moment
        for proposal in lost {
            on(index) { node, directives in
                node.service.commandFailed(
                    proposal.stream, why: why, at: moment, into: &directives)
            }
        }
    }

    /// A node's copy applies the next `count` entries, in one batch.
    mutating func apply(_ count: Int = .max, on index: Int) {
        let start = nodes[index].appliedCount
        let end = min(log.count, count > log.count ? log.count : start + count)
        guard end > start else { return }
        var effects: [CoordinationEffect] = []
        for place in start..<end {
            _ = nodes[index].machine.apply(
                log[place].command,
                at: AppliedPosition(index: LogIndex(UInt64(place + 1)), time: log[place].time),
                into: &effects)
        }
        let moment = moment
        on(index) { node, directives in
            node.service.applied(
                effects, through: LogIndex(UInt64(end)), machine: node.machine, at: moment,
                into: &directives)
        }
    }

    /// The barriers that a node asked for; one that asks in vain hears so.
    mutating func answerBarriers(on index: Int) {
        let asked = nodes[index].barriers
        nodes[index].barriers = []
        let moment = moment
        let committed = LogIndex(UInt64(log.count))
        let isServed = leader != nil && nodes[index].believed == leader
        for barrier in asked {
            on(index) { node, directives in
                if isServed {
                    node.service.readReached(
                        barrier, at: committed, machine: node.machine, at: moment,
                        into: &directives)
                } else {
                    node.service.readFailed(barrier, at: moment, into: &directives)
                }
            }
        }
    }

    mutating func deliverTouches(from index: Int) {
        if let leader, stopped.contains(leader) { return }
        let touches = nodes[index].touches
        nodes[index].touches = []
        guard let leader, nodes[index].believed == leader else { return }
        let moment = moment
        for sessions in touches {
            on(leader) { node, directives in
                node.service.touched(sessions, at: moment, into: &directives)
            }
        }
    }

    mutating func endTurn(on index: Int) {
        on(index) { node, directives in node.service.endTurn(into: &directives) }
    }

    /// Moves the clock, and lets all nodes that run see it at their deadlines.
    mutating func advance(by duration: Duration) {
        let end = nanoseconds + duration.nanoseconds
        let running = nodes.indices.filter { !stopped.contains($0) }
        while nanoseconds < end {
            var next = end
            for index in running {
                if let deadline = nodes[index].service.nextDeadline {
                    next = min(next, max(deadline.nanoseconds, nanoseconds))
                }
            }
            nanoseconds = max(next, nanoseconds)
            tick(on: running)
            if next < end { nanoseconds = max(nanoseconds, next + 1) }
        }
    }

    mutating func moveClock(to end: Int64) { nanoseconds = max(nanoseconds, end) }

    mutating func tick(on running: [Int]) {
        let moment = moment
        for index in running {
            on(index) { node, directives in
                guard let deadline = node.service.nextDeadline, deadline <= moment.monotonic
                else { return }
                node.service.timeDidAdvance(
                    to: moment, machine: node.machine, into: &directives)
            }
            settle(index)
        }
    }

    /// Everything that waits happens, until nothing does.
    mutating func settle() {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            for index in nodes.indices where settle(index) { isQuiet = false }
        }
    }

    @discardableResult
    mutating func settle(_ index: Int) -> Bool {
        guard !stopped.contains(index) else { return false }
        endTurn(on: index)
        let isServed = leader != nil && nodes[index].believed == leader
        let isHeard = leader.map { !stopped.contains($0) } ?? true
        let hasTouches = isHeard && !nodes[index].touches.isEmpty
        let hasWork =
            !nodes[index].barriers.isEmpty || hasTouches
            || (isServed && !nodes[index].proposals.isEmpty)
            || (leader != nil && nodes[index].appliedCount < log.count)
        guard hasWork else { return false }
        if isServed { commit(from: index) }
        if leader != nil { apply(on: index) }
        answerBarriers(on: index)
        deliverTouches(from: index)
        endTurn(on: index)
        return true
    }

    // MARK: Directives

    mutating func on(
        _ index: Int, _ body: (inout Node, inout [CoordinationServiceDirective]) -> Void
    ) {
        var directives: [CoordinationServiceDirective] = []
        body(&nodes[index], &directives)
        for directive in directives { carryOut(directive, of: index) }
    }

    private mutating func carryOut(_ directive: CoordinationServiceDirective, of index: Int) {
        switch directive {
        case .send(let id, let bytes):
            guard let client = slots[id], !clients[client].isClosed else { return }
            do {
                try clients[client].receive(bytes)
            } catch {
                unreachable("a client cannot read what it was sent: \(error)")
            }
        case .close(let id):
            if let client = slots[id] { clients[client].close() }
        case .pause(let id): if let client = slots[id] { clients[client].setPaused(true) }
        case .resume(let id): if let client = slots[id] { clients[client].setPaused(false) }
        case .propose(let command, let stream):
            judged += Self.expiring(command)
            nodes[index].proposals.append((command, stream))
        case .readBarrier(let barrier): nodes[index].barriers.append(barrier)
        case .tellLeader(_, let sessions): nodes[index].touches.append(sessions)
        case .reconfigure(let change): nodes[index].reconfigurations.append(change)
        case .observe(let observation): nodes[index].observations.append(observation)
        case .word(let id, let word): answer(word, on: id, of: index)
        }
    }

    private mutating func answer(_ word: FourLetterWord, on id: ConnectionID, of index: Int) {
        var vitals = CoordinationVitals()
        vitals.mode = index == leader ? .leader : .follower
        vitals.environment = [("host.name", "here")]
        vitals.membership = ["server.1=here:2888:3888:participant;0.0.0.0:2181"]
        on(index) { node, directives in
            node.service.answer(
                word, on: id, vitals: vitals, machine: node.machine, into: &directives)
        }
    }

    private static func expiring(_ command: Bytes) -> [CoordinationSessionID] {
        do {
            guard
                case .expireSessions(let sessions, _) = try CoordinationCommand(decoding: command)
            else { return [] }
            return sessions.map(\.session)
        } catch {
            unreachable("a proposed command does not decode: \(error)")
        }
    }
}
