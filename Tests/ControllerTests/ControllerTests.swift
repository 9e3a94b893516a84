import Controller
import Placement
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite struct FoundingTests {
    @Test("an empty tree is founded by one change, and then nothing moves")
    func empty() {
        var world = World()
        for id in 1...3 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: .seconds(3_600))
        #expect(world.reasons == [.founding(znodesCount: 10)])
        #expect(
            world.tree.ring == Ring.balanced(over: (1...3).map { NodeID($0) }, epoch: RingEpoch(1)))
        #expect(world.tree.partitions == PartitionMap.balanced(shardsCount: 2))
        #expect(world.tree.group(101)?.voters == (1...3).map { NodeID($0) })
    }

    @Test(
        "small changes found it as well, and crashes between them do not matter", arguments: 0..<6)
    func crashes(step: Int) {
        var settings = ControllerSettings()
        settings.creationsPerChangeMaximum = 1
        for kind in [World.Crash.beforeCommit, .afterCommit] {
            var world = World(
                groups: [0, 1, 100, 101, 102, 103], settings: settings, crash: (step, kind))
            for id in 1...3 as ClosedRange<UInt16> { world.start(id) }
            world.run(for: .seconds(10))
            #expect(world.crashesCount == 1)
            #expect(world.tree.facts.znodes.count == 6 + 6 + 3)
            #expect(world.isSettled(over: [1, 2, 3]))
        }
    }

    @Test("a ring that nobody can read is left alone and reported; emptied, it is founded anew")
    func unreadable() {
        var world = World()
        for id in 1...4 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: .seconds(60))
        let epoch = world.tree.ring?.epoch
        world.set(RookeryPaths.ring, "no ring")
        world.stop(4)
        world.run(for: .seconds(60))
        #expect(world.tree.facts.znodes[RookeryPaths.ring]?.data == "no ring")
        let isReported = world.observations.contains {
            if case .undecodable(RookeryPaths.ring, _) = $0 { true } else { false }
        }
        #expect(isReported)
        world.begin()
        world.set(RookeryPaths.ring, "")
        world.run(for: .seconds(60))
        #expect(world.isSettled(over: [1, 2, 3]))
        #expect((world.tree.ring?.epoch ?? RingEpoch(0)) > (epoch ?? RingEpoch(.max)))
        #expect(world.observations.contains(.readable(RookeryPaths.ring)))
    }

    @Test(
        "a table that nobody can read is left alone and reported, and all else goes on",
        arguments: [RookeryPaths.partitions, RookeryPaths.group(ReplicaGroupID(100))])
    func unreadable(path: ZnodePath) {
        var world = World()
        for id in 1...4 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: .seconds(60))
        world.set(path, "x")
        world.stop(3)
        world.run(for: .seconds(600))
        #expect(world.tree.facts.znodes[path]?.data == "x")
        let isReported = world.observations.contains {
            if case .undecodable(path, _) = $0 { true } else { false }
        }
        #expect(isReported)
        #expect(world.isSettled(over: [1, 2, 4]))
        #expect(world.tree.group(101)?.voters == [1, 2, 4].map { NodeID($0) })
    }

    @Test(
        "what somebody else writes while a change is on its way is not overwritten",
        arguments: [RookeryPaths.ring, RookeryPaths.group(ReplicaGroupID(100))])
    func overwritten(path: ZnodePath) {
        var world = World(groups: [100])
        for id in 1...3 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: .seconds(60))
        world.stop(world.tree.group(100)?.preferredLeader.rawValue ?? 0)
        // The ring's change is made first, and long before the group's.
        if path != RookeryPaths.ring { world.run(for: .seconds(5)) }
        world.disturbances = [.write(path, "of somebody else")]
        world.run(for: .seconds(60))
        #expect(world.refusalsCount == 1)
        #expect(world.tree.facts.znodes[path]?.data == "of somebody else")
    }

    @Test("any bytes in any znode: no trap, and the rest goes on", arguments: 1...20)
    func noise(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var world = World()
        for id in 1...5 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: .seconds(20))
        for path in world.tree.facts.znodes.keys where random.chance(0.4) {
            var bytes = world.tree.facts.znodes[path]?.data.array ?? []
            if !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            world.set(path, Bytes(bytes))
            world.run(for: .seconds(3))
        }
        world.stop(2)
        world.run(for: .seconds(600))
    }
}

@Suite struct RingChangeTests {
    private func settled(_ nodes: ClosedRange<UInt16>, _ settings: ControllerSettings) -> World {
        var world = World(nodes: nodes, settings: settings)
        for id in nodes { world.start(id) }
        world.run(for: .seconds(60))
        return world
    }

