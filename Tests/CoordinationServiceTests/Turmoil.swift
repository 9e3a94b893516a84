import Coordination
import CoordinationService
import Toolbox
import Vocabulary
import ZooKeeperWire

/// A random history: clients that pipeline, lose their sockets and move; nodes that lag, leaders
/// that change and do not know it, strangers that try passwords; and what must hold all along.
struct Turmoil {
    private static let paths: [ZnodePath] = ["/a", "/b", "/c"]
    private static let timeoutMilliseconds: Int32 = 6_000

    private(set) var ensemble: Ensemble
    private var random: SeededRandom
    private var clients: [TurmoilClient]
    private var strangers: Set<ConnectionID> = []
    private var told = Zxid.zero
    /// A deposed leader that does not hear of it yet, and until when.
    private var deaf: (node: Int, until: Int64)?
    private var seenLog = 0
    private var seenExpiries = 0
    private var number = 0
    private(set) var violations: [String] = []

    init(seed: UInt64, nodes: Int = 3, prepare: (inout CoordinationServiceInstance) -> Void) {
        random = SeededRandom(seed: seed)
        ensemble = Ensemble(nodes: nodes)
        for index in ensemble.nodes.indices { prepare(&ensemble.nodes[index].service) }
        clients = Array(repeating: TurmoilClient(), count: 4)
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps where violations.isEmpty {
            try step()
            try listen()
        }
        if violations.isEmpty { try finish() }
    }

    private mutating func step() throws {
        let node = random.below(ensemble.nodes.count)
        switch random.below(100) {
        case 0..<34: ask(random.below(clients.count))
        case 34..<50: ensemble.commit(1 + random.below(3), from: node)
        case 50..<66: ensemble.apply(1 + random.below(4), on: node)
        case 66..<76: ensemble.answerBarriers(on: node)
        case 76..<86: ensemble.endTurn(on: node)
        case 86..<92: passTime()
        case 92..<94: reconnect(random.below(clients.count))
        case 94..<96: intrude(node)
        case 96: elect()
        default: if deaf?.node != node { ensemble.inform(node) }
        }
    }

    // MARK: Clients

    private mutating func ask(_ index: Int) {
        guard let connection = clients[index].connection,
            !ensemble.clients[connection].isClosed
        else { return reconnect(index) }
        guard clients[index].response != nil else { return }
        let path = Self.paths[random.below(Self.paths.count)]
        number += 1
        let data = Bytes("\(number)")
        let read = ReadRequest(path: path, setsWatch: random.chance(0.5))
        switch random.below(12) {
        case 0..<2: send(.create(CreateRequest(path: path, data: data, mode: .persistent)), index)
        case 2..<5: send(.setData(SetDataRequest(path: path, data: data)), index)
        case 5: send(.delete(DeleteRequest(path: path)), index)
        case 6..<8: send(.getData(read), index)
        case 8..<10: send(.exists(read), index)
        case 10: send(.sync(path), index)
        default:
            let own = ZnodePath(Bytes("/e\(number)"))
            send(.create(CreateRequest(path: own, data: nil, mode: .ephemeral)), index)
        }
    }

    private mutating func send(_ request: ZooKeeperRequest, _ index: Int) {
        guard let connection = clients[index].connection else { return }
        noteHeard(index)
        let xid = ensemble.send(request, from: connection)
        if request != .ping {
            clients[index].sent.append(
                TurmoilClient.Sent(
                    xid: xid, request: request, floor: request.isAnsweredFromTheTree ? told : .zero)
            )
        }
    }

    private mutating func noteHeard(_ index: Int) {
        guard let connection = clients[index].connection else { return }
        let node = ensemble.clients[connection].node
        guard ensemble.nodes[node].believed == ensemble.leader else { return }
        // Whose time was over may be expired, unless the log has attached it meanwhile.
        let silence = (ensemble.nanoseconds - clients[index].heardAt) / 1_000_000
        guard silence < Self.timeoutMilliseconds || ensemble.clients[connection].isOpen else {
            return
        }
        clients[index].heardAt = ensemble.nanoseconds
    }

    private mutating func reconnect(_ index: Int) {
        if let old = clients[index].connection { ensemble.cut(old) }
        let connection = ensemble.dial(random.below(ensemble.nodes.count))
        clients[index].connection = connection
        clients[index].sent = []
        ensemble.greet(
            ConnectRequest(
                lastZxidSeen: clients[index].lastZxid,
                timeoutMilliseconds: Self.timeoutMilliseconds,
                session: clients[index].response?.session ?? .none,
                password: clients[index].response?.password ?? ConnectResponse.noPassword),
            from: connection)
        noteHeard(index)
        if clients[index].response != nil { send(clients[index].setWatches, index) }
    }

