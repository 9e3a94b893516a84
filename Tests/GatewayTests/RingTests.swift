import ChatWire
import Gateway
import Membership
import Placement
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

/// Gateways follow the ring: users move from home to home while their sockets stay.
@Suite struct RingTests {
    enum Step: Sendable {
        /// Node (1 to 3) learns of the ring of this epoch, in which everybody's home is `home`.
        case learn(Int, epoch: UInt64, home: UInt16)
        case renew(Int)
        case carry
        case post
        case pass(Duration)
    }

    struct Scenario: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var steps: [Step]
        var home: Int
        /// Messages that came as such.
        var entries: Int
    }

    static let scenarios: [Scenario] = [
        Scenario(
            testDescription: "the edge learns first, and its session waits for the home's ring",
            steps: [
                .post, .learn(1, epoch: 4, home: 2), .carry, .post, .learn(2, epoch: 4, home: 2),
                .renew(2), .carry, .post,
            ], home: 2, entries: 2),
        Scenario(
            testDescription: "the home to be learns first",
            steps: [
                .learn(2, epoch: 4, home: 2), .renew(2), .post, .learn(1, epoch: 4, home: 2),
                .carry, .post,
            ], home: 2, entries: 2),
        Scenario(
            testDescription: "a home abroad is left for another one abroad",
            steps: [
                .learn(1, epoch: 4, home: 2), .learn(2, epoch: 4, home: 2), .renew(2), .carry,
                .post, .learn(1, epoch: 5, home: 3), .learn(2, epoch: 5, home: 3),
                .learn(3, epoch: 5, home: 3), .renew(3), .carry, .post,
            ], home: 3, entries: 1),
        Scenario(
            testDescription: "the old home abroad learns first and sends the edge away",
            steps: [
                .learn(1, epoch: 4, home: 2), .learn(2, epoch: 4, home: 2), .renew(2), .carry,
                .learn(2, epoch: 5, home: 3), .carry, .post, .learn(3, epoch: 5, home: 3),
                .renew(3), .carry, .learn(1, epoch: 5, home: 3), .carry, .post,
            ], home: 3, entries: 1),
        Scenario(
            testDescription: "the arc comes back home",
            steps: [
                .learn(1, epoch: 4, home: 2), .learn(2, epoch: 4, home: 2), .renew(2), .carry,
                .post, .learn(1, epoch: 5, home: 1), .post, .renew(1), .learn(2, epoch: 5, home: 1),
                .carry, .post,
            ], home: 1, entries: 1),
        Scenario(
            testDescription: "two moves in a row, and the first is heard of by nobody else",
            steps: [
                .learn(1, epoch: 4, home: 2), .learn(1, epoch: 5, home: 3), .carry, .post,
                .learn(3, epoch: 5, home: 3), .renew(3), .learn(2, epoch: 5, home: 3), .carry,
                .post,
            ], home: 3, entries: 1),
        Scenario(
            testDescription: "the home lost the arc for a while that the edge never heard of",
            steps: [
                .learn(1, epoch: 4, home: 2), .learn(2, epoch: 4, home: 2), .renew(2), .carry,
                .learn(2, epoch: 5, home: 3), .renew(2), .post, .learn(2, epoch: 6, home: 2),
                .renew(2), .carry, .learn(1, epoch: 6, home: 2), .carry, .post,
            ], home: 2, entries: 1),
        Scenario(
            testDescription: "the edge's own arc was away for a moment",
            steps: [
                .learn(1, epoch: 4, home: 2), .renew(1), .post, .learn(1, epoch: 5, home: 1),
                .renew(1), .carry, .post,
            ], home: 1, entries: 1),
        Scenario(
            testDescription: "an older ring changes nothing",
            steps: [.learn(1, epoch: 2, home: 2), .carry, .post], home: 1, entries: 1),
    ]

    @Test(arguments: scenarios)
    func `a session follows its arc`(scenario: Scenario) throws {
        var world = try RingWorld()
        for step in scenario.steps {
            switch step {
            case .learn(let node, let epoch, let home):
                world.learn(RingWorld.ring(epoch, home: home), at: node - 1)
            case .renew(let node): world.renew(node - 1)
            case .carry: try world.carryAll()
            case .post: world.post()
            case .pass(let duration): world.pass(duration)
            }
        }
        try world.carryAll()
        #expect(world.homes == [scenario.home])
        #expect(world.missed == [])
        #expect(world.pushes == world.pushes.indices.map { UInt64($0) + 1 })
        let entries = world.frames.filter { if case .entry = $0 { true } else { false } }
        #expect(entries.count == scenario.entries)
        #expect(world.rigs[0].closed.isEmpty)
    }

    @Test(arguments: 1...60)
    func `whatever learns first, every message comes or a gap does`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var world = try RingWorld()
        let rings = (4...8).map { RingWorld.ring($0, home: UInt16(1 + random.below(3))) }
        for _ in 0..<120 {
            let node = random.below(3)
            switch random.below(7) {
            case 0: world.learn(rings[random.below(rings.count)], at: node)
            case 1: world.renew(node)
            case 2: world.post()
            case 3: world.pass(.milliseconds(random.below(700)))
            case 4: world.answer(node)
            default: if !world.mail.isEmpty { try world.carry(random.below(world.mail.count)) }
            }
        }
        let last = RingWorld.ring(9, home: UInt16(1 + random.below(3)))
        for node in 0..<3 {
            world.learn(last, at: node)
            world.renew(node)
        }
        for _ in 0..<3 {
            try world.carryAll()
            world.pass(.milliseconds(600))
        }
        world.post()
        try world.carryAll()
        #expect(world.homes == [Int(last.owner(of: RingWorld.user).rawValue)])
        #expect(world.missed == [])
        #expect(world.pushes == world.pushes.indices.map { UInt64($0) + 1 })
        guard case .entry(_, let entry)? = world.frames.last(where: { $0.push != nil }) else {
            Issue.record("the last message did not come")
            return
        }
        #expect(entry.seq.rawValue == world.posted)
    }

    @Test func `an edge whose ring is old does not press a home that has refused it`() throws {
        var world = try RingWorld()
        world.learn(RingWorld.ring(4, home: 2), at: 0)
        world.learn(RingWorld.ring(4, home: 2), at: 1)
        world.renew(1)
        try world.carryAll()
        world.learn(RingWorld.ring(5, home: 3), at: 1)
        var messages = 0
        for _ in 0..<100 {
            while !world.mail.isEmpty {
                messages += 1
                try world.carry(0)
            }
            world.pass(.milliseconds(100))
        }
        // Let go, asked, refused; then one try in five seconds, and its refusal.
        #expect((3...9).contains(messages), "\(messages) messages in ten seconds")
        #expect(world.homes == [])
    }

    @Test func `a session that was not welcomed yet is welcomed by its new home`() throws {
        var rig = Rig(covers: false)
        let client = try rig.session(Rig.user(0))
        rig.act {
            $0.ringDidChange(RingWorld.ring(4, home: 2), at: $1, into: &$2)
        }
        guard case .attach(_, let attachment)? = rig.told.last?.message else {
            Issue.record("not attached: \(rig.told)")
            return
        }
        #expect(attachment.attempt == 2)
        #expect(attachment.epoch == RingEpoch(4))
        rig.act {
            $0.receive(
                .attached(client, attempt: 2), from: NodeID(2), at: $1, into: &$2)
        }
        guard case .welcome(let welcome)? = try rig.frames(on: client).first else {
            Issue.record("no welcome")
            return
        }
        #expect(welcome.ringEpoch == RingEpoch(4))
    }

    @Test func `who was away between two rings is attached anew, however far the walk came`() throws
    {
        var rig = Rig { $0.reattachmentsPerTurnMaximum = 1 }
        let here = try (0..<3).map { try rig.session(Rig.user($0)) }
        let abroad = (0..<3).map { ConnectionID(UInt64(900 + $0)) }
        for (number, client) in abroad.enumerated() {
            let attachment = Attachment(
                session: ClientSessionID(1), user: Rig.user(number), device: DeviceID(7),
                attempt: 1, push: 0, hasMissed: false)
            rig.act { $0.receive(.attach(client, attachment), from: NodeID(2), at: $1, into: &$2) }
        }
        rig.told = []
        // Away and back before the walk got beyond the first.
        rig.act { $0.ringDidChange(RingWorld.ring(4, home: 2), at: $1, into: &$2) }
        rig.act { $0.ringDidChange(RingWorld.ring(5, home: 1), at: $1, into: &$2) }
        rig.pass(.milliseconds(50))
        let letGo = rig.told.compactMap { peer, message -> ConnectionID? in
            if case .unknown(let client, 1) = message { client } else { nil }
        }
        #expect(letGo.sorted() == abroad)
        // Those here have theirs again, and everybody is asked about for gaps.
        #expect(rig.gateway.counters.attachments == here.count)
        let expected = (0..<3).map { GatewayQuestion.lookUp(.chats(user: Rig.user($0))) }
        #expect(expected.allSatisfy { rig.asked.map(\.question).contains($0) })
    }

    // MARK: - Goaway

    @Test func `who is moved is told where to go, and closed if he stays`() throws {
        var world = try RingWorld()
        for node in 0..<2 { world.learn(RingWorld.ring(4, home: 2), at: node) }
        world.renew(1)
        #expect(world.goaways.isEmpty)
        try world.carryAll()
        #expect(world.goaways.map(\.reason) == [.ring])
        #expect(world.goaways.first?.url == "http://127.0.0.1:8082")
        let after = try #require(world.goaways.first).afterMilliseconds
        #expect(after < 10)
        // What is posted meanwhile still comes.
        world.post()
        try world.carryAll()
        #expect(world.missed == [])
        world.pass(.milliseconds(9_900))
        #expect(world.rigs[0].closed.isEmpty)
        world.pass(.milliseconds(200))
        let messages = try world.rigs[0].messages(on: world.client)
        #expect(messages == [.close(code: 4008, reason: "")])
    }

    @Test func `who came to the wrong node may stay a while`() throws {
        var rig = Rig { $0.guestPatience = .seconds(20) }
        let client = try rig.session(Rig.user(0, home: 2))
        rig.act { $0.receive(.attached(client, attempt: 1), from: NodeID(2), at: $1, into: &$2) }
        _ = try rig.frames(on: client)
        rig.pass(.milliseconds(19_900))
        #expect(try rig.frames(on: client).isEmpty)
        rig.pass(.milliseconds(200))
        guard case .goaway(let goaway)? = try rig.frames(on: client).first else {
            Issue.record("no goaway")
            return
        }
        #expect(goaway.url == "http://127.0.0.1:8082")
        #expect(rig.gateway.counters.sentHome == 1)
    }

    struct Silence: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var goaways = 500
        var isAttached = true
        var comesBack = false
    }

    @Test(arguments: [
        Silence(testDescription: "it is off", goaways: 0),
        Silence(testDescription: "the home does not answer", isAttached: false),
        Silence(testDescription: "the arc is back", comesBack: true),
    ])
    func `nobody is told to go where`(silence: Silence) throws {
        var rig = Rig { settings in
            settings.goawayPerSecondMaximum = silence.goaways
            settings.guestPatience = .seconds(1)
        }
        let client = try rig.session(Rig.user(0, home: 2))
        if silence.isAttached {
            rig.act {
                $0.receive(.attached(client, attempt: 1), from: NodeID(2), at: $1, into: &$2)
            }
        }
        if silence.comesBack {
            rig.act { $0.ringDidChange(RingWorld.ring(4, home: 1), at: $1, into: &$2) }
        }
        rig.pass(.seconds(60))
        let frames = try rig.frames(on: client)
        #expect(frames.allSatisfy { if case .goaway = $0 { false } else { true } })
        if silence.comesBack { #expect(rig.gateway.counters.attachments == 1) }
    }

    // MARK: - Many

    @Test(arguments: [(1_000, 500), (1_000, 100), (100, 500)])
    func `a node that ends sends its clients away at the pace`(count: Int, rate: Int) throws {
        var rig = Rig { settings in
            settings.admissionsPerSecondMaximum = 0
            settings.goawayPerSecondMaximum = rate
            settings.goawayJitter = .seconds(1)
        }
        var clients: [ConnectionID] = []
        for number in 0..<count {
            clients.append(try rig.session(Rig.user(0), device: UInt64(number)))
            _ = rig.takeSent(on: clients[number])
        }
        rig.act { $0.drain(at: $1, into: &$2) }
        var leaving: [Int] = []
        for client in clients {
            for case .goaway(let goaway) in try rig.frames(on: client) {
                #expect(goaway.reason == .restart)
                leaving.append(goaway.afterMilliseconds)
            }
        }
        #expect(leaving.count == count)
        leaving.sort()
        let longest = max(1_000, count * 1_000 / rate)
        #expect((leaving.last ?? .max) < longest)
        #expect(rig.gateway.drainDuration == .milliseconds(count * 1_000 / rate))
        for (index, after) in leaving.enumerated().dropFirst(rate + 2) {
            #expect(after - leaving[index - rate - 2] >= 1_000)
        }
    }

    @Test func `five thousand are re-attached at once and sent away at the pace`() throws {
        let (count, rate) = (5_000, 500)
        var rig = Rig { settings in
            settings.admissionsPerSecondMaximum = 0
            settings.goawayPerSecondMaximum = rate
            settings.reattachmentsPerTurnMaximum = 200
        }
        var clients: [ConnectionID] = []
        for number in 0..<count {
            let user = Rig.user(0)
            clients.append(try rig.session(user, device: UInt64(number)))
            _ = rig.takeSent(on: clients[number])
        }
        let start = rig.clock
        rig.act { $0.ringDidChange(RingWorld.ring(4, home: 2), at: $1, into: &$2) }
        // Some at once, the rest a part in each millisecond.
        #expect(rig.told.count == 200)
        rig.pass(.milliseconds(count / 200 + 1))
        #expect(rig.told.count == count)
        #expect(rig.gateway.counters.attachments == 0)
        var leaving: [Int64] = []
        for (_, message) in rig.told {
            guard case .attach(let client, let attachment) = message else { continue }
            #expect(attachment.hasMissed)
            rig.act {
                $0.receive(
                    .attached(client, attempt: attachment.attempt), from: NodeID(2), at: $1,
                    into: &$2)
            }
        }
        for _ in 0..<140 {
            for client in clients {
                for case .goaway(let goaway) in try rig.plainFrames(on: client) {
                    leaving.append(
                        (rig.clock - start) / 1_000_000 + Int64(goaway.afterMilliseconds))
                }
            }
            rig.pass(.milliseconds(100))
        }
        #expect(leaving.count == count)
        leaving.sort()
        let busiest =
            leaving.indices.map { first in
                leaving[first...].prefix { $0 < leaving[first] + 1_000 }.count
            }.max() ?? 0
        #expect(busiest <= rate + rate / 5, "\(busiest) in a second")
        #expect((leaving.last ?? 0) < Int64(count / rate) * 1_000 + 1_000)
    }
}

extension Rig {
    /// The frames that came to a WebSocket whose bytes a test threw away so far.
    mutating func plainFrames(on connection: ConnectionID) throws -> [ServerFrame] {
        let bytes = takeSent(on: connection)
        guard !bytes.isEmpty else { return [] }
        var decoder = WebSocketDecoder(
            role: .client, limits: WebSocketLimits(messageBytesMaximum: 1 << 20))
        decoder.append(bytes)
        var frames: [ServerFrame] = []
        while case .text(let text)? = try decoder.next() {
            frames.append(try ServerFrame.decode(text))
        }
        return frames
    }
}
