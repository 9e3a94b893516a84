import ChatWire
import ClusterNode
import Gateway
import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("Following the ring")
struct RingTests {
    /// Everybody in one chat, and phones of everybody everywhere.
    private struct Scene {
        var cluster: Cluster
        var persons: [Person]
        var chat: ChatID
        var phones: [Phone] = []
        var posted: UInt64 = 0

        init(_ change: (inout NodeSettings) -> Void = { _ in }) throws {
            cluster = try Cluster(3, shards: 2, change)
            persons = try cluster.registerOnePerHome()
            chat = try cluster.createGroup(persons[0], persons, at: 0)
            for person in persons {
                for edge in 0..<3 { phones.append(try Phone(person, at: edge, in: &cluster)) }
            }
        }

        mutating func post(at node: Int) throws {
            posted += 1
            _ = try cluster.post(posted, "\(posted)", to: chat, by: persons[0], at: node)
        }

        mutating func follow(_ ring: Ring, at node: Int) {
            var directives: [NodeDirective] = []
            let moment = cluster.moment(node)
            cluster.nodes[node].instance?.follow(ring, at: moment, into: &directives)
            cluster.nodes[node].instance?.endTurn(at: moment, into: &directives)
            cluster.perform(directives, of: node)
        }

        mutating func readAll() throws {
            for phone in phones.indices { try phones[phone].read(&cluster) }
        }

        /// What a phone got neither as an entry nor within a gap. The first entry made the chat.
        func missed(by phone: Phone) -> [UInt64] {
            let entries = Set(phone.positions(of: chat))
            let gap = phone.gaps(of: chat).max() ?? 0
            return (2...posted + 1).filter { $0 > gap && !entries.contains($0) }
        }

        func check(_ what: String) {
            for (number, phone) in phones.enumerated() {
                #expect(missed(by: phone) == [], "\(what): phone \(number)")
                #expect(phone.positions(of: chat).last == posted + 1, "\(what): phone \(number)")
                let pushes = phone.frames.compactMap(\.push)
                #expect(
                    pushes == pushes.indices.map { UInt64($0) + 1 }, "\(what): phone \(number)")
                #expect(phone.closeCode == nil, "\(what): phone \(number)")
            }
        }
    }

    private static func ring(_ epoch: Int, over nodes: [Int]) -> Ring {
        .balanced(over: nodes.map { NodeID(UInt16($0)) }, epoch: RingEpoch(UInt64(epoch)))
    }

    struct Order: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Of nodes, as they learn; between two of them messages are sent.
        var nodes: [Int]
        /// The nodes of the rings, one after the other.
        var rings: [[Int]]
    }

    static let orders: [Order] = [
        Order(
            testDescription: "node 3 leaves, and is the first to know", nodes: [2, 1, 0],
            rings: [[1, 2]]),
        Order(
            testDescription: "node 3 leaves, and is the last to know", nodes: [0, 1, 2],
            rings: [[1, 2]]),
        Order(
            testDescription: "nodes 2 and 3 leave and come back", nodes: [1, 0, 2],
            rings: [[1], [1, 2, 3]]),
        Order(
            testDescription: "everybody's home is each node once", nodes: [2, 0, 1],
            rings: [[1], [2], [3]]),
    ]

    @Test(arguments: orders)
    func bringsEveryMessageOrAGap(order: Order) throws {
        var scene = try Scene { $0.gateway.goawayPerSecondMaximum = 0 }
        try scene.post(at: 0)
        for (position, nodes) in order.rings.enumerated() {
            let ring = Self.ring(2 + position, over: nodes)
            for node in order.nodes {
                scene.follow(ring, at: node)
                try scene.post(at: node)
                scene.cluster.pass(.milliseconds(7))
                try scene.post(at: (node + 1) % 3)
            }
        }
        scene.cluster.pass(.seconds(2))
        // Attached where they should be, without a gap from here on.
        try scene.readAll()
        let gaps = scene.phones.map { $0.gaps(of: scene.chat).count }
        for node in 0..<3 { try scene.post(at: node) }
        scene.cluster.pass(.milliseconds(300))
        try scene.readAll()
        scene.check(order.testDescription)
        #expect(scene.phones.map { $0.gaps(of: scene.chat).count } == gaps)
    }

    @Test(arguments: 1...12)
    func bringsEveryMessageOrAGapWhoeverLearnsFirst(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var scene = try Scene { settings in
            settings.gateway.goawayPerSecondMaximum = 0
            settings.gateway.reattachmentsPerTurnMaximum = 1
            settings.delivery.batchEffectsMaximum = 2
        }
        let choices = [[1], [2], [3], [1, 2], [2, 3], [1, 3], [1, 2, 3]]
        var epochs = [1, 1, 1]
        let rings = (0...5).map { Self.ring($0 + 1, over: choices[random.below(choices.count)]) }
        for _ in 0..<25 {
            let node = random.below(3)
            epochs[node] = min(5, epochs[node] + random.below(3))
            if epochs[node] > 1 { scene.follow(rings[epochs[node]], at: node) }
            // While some are under way.
            if random.below(2) == 0 { scene.cluster.pass(.milliseconds(random.below(40))) }
            try scene.post(at: random.below(3))
        }
        let last = Self.ring(9, over: choices[random.below(choices.count)])
        for node in 0..<3 { scene.follow(last, at: node) }
        scene.cluster.pass(.seconds(7))
        try scene.readAll()
        try scene.post(at: random.below(3))
        scene.cluster.pass(.milliseconds(300))
        try scene.readAll()
        scene.check("seed \(seed)")
    }

    @Test func goesOnWhenTheLeaderKnowsAnOlderRingAndDies() throws {
        var scene = try Scene { $0.gateway.goawayPerSecondMaximum = 0 }
        let leader = try #require(scene.cluster.leader(of: scene.cluster.group(of: scene.chat)))
        let others = (0..<3).filter { $0 != leader }
        let ring = Self.ring(2, over: others.map { $0 + 1 })
        // The leader's phones go with it.
        scene.phones.removeAll { $0.socket.node == leader }
        for node in others { scene.follow(ring, at: node) }
        try scene.post(at: others[0])
        scene.cluster.pass(.milliseconds(50))
        scene.cluster.kill(leader)
        try scene.post(at: others[0])
        try scene.post(at: others[1])
        scene.cluster.pass(.seconds(3))
        try scene.post(at: others[1])
        scene.cluster.pass(.milliseconds(300))
        try scene.readAll()
        scene.check("without its leader")
    }

    @Test func sendsWhoWasMovedHome() throws {
        var scene = try Scene { $0.gateway.guestPatience = .seconds(60) }
        let ring = Self.ring(2, over: [2])
        for node in 0..<3 { scene.follow(ring, at: node) }
        scene.cluster.pass(.seconds(2))
        try scene.readAll()
        for (number, phone) in scene.phones.enumerated() {
            let goaways = phone.frames.compactMap { frame -> String? in
                guard case .goaway(let goaway) = frame else { return nil }
                return goaway.url
            }
            // Who came to the wrong node by himself, before, has time.
            let wasAtHome = number / 3 != 1
            let isGuest = phone.socket.node != 1
            #expect(goaways == (wasAtHome && isGuest ? ["http://noden2"] : []), "phone \(number)")
        }
        #expect(scene.cluster.nodes[0].instance?.ring.epoch == RingEpoch(2))
    }
}