    /// Somebody who knows a session's number, and not its password.
    private mutating func intrude(_ node: Int) {
        guard let session = clients[random.below(clients.count)].response?.session else { return }
        let stranger = ensemble.dial(node)
        strangers.insert(ensemble.clients[stranger].connection)
        ensemble.greet(
            ConnectRequest(
                timeoutMilliseconds: 4_000, session: session,
                password: Bytes([UInt8](repeating: 7, count: 16))),
            from: stranger)
    }

    // MARK: The world

    private mutating func passTime() {
        ensemble.moveClock(to: ensemble.nanoseconds + Int64(100 + random.below(400)) * 1_000_000)
        let moment = ensemble.moment
        for index in ensemble.nodes.indices {
            ensemble.on(index) { node, directives in
                node.service.timeDidAdvance(to: moment, machine: node.machine, into: &directives)
                node.service.endTurn(into: &directives)
            }
            ensemble.deliverTouches(from: index)
        }
        judgeExpiries()
        for index in clients.indices where clients[index].response != nil {
            guard let connection = clients[index].connection,
                !ensemble.clients[connection].isClosed
            else { continue }
            send(.ping, index)
        }
    }

    /// Another leader; some do not hear of it yet, the old one perhaps among them.
    private mutating func elect() {
        for index in ensemble.nodes.indices where random.chance(0.5) {
            ensemble.loseProposals(from: index)
        }
        let old = ensemble.leader
        let leader = random.below(ensemble.nodes.count)
        if deaf?.node == leader || deaf.map({ $0.until < ensemble.nanoseconds }) ?? false {
            deaf = nil
        }
        if let old, old != leader, deaf == nil, random.chance(0.5) {
            deaf = (old, ensemble.nanoseconds + 15_000_000_000)
        }
        let informed = ensemble.nodes.indices.filter {
            $0 == leader || $0 != deaf?.node && random.chance(0.5)
        }
        ensemble.elect(leader, informing: informed)
    }

    // MARK: What must hold

    private mutating func listen() throws {
        for index in clients.indices {
            guard let connection = clients[index].connection else { continue }
            let before = clients[index].response
            if let response = ensemble.clients[connection].response,
                before == nil || before != response
            {
                accept(response, index)
            }
            clients[index].hear(try ensemble.clients[connection].take())
            told = max(told, clients[index].lastZxid)
            violations += clients[index].violations.map { "client \(index): \($0)" }
        }
        try readLog()
        judgeExpiries()
    }

    private mutating func accept(_ response: ConnectResponse, _ index: Int) {
        guard response.timeoutMilliseconds <= 0 else {
            clients[index].response = response
            return
        }
        let connection = clients[index].connection
        if let session = clients[index].response?.session,
            !ensemble.expired.contains(where: { $0.session == session })
        {
            violations.append("client \(index): told that \(session) is over, and it is not")
        }
        clients[index] = TurmoilClient()
        clients[index].connection = connection
        ensemble.clients[connection ?? 0].close()
    }

    private mutating func readLog() throws {
        for entry in ensemble.log[seenLog...] {
            guard
                case .attachSession(let session, _, let owner) =
                    try CoordinationCommand(decoding: entry.command)
            else { continue }
            if strangers.contains(owner.connection) {
                violations.append("a stranger attached \(session)")
            }
        }
        seenLog = ensemble.log.count
    }

    /// Whoever is to be expired was silent for a time-out, when that was decided.
    private mutating func judgeExpiries() {
        for session in ensemble.judged[seenExpiries...] {
            for index in clients.indices where clients[index].response?.session == session {
                let silence = (ensemble.nanoseconds - clients[index].heardAt) / 1_000_000
                if silence < Int64(Self.timeoutMilliseconds) {
                    violations.append("client \(index) expired after \(silence) ms of silence")
                }
            }
        }
        seenExpiries = ensemble.judged.count
    }

    /// Peace: everything that was asked is answered, and ephemeral nodes are as their sessions.
    private mutating func finish() throws {
        ensemble.elect(0)
        for index in clients.indices { reconnect(index) }
        for _ in 0..<3 {
            ensemble.settle()
            try listen()
        }
        guard violations.isEmpty else { return }
        for index in clients.indices {
            guard let connection = clients[index].connection,
                !ensemble.clients[connection].isClosed
            else { continue }
            if !clients[index].sent.isEmpty {
                violations.append("client \(index): \(clients[index].sent.count) unanswered")
            }
        }
        let machine = ensemble.nodes[0].machine
        for client in clients {
            guard let session = client.response?.session, machine.session(session) != nil else {
                continue
            }
            let there = machine.ephemerals(of: session)
            for path in client.ephemerals where !there.contains(path) {
                violations.append("\(path) is gone, and its session lives")
            }
        }
        for node in ensemble.nodes where node.machine.digest != machine.digest {
            violations.append("copies differ")
        }
    }
}

extension ZooKeeperRequest {
    /// Whether its answer must be as new as all answers before it.
    fileprivate var isAnsweredFromTheTree: Bool {
        switch self {
        case .setWatches: false
        default: true
        }
    }
}
