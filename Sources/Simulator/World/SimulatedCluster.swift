import ClusterNode
import CoordinationService
import LogStorage
import PeerWire
import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// A cluster on one thread: the nodes' own code, and everything around it made up.
///
/// What happens next is what stands first in `events`; who asks twice with the same seed sees the
/// same twice.
public struct SimulatedCluster: Sendable {
    let plans: [NodePlan]
    var now = WorldTime.start
    var events = EventQueue<WorldEvent>()
    var nodes: [SimulatedNode]
    var network: VirtualNetwork
    var transcript: Transcript
    var violations: [Violation] = []
    /// Reused from turn to turn.
    private var directives: [NodeDirective] = []
    var deliveries: [Delivery] = []
    /// What the network has for clients; the workload takes it.
    var clientDeliveries: [Delivery] = []
    /// What it has for clients of the coordination service, whose places are behind those.
    var coordinationDeliveries: [Delivery] = []
    let plan: SimulationPlan
    var coordination: CoordinationChecker
    var ring: RingChecker
    var raft: RaftChecker
    /// Something was committed since the platters were looked at.
    var hasNewCommits = false
    var diskRandom: SeededRandom
    /// Nanoseconds of a sync on average, without faults.
    let syncMean: Int64
    var processRandom: SeededRandom
    private let chance: Chance
    var traps: [Trap] = []
    var configurations = SortedMap<ReplicaGroupID, CommittedMembers>()
    /// Numbers the connections of operators.
    var operatorsCount: UInt64 = 0
    var membersRestUntil = WorldTime.start
    /// Whom a trap cuts off; the nemesis does it.
    var cutOff: Int?
    /// How far all wall clocks are ahead of where they would be.
    var wallOffsetMilliseconds: Int64 = 0

    /// How many turns without any event a process may take within a hundredth of a second.
    private static let idleTurnsMaximum = 2_000

    init(plans: [NodePlan], plan: SimulationPlan, chance: Chance, detail: Transcript.Detail) {
        self.plans = plans
        self.plan = plan
        ring = RingChecker(nodes: plans.count)
        coordination = CoordinationChecker(
            nodes: plans.count, isWanted: plan.coordinationClients > 0,
            settings: plans[0].settings)
        self.chance = chance
        var clockRandom = chance.stream(.clock)
        diskRandom = chance.stream(.disk)
        let syncMean =
            diskRandom.choice(of: [200, 500, 2_000, 8_000]) * Nanoseconds.microsecond
        self.syncMean = syncMean
        nodes = plans.indices.map { index in
            let offset = clockRandom.within(1...1_000 as ClosedRange<Int64>) * Nanoseconds.second
            let drift = clockRandom.within(-100...100 as ClosedRange<Int64>)
            return SimulatedNode(
                index: index,
                clock: VirtualClock(
                    monotonicOffset: offset, driftPartsPerMillion: drift,
                    wallOffsetMilliseconds: clockRandom.within(-20...20 as ClosedRange<Int64>)),
                syncMean: syncMean)
        }
        network = VirtualNetwork(
            nodes: plans.count, clients: plan.clients + plan.coordinationClients,
            condition: LinkCondition(),
            random: chance.stream(.network))
        processRandom = chance.stream(.process)
        transcript = Transcript(detail: detail)
        raft = RaftChecker(nodes: plans.count)
    }

    // MARK: Events

    /// Something that is due for a node or the network.
    mutating func handle(_ event: WorldEvent) {
        switch event {
        case .network(let event):
            network.handle(event, at: now, into: &events, deliveries: &deliveries)
            passOn()
        case .turn(let node, let life): turn(node, life)
        case .disk(let node, let life, let lane): diskDone(node, life, lane)
        case .work(let node, let life, let id, let result):
            guard nodes[node].life == life else { return }
            tell(node, .workCompleted(id, result))
        case .start(let node): start(node)
        case .client, .coordinationClient, .nemesis, .relief, .sweep:
            unreachable("\(event) is not for the cluster")
        }
    }

