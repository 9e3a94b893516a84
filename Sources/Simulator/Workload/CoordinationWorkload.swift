import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// All clients of the coordination service in a run, and what each does when: connecting, keeping
/// its session alive, moving to another node, sleeping through its time-out.
struct CoordinationWorkload: Sendable {
    var clients: [CoordinationClient]
    var counts = CoordinationCounters()
    private let meanInterval: Int64

    static let dialPatience = 1_500 * Nanoseconds.millisecond
    static let greetingPatience = 3 * Nanoseconds.second

    init(plan: SimulationPlan, chance: Chance) {
        meanInterval = plan.operationIntervalMilliseconds * Nanoseconds.millisecond
        clients = (0..<plan.coordinationClients).map { index in
            CoordinationClient(
                index: index, place: plan.clients + index,
                random: chance.stream(.coordination, member: index + 1))
        }
    }

    /// Everybody has been answered.
    var isIdle: Bool { clients.allSatisfy(\.isIdle) }

    /// For people: who still waits for what.
    var unfinished: String {
        clients.filter { !$0.isIdle }.map { client in
            "coordinator \(client.index + 1): \(client.stage), waits for \(client.sent.count)"
                + " answers, \(client.errands.count) errands; "
        }.joined()
    }

    mutating func begin(_ cluster: inout SimulatedCluster) {
        for index in clients.indices {
            let delay = clients[index].random.within(1...1_000 as ClosedRange<Int64>)
            let time = cluster.now.advanced(by: delay * Nanoseconds.millisecond)
            clients[index].stage = .away(until: time)
            wake(index, at: time, &cluster)
        }
    }

    /// From now on nobody begins anything new, and nobody sleeps.
    mutating func rest(_ cluster: inout SimulatedCluster) {
        for index in clients.indices {
            clients[index].isResting = true
            clients[index].sleepsUntil = cluster.now
            wake(index, at: cluster.now.advanced(by: 1), &cluster)
        }
    }

    /// Everybody closes its session.
    mutating func leave(_ cluster: inout SimulatedCluster) {
        for index in clients.indices {
            clients[index].isLeaving = true
            wake(index, at: cluster.now.advanced(by: 1), &cluster)
        }
    }

    mutating func wake(_ client: Int, at time: WorldTime, _ cluster: inout SimulatedCluster) {
        if let wakesAt = clients[client].wakesAt, wakesAt <= time, wakesAt >= cluster.now {
            return
        }
        clients[client].wakesAt = time
        cluster.events.schedule(.coordinationClient(client), at: time)
    }

    /// A client's own time has come.
    mutating func run(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard clients[client].wakesAt == cluster.now else { return }
        clients[client].wakesAt = nil
        if clients[client].sleepsUntil > cluster.now {
            return wake(client, at: clients[client].sleepsUntil, &cluster)
        }
        readWhatWaits(client, &cluster)
        let now = cluster.now
        switch clients[client].stage {
        case .away(let until): if until <= now { dial(client, &cluster) }
        case .dialling(let until), .greeting(let until):
            if until <= now { disconnect(client, &cluster) }
        case .open: keepOpen(client, &cluster)
        case .gone: return
        }
        scheduleWake(client, &cluster)
    }

    private mutating func keepOpen(_ client: Int, _ cluster: inout SimulatedCluster) {
        let now = cluster.now
        let timeout = clients[client].timeout
        if clients[client].heardAt.advanced(by: timeout / 3 * 2) <= now {
            return disconnect(client, &cluster)
        }
        if clients[client].spokeAt.advanced(by: timeout / 3) <= now {
            say(.ping, as: .ping, client, &cluster)
        }
        sendErrands(client, &cluster)
        guard !clients[client].isResting, clients[client].nextOperation <= now else { return }
        let pause = 1 + clients[client].random.delay(around: meanInterval)
        clients[client].nextOperation = now.advanced(by: pause)
        beginOperation(client, &cluster)
    }

