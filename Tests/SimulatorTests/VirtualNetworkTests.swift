import PeerWire
import Simulator
import Testing
import Toolbox
import Vocabulary
import VirtualWorld

/// Two nodes and what passes between them.
private struct Wire {
    var network: VirtualNetwork
    var events = EventQueue<WorldEvent>()
    var deliveries: [Delivery] = []
    var now = WorldTime.start
    let dialler = Endpoint(place: .node(0), life: 1, connection: ConnectionID(2))

    init(_ condition: LinkCondition = LinkCondition(), seed: UInt64 = 1) {
        network = VirtualNetwork(
            nodes: 2, clients: 0, condition: condition, random: SeededRandom(seed: seed))
        network.setListening(node: 1, life: 1)
    }

    mutating func dial(_ channel: PeerChannel) {
        network.dial(from: dialler, to: 1, port: .peer(channel), at: now, into: &events)
        run(milliseconds: 2_000)
    }

    mutating func send(_ text: String) {
        network.send(
            Bytes(text), from: dialler, at: now, into: &events, deliveries: &deliveries)
    }

    mutating func run(milliseconds: Int64) {
        let end = now.advanced(by: milliseconds * 1_000_000)
        while let time = events.nextTime, time <= end, let next = events.popFirst() {
            now = next.time
            guard case .network(let event) = next.event else { continue }
            network.handle(event, at: now, into: &events, deliveries: &deliveries)
        }
        now = end
    }

    /// What node 2 has received, put together.
    var received: String {
        deliveries.reduce(into: "") { text, delivery in
            if case .received(let bytes) = delivery.what { text += bytes.text ?? "?" }
        }
    }

    func wasClosed(at place: Place) -> Bool {
        saw(place) { if case .closed = $0 { true } else { false } }
    }

    func hasFailed(wasRefused: Bool) -> Bool {
        saw(.node(0)) { if case .failed(refused: wasRefused) = $0 { true } else { false } }
    }

    /// The backlogs that node 1 was told of.
    var backlogs: [Int] {
        deliveries.compactMap { if case .backlog(let bytes) = $0.what { bytes } else { nil } }
    }

    private func saw(_ place: Place, _ isWanted: (NetworkDelivery) -> Bool) -> Bool {
        deliveries.contains { $0.endpoint.place == place && isWanted($0.what) }
    }
}

@Suite("The network")
struct VirtualNetworkTests {
    @Test("a stream arrives whole and in order, however slow the link is")
    func stream() {
        var condition = LinkCondition()
        condition.delayMean = 50_000_000
        // What harms frames does not harm streams.
        condition.loss = 0.5
        condition.duplication = 0.5
        var wire = Wire(condition)
        wire.dial(.bulk)
        let words = (0..<200).map { "<\($0)>" }
        for word in words { wire.send(word) }
        wire.run(milliseconds: 10_000)
        #expect(wire.received == words.joined())
    }

    @Test("frames are lost, doubled and reordered as the link says")
    func frames() {
        var condition = LinkCondition()
        condition.loss = 0.2
        condition.duplication = 0.2
        condition.reordering = 0.2
        var wire = Wire(condition)
        wire.dial(.consensus)
        for number in 0..<500 {
            wire.send("\(number) ")
            wire.run(milliseconds: 1)
        }
        wire.run(milliseconds: 1_000)
        let numbers = wire.received.split(separator: " ").compactMap { Int($0) }
        #expect(Set(numbers).count < 480)
        #expect(numbers.count > Set(numbers).count)
        #expect(numbers != numbers.sorted())
    }

    @Test("nobody listens: the dial is refused; nothing passes: it fails without a word")
    func dialling() {
        var refused = Wire()
        refused.network.setListening(node: 1, life: nil)
        refused.dial(.bulk)
        #expect(refused.hasFailed(wasRefused: true))

        var silent = Wire()
        silent.network.changeLinks { from, _, link in link.isBlocked = from == 1 }
        silent.dial(.bulk)
        #expect(silent.hasFailed(wasRefused: false))
    }

    @Test("a stream waits for a link that passes nothing; a frame is lost")
    func blocked() {
        for (channel, expected) in [(PeerChannel.bulk, "late"), (.consensus, "")] {
            var wire = Wire()
            wire.dial(channel)
            wire.network.changeLinks { _, _, link in link.isBlocked = true }
            wire.send("late")
            wire.run(milliseconds: 500)
            #expect(wire.received.isEmpty)
            wire.network.changeLinks { _, _, link in link.isBlocked = false }
            wire.run(milliseconds: 500)
            #expect(wire.received == expected)
        }
    }

    @Test("when a process dies, the other end learns it, and nothing reaches the dead")
    func death() {
        var wire = Wire()
        wire.dial(.bulk)
        wire.network.breakConnections(of: .node(0), at: wire.now, into: &wire.events)
        wire.run(milliseconds: 100)
        #expect(wire.wasClosed(at: .node(1)))
        #expect(!wire.wasClosed(at: .node(0)))
    }

    @Test("a connection that breaks in the middle is closed at both ends")
    func breaking() {
        var wire = Wire()
        wire.dial(.bulk)
        wire.send("on its way")
        for number in wire.network.openConnections() {
            wire.network.breakConnection(
                number, at: wire.now, into: &wire.events, deliveries: &wire.deliveries)
        }
        wire.run(milliseconds: 100)
        for place in [Place.node(0), .node(1)] {
            #expect(wire.wasClosed(at: place))
        }
        #expect(wire.received.isEmpty)
    }

    @Test("who sends more than the buffers hold is told of the backlog, and of its end")
    func backlog() {
        var wire = Wire()
        wire.dial(.bulk)
        wire.network.changeLinks { _, _, link in link.isBlocked = true }
        for _ in 0..<40 { wire.send(String(repeating: "x", count: 10_000)) }
        #expect(wire.backlogs.contains { $0 > 0 })
        wire.network.changeLinks { _, _, link in link.isBlocked = false }
        wire.run(milliseconds: 1_000)
        #expect(wire.backlogs.last == 0)
    }
}