    /// Puts an event before a node's process and lets it run soon.
    func canHear(_ node: Int, _ life: UInt32) -> Bool {
        nodes[node].life == life && nodes[node].isUp
    }

    mutating func tell(_ node: Int, _ event: NodeEvent) {
        guard nodes[node].isUp else { return }
        nodes[node].inbox.append(event)
        guard nodes[node].status == .running else { return }
        let soon = now.advanced(by: processRandom.delay(around: 20 * Nanoseconds.microsecond))
        scheduleTurn(node, at: soon)
    }

    mutating func scheduleTurn(_ node: Int, at time: WorldTime) {
        if let turnAt = nodes[node].turnAt, turnAt <= time { return }
        nodes[node].turnAt = time
        events.schedule(.turn(node: node, life: nodes[node].life), at: time)
    }

    /// What the network delivered goes to the processes.
    mutating func passOn() {
        guard !deliveries.isEmpty else { return }
        let batch = deliveries
        deliveries.removeAll(keepingCapacity: true)
        for delivery in batch {
            switch delivery.endpoint.place {
            case .client(let client):
                if client < plan.clients {
                    clientDeliveries.append(delivery)
                } else {
                    coordinationDeliveries.append(delivery)
                }
            case .node(let node):
                guard canHear(node, delivery.endpoint.life) else { continue }
                listen(to: delivery, on: node)
                if let event = event(of: delivery, port: delivery.port) { tell(node, event) }
            }
        }
    }

    private func event(of delivery: Delivery, port: VirtualPort) -> NodeEvent? {
        let connection = delivery.endpoint.connection
        switch (port, delivery.what) {
        case (.chat, .accepted): return .clientConnected(connection, .chat)
        case (.coordination, .accepted):
            let place = network.otherPlace(than: delivery.endpoint)
            return .coordinationClientConnected(
                connection, address: Bytes("\(place.map { "\($0)" } ?? "nobody"):2181"))
        case (.chat, .received(let bytes)), (.coordination, .received(let bytes)):
            return .clientReceived(connection, bytes)
        case (.chat, .closed), (.coordination, .closed): return .clientClosed(connection)
        case (.chat, .backlog(let bytes)), (.coordination, .backlog(let bytes)):
            return .clientBacklog(connection, bytes: bytes)
        case (.chat, .connected), (.chat, .failed), (.coordination, .connected),
            (.coordination, .failed):
            return nil
        case (.peer, .accepted): return .peerAccepted(connection)
        case (.peer, .connected): return .peerDialled(connection)
        case (.peer, .failed(let refused)): return .peerDialFailed(connection, wasRefused: refused)
        case (.peer, .received(let bytes)): return .peerReceived(connection, bytes)
        case (.peer, .closed): return .peerClosed(connection)
        case (.peer, .backlog): return nil
        }
    }

    /// One stream breaks in the middle.
    mutating func breakConnection(_ number: Int) {
        network.breakConnection(number, at: now, into: &events, deliveries: &deliveries)
        passOn()
    }

    // MARK: Turns

    private mutating func turn(_ node: Int, _ life: UInt32) {
        guard nodes[node].life == life, nodes[node].turnAt == now else { return }
        nodes[node].turnAt = nil
        guard nodes[node].status == .running else { return }
        noticeSpinning(node)
        let moment = nodes[node].clock.moment(at: now)
        var output = directives
        directives = []
        var inbox: [NodeEvent] = []
        swap(&inbox, &nodes[node].inbox)
        transcript.mix(UInt64(bitPattern: now.nanoseconds), UInt64(node << 32 | inbox.count))
        nodes[node].takeTurn(inbox, at: moment, into: &output)
        observe(node)
        inbox.removeAll(keepingCapacity: true)
        if nodes[node].inbox.isEmpty { nodes[node].inbox = inbox }
        perform(output, node)
        checkBrokenDisk(node)
        output.removeAll(keepingCapacity: true)
        directives = output
        awaitDeadline(node)
    }