    /// What was put off until there is a session; the farewell is the last of all.
    mutating func sendErrands(_ client: Int, _ cluster: inout SimulatedCluster) {
        let errands = clients[client].errands
        clients[client].errands = []
        for errand in errands { ask(errand, client, &cluster) }
        if clients[client].isLeaving, clients[client].sent.isEmpty {
            ask(.closeSession, client, &cluster)
        }
    }

    func scheduleTimes(_ client: CoordinationClient) -> WorldTime? {
        switch client.stage {
        case .away(let until), .dialling(let until), .greeting(let until): return until
        case .gone: return nil
        case .open:
            let silence = client.heardAt.advanced(by: client.timeout / 3 * 2)
            let next = min(silence, client.spokeAt.advanced(by: client.timeout / 3))
            return client.isResting ? next : min(next, client.nextOperation)
        }
    }

    mutating func scheduleWake(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard let time = scheduleTimes(clients[client]) else { return }
        let soonest = cluster.now.advanced(by: 10 * Nanoseconds.microsecond)
        wake(client, at: max(time, soonest), &cluster)
    }

    // MARK: Connections

    private mutating func dial(_ client: Int, _ cluster: inout SimulatedCluster) {
        let node = clients[client].random.below(cluster.nodes.count)
        let connection = clients[client].nextConnection()
        clients[client].connection = connection
        clients[client].decoder = ZooKeeperReplyDecoder()
        clients[client].stage = .dialling(until: cluster.now.advanced(by: Self.dialPatience))
        cluster.network.dial(
            from: clients[client].endpoint(of: .session, connection), to: node,
            port: .coordination, at: cluster.now, into: &cluster.events)
    }

    /// Shows which session the connection is for, by its number and password.
    func greet(_ client: Int, _ cluster: inout SimulatedCluster) {
        let state = clients[client]
        var writer = ByteWriter(reserving: 64)
        writer.write(
            connect: ConnectRequest(
                lastZxidSeen: state.order.lastZxid,
                timeoutMilliseconds: state.session?.timeoutMilliseconds
                    ?? [600, 1_000, 2_000, 4_000][state.index % 4],
                session: state.session?.session ?? .none,
                password: state.session?.password ?? ConnectResponse.noPassword))
        cluster.sendFromClient(
            writer.take(), state.endpoint(of: .session, state.connection))
    }

    /// The client gives its connection up: what was asked is answered by nobody.
    mutating func disconnect(_ client: Int, _ cluster: inout SimulatedCluster) {
        cluster.network.close(
            clients[client].endpoint(of: .session, clients[client].connection), at: cluster.now,
            into: &cluster.events)
        lose(client, &cluster)
    }

    /// The connection is gone.
    mutating func lose(_ client: Int, _ cluster: inout SimulatedCluster) {
        clients[client].sent = FirstInFirstOut()
        let pause = clients[client].random.within(1...300 as ClosedRange<Int64>)
        clients[client].stage = .away(
            until: cluster.now.advanced(by: pause * Nanoseconds.millisecond))
        scheduleWake(client, &cluster)
    }

    // MARK: Speaking

    /// Asks, behind whatever else has been asked.
    mutating func ask(
        _ request: ZooKeeperRequest, _ client: Int, _ cluster: inout SimulatedCluster
    ) {
        let isLocal = request.operation == .setWatches
        let xid = isLocal ? Xid.setWatches : clients[client].nextXid()
        clients[client].sent.append(
            CoordinationRequestSent(
                xid: xid, request: request, floor: isLocal ? .zero : cluster.coordination.told))
        say(request, as: xid, client, &cluster)
    }

    private mutating func say(
        _ request: ZooKeeperRequest, as xid: Xid, _ client: Int,
        _ cluster: inout SimulatedCluster
    ) {
        clients[client].spokeAt = cluster.now
        var writer = ByteWriter(reserving: 128)
        writer.write(request: RequestFrame(request, xid: xid))
        cluster.sendFromClient(
            writer.take(), clients[client].endpoint(of: .session, clients[client].connection))
    }
}