    @Test("what happens within 100 ms is one epoch")
    func coalesce() {
        var settings = ControllerSettings()
        settings.arcsPerStepMaximum = 16_384
        var world = settled(1...3, settings)
        let begun = world.now
        for id in 4...9 as ClosedRange<UInt16> {
            world.start(id)
            world.run(for: .milliseconds(10))
        }
        world.run(for: .seconds(60))
        #expect(world.ringReasons.count == 1)
        #expect(world.ringReasons.first.map { $0.at - begun } == .milliseconds(100))
        #expect(world.isSettled(over: Array(1...9)))
    }

    @Test("nodes that die within 100 ms are one epoch, and only their arcs move")
    func deaths() {
        var world = settled(1...9, ControllerSettings())
        let before = world.tree.ring
        let lost = [2, 5, 9].reduce(0) { $0 + (before?.shares[NodeID($1)] ?? 0) }
        for id in [2, 5, 9] as [UInt16] {
            world.stop(id)
            world.run(for: .milliseconds(33))
        }
        world.run(for: .seconds(60))
        #expect(world.ringReasons.count == 1)
        #expect(world.ringReasons.first?.forced == lost)
        #expect(world.ringReasons.first?.voluntary == 0)
        #expect(world.isSettled(over: [1, 3, 4, 6, 7, 8]))
    }

    @Test("epochs lie 100 ms apart however many nodes die one after the other")
    func series() {
        var world = settled(1...30, ControllerSettings())
        for id in 2...29 as ClosedRange<UInt16> {
            world.stop(id)
            world.run(for: .milliseconds(40))
        }
        world.run(for: .seconds(60))
        #expect((5...12).contains(world.ringReasons.count))
        #expect(world.epochDistanceMinimum >= .milliseconds(100))
        #expect(world.isSettled(over: [1, 30]))
    }