    private mutating func awaitDeadline(_ node: Int) {
        guard let deadline = nodes[node].nextDeadline else { return }
        let time = nodes[node].clock.worldTime(
            reaching: deadline, notBefore: now.advanced(by: 10 * Nanoseconds.microsecond))
        scheduleTurn(node, at: time)
    }

    /// A node that asks for turn after turn and does nothing burns a processor for ever.
    private mutating func noticeSpinning(_ node: Int) {
        guard nodes[node].inbox.isEmpty else {
            nodes[node].idleTurns = 0
            return
        }
        if nodes[node].idleTurns == 0 { nodes[node].idleSince = now }
        nodes[node].idleTurns += 1
        guard nodes[node].idleTurns > Self.idleTurnsMaximum else { return }
        let span = now.nanoseconds - nodes[node].idleSince.nanoseconds
        if span < Int64(Self.idleTurnsMaximum) * 50 * Nanoseconds.microsecond {
            violations.append(
                Violation(
                    "NodeRests",
                    "n\(node + 1) took \(nodes[node].idleTurns) idle turns up to"
                        + " \(nodes[node].clock.monotonic(at: now)): "
                        + (nodes[node].process.first?.deadlines ?? "")))
        }
        nodes[node].idleTurns = 0
    }

    mutating func perform(_ directives: [NodeDirective], _ node: Int) {
        let life = nodes[node].life
        for directive in directives {
            perform(directive, node)
            // The process may have ended in the middle of what it wanted done.
            guard nodes[node].life == life, nodes[node].isUp else { break }
        }
        passOn()
    }

    private mutating func perform(_ directive: NodeDirective, _ node: Int) {
        switch directive {
        case .sendToClient(let connection, let bytes): send(bytes, node, connection)
        case .sendToPeer(let connection, let bytes):
            send(bytes, node, connection)
            watch(bytes, from: node, over: connection)
        case .closeClient(let connection), .closePeer(let connection):
            network.close(endpoint(node, connection), at: now, into: &events)
        case .pauseClient(let connection):
            network.setReading(endpoint(node, connection), false)
        case .resumeClient(let connection):
            network.setReading(endpoint(node, connection), true)
        case .dial(let connection, let peer, let channel):
            network.dial(
                from: endpoint(node, connection), to: Int(peer.rawValue) - 1,
                port: .peer(channel), at: now, into: &events)
        case .storage(let lane, let list): enqueue(list, lane, node)
        case .work(let id, let request):
            let delay = processRandom.delay(around: 5 * Nanoseconds.millisecond)
            events.schedule(
                .work(node: node, life: nodes[node].life, id, SimulatedWorker.result(of: request)),
                at: now.advanced(by: delay))
        case .observe(let observation):
            transcript.note(now, "n\(node + 1) \(observation)")
            if case .raft(_, .becameLeader) = observation { springLeaderTrap(node) }
        case .halt(let reason): halted(node, reason)
        case .finished: end(node, by: .exit)
        }
    }

    private mutating func send(_ bytes: Bytes, _ node: Int, _ connection: ConnectionID) {
        transcript.mix(XXH64.hash(bytes), connection.rawValue)
        network.send(
            bytes, from: endpoint(node, connection), at: now, into: &events,
            deliveries: &deliveries)
    }

    func endpoint(_ node: Int, _ connection: ConnectionID) -> Endpoint {
        Endpoint(place: .node(node), life: nodes[node].life, connection: connection)
    }

    /// After a failed sync nothing that the process says can be trusted: it must not say anything.
    private mutating func checkBrokenDisk(_ node: Int) {
        guard nodes[node].isDiskBroken, nodes[node].isUp, !nodes[node].willHearOfDisk else {
            return
        }
        violations.append(
            Violation("FailedSyncEndsProcess", "n\(node + 1) goes on after a failed sync"))
    }

    private mutating func halted(_ node: Int, _ reason: String) {
        transcript.note(now, "n\(node + 1) halts: \(reason)")
        if !nodes[node].isDiskBroken {
            violations.append(Violation("NodeHalts", "n\(node + 1) without cause: \(reason)"))
        }
        end(node, by: .exit)
    }
}
