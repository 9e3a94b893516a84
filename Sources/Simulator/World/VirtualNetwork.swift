public import Toolbox
import PeerWire
import Vocabulary
import VirtualWorld

/// All links and connections between nodes, and between clients and nodes.
///
/// Each direction of a link has a condition of its own. A consensus connection loses, doubles,
/// delays and reorders whole frames; the others are streams that are slow, stall, or break.
public struct VirtualNetwork: Sendable {
    /// Bytes that fit into the buffers of kernel and wire before a sender has a backlog.
    static let buffersBytes = 128 << 10
    /// How often a stream looks whether its blocked link passes again.
    static let blockedRetry = 20 * Nanoseconds.millisecond
    /// After this time without an answer a dial fails.
    static let dialTimeout = 1_000 * Nanoseconds.millisecond

    private let nodesCount: Int
    private let placesCount: Int
    private var conditions: [LinkCondition]
    var connections: [VirtualConnection] = []
    /// Which connection an end is of; for look-up only.
    private var numbers: [Endpoint: Int] = [:]
    /// The life of each node's process, if one listens.
    private var listening: [UInt32?]
    /// By node; a new process counts from the beginning.
    private var lastConnections: [UInt64]
    private var random: SeededRandom

    public init(nodes: Int, clients: Int, condition: LinkCondition, random: SeededRandom) {
        nodesCount = nodes
        placesCount = nodes + clients
        conditions = Array(repeating: condition, count: placesCount * placesCount)
        listening = Array(repeating: nil, count: nodes)
        lastConnections = Array(repeating: 1, count: nodes)
        self.random = random
    }

    // MARK: Links

    private func index(_ place: Place) -> Int {
        switch place {
        case .node(let index): index
        case .client(let index): nodesCount + index
        }
    }

    public subscript(from from: Place, to to: Place) -> LinkCondition {
        get { conditions[index(from) * placesCount + index(to)] }
        set { conditions[index(from) * placesCount + index(to)] = newValue }
    }

    /// Changes every directed link between two nodes.
    public mutating func changeLinks(
        _ change: (_ from: Int, _ to: Int, inout LinkCondition) -> Void
    ) {
        for from in 0..<nodesCount {
            for to in 0..<nodesCount where to != from {
                change(from, to, &conditions[from * placesCount + to])
            }
        }
    }

    /// A node's process listens from now on, or does not.
    public mutating func setListening(node: Int, life: UInt32?) {
        listening[node] = life
        lastConnections[node] = 1
    }

    /// An odd number: the shell's side of the ids.
    private mutating func nextConnection(of node: Int) -> ConnectionID {
        lastConnections[node] += 2
        return ConnectionID(lastConnections[node])
    }

    // MARK: What processes do

    public mutating func dial(
        from endpoint: Endpoint, to node: Int, port: VirtualPort, at now: WorldTime,
        into events: inout EventQueue<WorldEvent>
    ) {
        let accepted = Endpoint(place: .node(node), life: 0, connection: ConnectionID(0))
        connections.append(
            VirtualConnection(
                port: port, dialler: .init(endpoint: endpoint), acceptor: .init(endpoint: accepted))
        )
        let number = connections.count - 1
        numbers[endpoint] = number
        let there = self[from: endpoint.place, to: .node(node)]
        let back = self[from: .node(node), to: endpoint.place]
        if there.isBlocked || back.isBlocked {
            schedule(
                number, .dialFails(refused: false), at: now.advanced(by: Self.dialTimeout), &events)
        } else {
            schedule(number, .dialArrives, at: now.advanced(by: delay(there)), &events)
        }
    }

    public mutating func send(
        _ bytes: Bytes, from endpoint: Endpoint, at now: WorldTime,
        into events: inout EventQueue<WorldEvent>, deliveries: inout [Delivery]
    ) {
        guard let (number, side) = find(endpoint) else { return }
        if connections[number].isLossy {
            sendFrame(bytes, number, side, at: now, into: &events)
        } else {
            enqueue(.bytes(bytes), number, side, at: now, into: &events)
            reportBacklog(number, side, into: &deliveries)
        }
    }

    /// The process closes its end; what it sent before still arrives.
    public mutating func close(
        _ endpoint: Endpoint, at now: WorldTime, into events: inout EventQueue<WorldEvent>
    ) {
        guard let (number, side) = find(endpoint) else { return }
        forget(number, side)
        guard connections[number].state == .open else {
            connections[number].state = .closed
            return
        }
        if connections[number].isLossy {
            let link = condition(number, from: side)
            schedule(number, .closeArrives(from: side), at: now.advanced(by: delay(link)), &events)
        } else {
            enqueue(.end, number, side, at: now, into: &events)
        }
    }