    @Test("a node that never came is given up after a while, and gets its share when it comes")
    func neverCame() {
        let settings = ControllerSettings()
        var world = World(nodes: 1...4, settings: settings)
        for id in 1...3 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: settings.firstSightGrace)
        #expect(world.ringReasons.isEmpty)
        world.run(for: .milliseconds(200))
        #expect(world.ringReasons.map(\.forced) == [4_096])
        #expect(world.tree.ring?.nodes == (1...3).map { NodeID($0) })
        world.run(for: .seconds(3_600))
        #expect(world.ringReasons.count == 1)
        world.start(4)
        world.run(for: .seconds(20))
        #expect(world.ringReasons.reduce(0) { $0 + $1.voluntary } == 4_096)
        #expect(world.isSettled(over: [1, 2, 3, 4]))
    }

    @Test("nodes that start one after the other, each within the grace, move nothing")
    func rollingStart() {
        var world = World(nodes: 1...5)
        for id in 1...5 as ClosedRange<UInt16> {
            world.start(id)
            world.run(for: .seconds(3))
        }
        world.run(for: .seconds(600))
        #expect(world.ringReasons.isEmpty)
        let isAlarmed = world.observations.contains {
            if case .withoutQuorum = $0 { true } else { false }
        }
        #expect(!isAlarmed)
    }

    @Test("a node that goes while it is being given arcs is given none")
    func race() {
        var world = settled(1...3, ControllerSettings())
        world.disturbances = [.stop(4)]
        world.start(4)
        world.run(for: .milliseconds(150))
        #expect(world.refusalsCount == 1)
        #expect(world.ringReasons.isEmpty)
        world.run(for: .seconds(60))
        #expect(world.ringReasons.isEmpty)
        #expect(world.observations.contains { "\($0)".hasPrefix("refused") })
    }

    @Test("a registration that nobody can read: its node keeps what it has, and gets nothing")
    func unreadable() {
        var world = settled(1...4, ControllerSettings())
        let share = world.tree.ring?.shares[NodeID(2)]
        world.set(RookeryPaths.node(NodeID(2)), "{")
        world.run(for: .seconds(600))
        #expect(world.ringReasons.isEmpty)
        let isReported = world.observations.contains {
            if case .undecodable(RookeryPaths.node(NodeID(2)), _) = $0 { true } else { false }
        }
        #expect(isReported)
        world.stop(3)
        world.run(for: .seconds(60))
        #expect(world.tree.ring?.shares[NodeID(2)] == share)
        world.stop(2)
        world.run(for: .seconds(60))
        #expect(world.isSettled(over: [1, 4]))
    }

    @Test("a crashed node keeps its arcs for the grace, and loses them all at once")
    func crash() {
        let settings = ControllerSettings()
        var world = settled(1...5, settings)
        let share = world.tree.ring?.shares[NodeID(2)]
        world.stop(2)
        let gone = world.now
        world.run(for: settings.crashGrace)
        #expect(world.ringReasons.isEmpty)
        world.run(for: .seconds(60))
        #expect(world.ringReasons.count == 1)
        #expect(world.ringReasons.first?.forced == share)
        #expect(world.ringReasons.first?.voluntary == 0)
        #expect(
            world.ringReasons.first.map { $0.at - gone }
                == settings.crashGrace + settings.coalesceDelay)
        #expect(world.isSettled(over: [1, 3, 4, 5]))
    }

    @Test("a node that is back within the grace has lost nothing")
    func back() {
        var world = settled(1...5, ControllerSettings())
        world.stop(2)
        world.run(for: .seconds(1))
        world.start(2)
        world.run(for: .seconds(60))
        #expect(world.ringReasons.isEmpty)
    }

    @Test("a drain moves so many arcs a second; who goes before its end is not waited for")
    func drain() {
        let settings = ControllerSettings()
        var world = settled(1...4, settings)
        world.start(2, draining: true)
        world.run(for: .seconds(2))
        let steps = world.ringReasons
        #expect(steps.count == 2 && steps.allSatisfy { $0.voluntary == 820 && $0.forced == 0 })
        #expect((steps.last?.at ?? world.now) - (steps.first?.at ?? world.now) >= .seconds(1))
        world.stop(2)
        world.run(for: .milliseconds(200))
        #expect(world.ringReasons.last?.forced == 4_096 - 2 * 820)
        world.run(for: .seconds(60))
        #expect(world.isSettled(over: [1, 3, 4]))
    }

    @Test("a node that comes and goes must stay for a while before it is given arcs")
    func flapping() {
        let settings = ControllerSettings()
        var world = settled(1...3, settings)
        for round in 1...5 {
            world.start(4)
            world.run(for: .seconds(1))
            // A step each time, until it has gone once too often.
            #expect(world.ringReasons.count { $0.voluntary > 0 } == min(round, 4))
            world.stop(4)
            world.run(for: .seconds(3))
            #expect(world.tree.ring?.shares[NodeID(4)] == nil)
        }
        #expect(world.observations.contains(.flapping(NodeID(4))))
        world.start(4)
        world.run(for: settings.flapDelay)
        #expect(world.tree.ring?.shares[NodeID(4)] == nil)
        world.run(for: .seconds(60))
        #expect(world.isSettled(over: [1, 2, 3, 4]))
    }

    @Test("a flapping node keeps what it has, is given nothing, and holds up nobody")
    func unsteady() {
        var world = settled(1...3, ControllerSettings())
        world.start(4)
        world.run(for: .seconds(1))
        #expect(world.tree.ring?.shares[NodeID(4)] == 820)
        for _ in 0..<4 {
            world.stop(4)
            world.run(for: .milliseconds(10))
            world.start(4)
            world.run(for: .milliseconds(10))
        }
        world.start(5)
        world.run(for: .seconds(20))
        #expect(world.tree.ring?.shares[NodeID(4)] == 820)
        #expect(world.tree.ring?.shares[NodeID(5)] == (16_384 - 820) / 4)
        world.run(for: .seconds(60))
        #expect(world.isSettled(over: Array(1...5)))
    }

    @Test("when nobody else is left, flapping nodes are given the arcs")
    func lastResort() {
        var world = settled(1...2, ControllerSettings())
        for _ in 0..<4 {
            world.stop(1)
            world.run(for: .milliseconds(100))
            world.start(1)
        }
        world.stop(2)
        world.run(for: .seconds(3))
        #expect(world.isSettled(over: [1]))
    }

    @Test("only the latest deltas are kept, and they lead from ring to ring")
    func deltas() throws {
        var settings = ControllerSettings()
        settings.deltasMaximum = 3
        settings.arcsPerStepMaximum = 100
        var world = settled(1...3, settings)
        var ring = try #require(world.tree.ring)
        world.start(4)
        for _ in 0..<10 {
            world.run(for: .seconds(1))
            let new = try #require(world.tree.ring)
            guard new != ring else { continue }
            let path = RookeryPaths.delta(new.epoch)
            let bytes = try #require(world.tree.facts.znodes[path]?.data)
            #expect(try ring.applying(try RingDelta(decoding: bytes)) == new)
            ring = new
        }
        #expect(ring.epoch > RingEpoch(5))
        #expect(world.tree.facts.znodes.keys.count { $0.parent == RookeryPaths.deltas } == 3)
    }
}
