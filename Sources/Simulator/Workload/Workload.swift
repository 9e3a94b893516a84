import ChatWire
import ClientCore
import HTTPWire
import Toolbox
import Vocabulary
import VirtualWorld

/// All clients of a run, what they do, and what they were told.
struct Workload: Sendable {
    var clients: [SimulatedClient]
    var history = History()
    /// Users that have registered, by client.
    var users: [UserID?]
    private let meanInterval: Int64
    let memberPercent: Int
    /// What is refused although it must not be.
    var violations: [Violation] = []

    /// An attempt that takes longer is given up and tried at another node.
    static let answerTimeout = 6 * Nanoseconds.second

    init(plan: SimulationPlan, chance: Chance) {
        meanInterval = plan.operationIntervalMilliseconds * Nanoseconds.millisecond
        memberPercent = plan.memberPercent
        users = Array(repeating: nil, count: plan.clients)
        clients = (0..<plan.clients).map { index in
            var random = chance.stream(.client, member: index)
            let skew = random.within(-50_000...50_000 as ClosedRange<Int64>)
            let clock = VirtualClock(
                monotonicOffset: random.within(1...1_000 as ClosedRange<Int64>) * 1_000_000_000,
                wallOffsetMilliseconds: skew)
            return SimulatedClient(index: index, clock: clock, random: random)
        }
    }

    /// Every live connection has shown all that it knows to exist.
    var hasCaughtUp: Bool { clients.allSatisfy { $0.session?.isCaughtUp ?? true } }

    /// For people: who still waits for what.
    var unfinished: String {
        clients.filter { !$0.isIdle }.map { client in
            let errand = client.attempt.map { "\($0.errand.route), attempt \($0.attemptsCount)" }
            return "client\(client.index + 1) waits for \(errand ?? "nothing"),"
                + " \(client.waitingSends.count) sends; "
        }.joined()
    }

    /// Everybody has been answered.
    var isIdle: Bool { clients.allSatisfy(\.isIdle) }

    mutating func begin(_ cluster: inout SimulatedCluster) {
        for index in clients.indices {
            clients[index].nextOperation = cluster.now.advanced(
                by: clients[index].random.within(0...1_000 as ClosedRange<Int64>)
                    * Nanoseconds.millisecond)
            wake(index, at: clients[index].nextOperation, &cluster)
        }
    }

    /// From now on nobody begins anything new.
    mutating func rest() {
        for index in clients.indices { clients[index].isResting = true }
    }

    mutating func wake(_ client: Int, at time: WorldTime, _ cluster: inout SimulatedCluster) {
        if let wakesAt = clients[client].wakesAt, wakesAt <= time { return }
        clients[client].wakesAt = time
        cluster.events.schedule(.client(client), at: time)
    }

    /// A client's own time has come.
    mutating func run(_ client: Int, _ cluster: inout SimulatedCluster) {
        guard clients[client].wakesAt == cluster.now else { return }
        clients[client].wakesAt = nil
        runSession(client, &cluster)
        runErrands(client, &cluster)
        if cluster.now >= clients[client].nextOperation, !clients[client].isResting {
            let pause = 1 + clients[client].random.delay(around: meanInterval)
            clients[client].nextOperation = cluster.now.advanced(by: pause)
            beginOperation(client, &cluster)
            runErrands(client, &cluster)
        }
        scheduleWake(client, &cluster)
    }

    private mutating func scheduleWake(_ client: Int, _ cluster: inout SimulatedCluster) {
        let soonest = cluster.now.advanced(by: 10 * Nanoseconds.microsecond)
        if !clients[client].isResting {
            wake(client, at: max(soonest, clients[client].nextOperation), &cluster)
        }
        if let attempt = clients[client].attempt {
            wake(client, at: max(soonest, attempt.nextTime), &cluster)
        }
        if let deadline = clients[client].session?.nextDeadline {
            let time = clients[client].clock.worldTime(reaching: deadline, notBefore: soonest)
            wake(client, at: time, &cluster)
        }
    }

    /// Takes what the network has for clients.
    mutating func takeDeliveries(_ cluster: inout SimulatedCluster) {
        while !cluster.clientDeliveries.isEmpty {
            let deliveries = cluster.clientDeliveries
            cluster.clientDeliveries.removeAll(keepingCapacity: true)
            for delivery in deliveries {
                guard case .client(let client) = delivery.endpoint.place else { continue }
                switch ClientChannel(rawValue: delivery.endpoint.life) {
                case .session: deliverToSession(delivery, client, &cluster)
                case .errand: deliverToErrand(delivery, client, &cluster)
                case nil: continue
                }
                scheduleWake(client, &cluster)
            }
        }
    }
}

/// Connections of a client are of two kinds; what stands for a process's life at an endpoint tells
/// them apart, for each kind counts its connections by itself.
enum ClientChannel: UInt32, Sendable {
    case session = 1
    case errand = 2

    func endpoint(_ client: Int, _ connection: ConnectionID) -> Endpoint {
        Endpoint(place: .client(client), life: rawValue, connection: connection)
    }
}

extension ErrandAttempt {
    var nextTime: WorldTime {
        if case .waiting(let until) = state { until } else { deadline }
    }
}