    /// All connections of a place end as those of a killed process do: some of what it sent last is
    /// lost, and the other ends learn it when the link lets them.
    public mutating func breakConnections(
        of place: Place, at now: WorldTime, into events: inout EventQueue<WorldEvent>
    ) {
        for number in connections.indices where connections[number].state != .closed {
            for side in [Side.dialler, .acceptor] {
                let end = connections[number][side]
                guard end.isOpen, end.endpoint.place == place else { continue }
                let kept = random.below(end.outgoing.count + 1)
                connections[number][side].outgoing.truncate(to: kept)
                close(end.endpoint, at: now, into: &events)
            }
        }
    }

    /// One open connection breaks in the middle: both ends learn it.
    public mutating func breakConnection(
        _ number: Int, at now: WorldTime, into events: inout EventQueue<WorldEvent>,
        deliveries: inout [Delivery]
    ) {
        guard connections[number].state == .open else { return }
        connections[number].state = .closed
        for side in [Side.dialler, .acceptor] where connections[number][side].isOpen {
            let endpoint = connections[number][side].endpoint
            forget(number, side)
            deliveries.append(
                Delivery(endpoint: endpoint, port: connections[number].port, what: .closed))
        }
    }

    /// Nothing moves in either direction of a stream before `time`.
    public mutating func stall(_ number: Int, until time: WorldTime) {
        connections[number].dialler.stalledUntil = time
        connections[number].acceptor.stalledUntil = time
    }

    /// The open connections, oldest first.
    public func openConnections() -> [Int] {
        connections.indices.filter { connections[$0].state == .open }
    }

    // MARK: What becomes due

    public mutating func handle(
        _ event: NetworkEvent, at now: WorldTime, into events: inout EventQueue<WorldEvent>,
        deliveries: inout [Delivery]
    ) {
        let number = event.connection
        guard connections[number].state != .closed else { return }
        switch event.step {
        case .dialArrives: dialArrives(number, at: now, into: &events, deliveries: &deliveries)
        case .dialAnswered:
            deliver(.connected, number, to: .dialler, &deliveries)
        case .dialFails(let refused):
            deliver(.failed(refused: refused), number, to: .dialler, &deliveries)
            forget(number, .dialler)
            connections[number].state = .closed
        case .frame(let side, let bytes):
            deliver(.received(bytes), number, to: side.other, &deliveries)
        case .pump(let side):
            pump(number, side, at: now, into: &events, deliveries: &deliveries)
        case .closeArrives(let side):
            if condition(number, from: side).isBlocked {
                return schedule(
                    number, event.step, at: now.advanced(by: Self.blockedRetry), &events)
            }
            finish(number, from: side, &deliveries)
        }
    }

    private mutating func dialArrives(
        _ number: Int, at now: WorldTime, into events: inout EventQueue<WorldEvent>,
        deliveries: inout [Delivery]
    ) {
        let accepted = connections[number].acceptor.endpoint
        guard case .node(let node) = accepted.place else { return }
        let answer = now.advanced(by: delay(condition(number, from: .acceptor)))
        guard let life = listening[node] else {
            return schedule(number, .dialFails(refused: true), at: answer, &events)
        }
        connections[number].acceptor.endpoint.life = life
        connections[number].acceptor.endpoint.connection = nextConnection(of: node)
        connections[number].state = .open
        numbers[connections[number].acceptor.endpoint] = number
        deliver(.accepted(connections[number].port), number, to: .acceptor, &deliveries)
        schedule(number, .dialAnswered, at: answer, &events)
        connections[number].acceptor.lastDue = answer
    }

    private mutating func sendFrame(
        _ bytes: Bytes, _ number: Int, _ side: Side, at now: WorldTime,
        into events: inout EventQueue<WorldEvent>
    ) {
        let link = condition(number, from: side)
        guard !link.isBlocked, !random.chance(link.loss) else { return }
        let copies = random.chance(link.duplication) ? 2 : 1
        for _ in 0..<copies {
            var time = now.advanced(by: delay(link))
            if random.chance(link.reordering) {
                time = time.advanced(by: random.delay(around: 20 * Nanoseconds.millisecond))
            }
            // The answer to a dial comes before what follows it.
            time = max(time, connections[number][side].lastDue.advanced(by: 1))
            schedule(number, .frame(from: side, bytes), at: time, &events)
        }
    }

    private mutating func enqueue(
        _ item: VirtualConnection.Item, _ number: Int, _ side: Side, at now: WorldTime,
        into events: inout EventQueue<WorldEvent>
    ) {
        let link = condition(number, from: side)
        let due = max(now.advanced(by: delay(link)), connections[number][side].lastDue)
        connections[number][side].lastDue = due
        if case .bytes(let bytes) = item { connections[number][side].outgoingBytes += bytes.count }
        connections[number][side].outgoing.append(.init(time: due, item: item))
        guard !connections[number][side].isPumping else { return }
        connections[number][side].isPumping = true
        schedule(number, .pump(from: side), at: due, &events)
    }

    /// Delivers what is due, as far as the link lets it pass.
    private mutating func pump(
        _ number: Int, _ side: Side, at now: WorldTime,
        into events: inout EventQueue<WorldEvent>, deliveries: inout [Delivery]
    ) {
        let stalledUntil = connections[number][side].stalledUntil
        let isHeld = condition(number, from: side).isBlocked || connections[number][side].isUnread
        if isHeld || stalledUntil > now {
            let retry = max(now.advanced(by: Self.blockedRetry), stalledUntil)
            return schedule(number, .pump(from: side), at: retry, &events)
        }
        while let due = connections[number][side].outgoing.first {
            guard due.time <= now else {
                return schedule(number, .pump(from: side), at: due.time, &events)
            }
            _ = connections[number][side].outgoing.popFirst()
            switch due.item {
            case .bytes(let bytes):
                connections[number][side].outgoingBytes -= bytes.count
                deliverPieces(of: bytes, number, to: side.other, &deliveries)
            case .end:
                return finish(number, from: side, &deliveries)
            }
        }
        connections[number][side].isPumping = false
        reportBacklog(number, side, into: &deliveries)
    }

    /// Streams do not keep the boundaries of what was written.
    private mutating func deliverPieces(
        of bytes: Bytes, _ number: Int, to side: Side, _ deliveries: inout [Delivery]
    ) {
        guard bytes.count > 1, random.chance(0.1) else {
            return deliver(.received(bytes), number, to: side, &deliveries)
        }
        let cut = 1 + random.below(bytes.count - 1)
        deliver(.received(bytes.slice(0..<cut)), number, to: side, &deliveries)
        deliver(.received(bytes.suffix(from: cut)), number, to: side, &deliveries)
    }

    /// The end of what `side` sends has arrived.
    private mutating func finish(_ number: Int, from side: Side, _ deliveries: inout [Delivery]) {
        connections[number].state = .closed
        deliver(.closed, number, to: side.other, &deliveries)
        forget(number, side.other)
    }

    private mutating func reportBacklog(
        _ number: Int, _ side: Side, into deliveries: inout [Delivery]
    ) {
        let backlog = max(0, connections[number][side].outgoingBytes - Self.buffersBytes)
        guard backlog != connections[number][side].reportedBacklog else { return }
        connections[number][side].reportedBacklog = backlog
        deliver(.backlog(bytes: backlog), number, to: side, &deliveries)
    }

    private func deliver(
        _ what: NetworkDelivery, _ number: Int, to side: Side, _ deliveries: inout [Delivery]
    ) {
        guard connections[number][side].isOpen else { return }
        deliveries.append(
            Delivery(
                endpoint: connections[number][side].endpoint, port: connections[number].port,
                what: what))
    }

    private mutating func forget(_ number: Int, _ side: Side) {
        connections[number][side].isOpen = false
        numbers[connections[number][side].endpoint] = nil
    }

    private func find(_ endpoint: Endpoint) -> (number: Int, side: Side)? {
        guard let number = numbers[endpoint] else { return nil }
        return (number, connections[number].dialler.endpoint == endpoint ? .dialler : .acceptor)
    }

    private func condition(_ number: Int, from side: Side) -> LinkCondition {
        self[
            from: connections[number][side].endpoint.place,
            to: connections[number][side.other].endpoint.place]
    }

    /// The process at an endpoint reads what comes, or lets it lie in the buffers of the wire.
    public mutating func setReading(_ endpoint: Endpoint, _ isReading: Bool) {
        guard let (number, side) = find(endpoint) else { return }
        connections[number][side.other].isUnread = !isReading
    }

    /// The other end of a connection; nil if there is none.
    func otherEnd(than endpoint: Endpoint) -> Endpoint? {
        guard let (number, side) = find(endpoint) else { return nil }
        return connections[number][side.other].endpoint
    }

    /// Who is at the other end of a connection; nil if there is none.
    func otherPlace(than endpoint: Endpoint) -> Place? {
        guard let (number, side) = find(endpoint) else { return nil }
        return connections[number][side.other].endpoint.place
    }

    private mutating func delay(_ link: LinkCondition) -> Int64 {
        link.delayMinimum + random.delay(around: link.delayMean)
    }

    private func schedule(
        _ number: Int, _ step: NetworkEvent.Step, at time: WorldTime,
        _ events: inout EventQueue<WorldEvent>
    ) {
        events.schedule(.network(NetworkEvent(connection: number, step: step)), at: time)
    }
}

/// Something for the process at one endpoint.
public struct Delivery: Sendable {
    public var endpoint: Endpoint
    public var port: VirtualPort
    public var what: NetworkDelivery
}
