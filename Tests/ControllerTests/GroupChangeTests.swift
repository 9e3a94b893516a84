import Controller
import Placement
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite struct GroupChangeTests {
    private func settled(_ nodes: ClosedRange<UInt16>, groups: [UInt32]) -> World {
        var world = World(nodes: nodes, groups: groups)
        for id in nodes { world.start(id) }
        world.run(for: .seconds(60))
        return world
    }

    @Test("replicas of a node that stays away move to others, one after the other")
    func replacement() throws {
        let groups: [UInt32] = [0, 1] + (100...105)
        var world = settled(1...6, groups: groups)
        let holding = groups.filter { world.tree.group($0)?.voters.contains(NodeID(2)) == true }
        #expect(!holding.isEmpty)
        world.stop(2)
        world.run(for: .seconds(299))
        #expect(
            groups.count { world.tree.group($0)?.voters.contains(NodeID(2)) == true }
                == holding.count)
        world.run(for: .seconds(60))
        for group in groups {
            let assignment = try #require(world.tree.group(group))
            #expect(assignment.voters.count == 3)
            #expect(!assignment.voters.contains(NodeID(2)))
            // Three zones of two nodes each: still one replica in each zone.
            #expect(Set(assignment.voters.map { $0.rawValue % 3 }).count == 3)
        }
        let times = zip(world.times, world.reasons).compactMap { time, reason -> Instant? in
            if case .replica = reason { time } else { nil }
        }
        #expect(times.count == holding.count)
        for (first, second) in zip(times, times.dropFirst()) {
            #expect(second - first >= .seconds(1))
        }
    }

    @Test("a group without a quorum is reported and left as it is")
    func quorum() {
        var world = settled(1...6, groups: [100])
        let voters = world.tree.group(100)?.voters ?? []
        for voter in voters.prefix(2) { world.stop(voter.rawValue) }
        world.run(for: .seconds(1_000))
        #expect(world.tree.group(100)?.voters == voters)
        #expect(world.observations.contains(.withoutQuorum(ReplicaGroupID(100))))
    }

    @Test("leaderships leave a node that is away or draining, and come back")
    func leaders() {
        let groups: [UInt32] = [1] + (100...104)
        var world = settled(1...3, groups: groups)
        let led = { (world: World, id: UInt16) in
            groups.count { world.tree.group($0)?.preferredLeader == NodeID(id) }
        }
        #expect((1...3).map { led(world, $0) } == [2, 2, 2])
        world.stop(3)
        world.run(for: .seconds(30))
        #expect((1...3).map { led(world, $0) } == [3, 3, 0])
        world.start(3)
        world.run(for: .seconds(60))
        #expect((1...3).map { led(world, $0) } == [2, 2, 2])
        world.start(1, draining: true)
        world.run(for: .seconds(9))
        #expect((1...3).map { led(world, $0) } == [2, 2, 2])
        world.run(for: .seconds(20))
        #expect((1...3).map { led(world, $0) } == [0, 3, 3])
    }
}

@Suite struct ControllerCrashTests {
    /// A join, a drain, a crash for good and a node that comes back, with a controller that stops
    /// at one of its changes.
    private func story(crash: (after: Int, World.Crash)?) -> World {
        var world = World(nodes: 1...5, groups: [0, 1, 100, 101, 102], crash: crash)
        for id in 1...5 as ClosedRange<UInt16> { world.start(id) }
        world.run(for: .seconds(2))
        world.start(6)
        world.run(for: .seconds(2))
        world.start(3, draining: true)
        world.run(for: .seconds(1))
        world.stop(4)
        world.run(for: .seconds(5))
        world.stop(5)
        world.run(for: .seconds(20))
        world.start(5)
        world.run(for: .seconds(900))
        return world
    }

    private func expectEnd(_ world: World) {
        #expect(world.isSettled(over: [1, 2, 5, 6]))
        for group in [0, 1, 100, 101, 102] as [UInt32] {
            let assignment = world.tree.group(group)
            #expect(assignment?.voters.contains(NodeID(4)) == false)
            #expect(assignment?.preferredLeader != NodeID(3))
        }
    }

    @Test("wherever a controller crashes, the next one comes to the same end")
    func everywhere() {
        let whole = story(crash: nil)
        expectEnd(whole)
        #expect(whole.reasons.count > 12)
        #expect(whole.refusalsCount == 0)
        for step in 0..<whole.reasons.count {
            for kind in World.Crash.allCases {
                let world = story(crash: (step, kind))
                #expect(world.crashesCount == 1)
                expectEnd(world)
                guard kind.isOrderly else { continue }
                #expect(world.voluntaryArcsMaximum(within: .seconds(1)) <= 820)
                #expect(world.epochDistanceMinimum >= .milliseconds(100))
            }
        }
    }

    @Test("any run of starts, stops, drains and crashes comes to rest, fairly", arguments: 1...40)
    func random(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var world = World(nodes: 1...4, groups: [0, 1, 100, 101, 102, 103])
        for id in 1...4 as ClosedRange<UInt16> { world.start(id) }
        var up = Set(1...4 as ClosedRange<UInt16>)
        for _ in 0..<60 {
            let id = UInt16(1 + random.below(9))
            switch random.below(10) {
            case 0..<4 where up.count > 1 && up.contains(id):
                world.stop(id)
                up.remove(id)
            case 0..<7:
                world.start(id, draining: random.chance(0.2))
                up.insert(id)
            case 7:
                let kind = World.Crash.allCases[random.below(World.Crash.allCases.count)]
                world.crash = (random.below(3), kind)
            case 8 where up.contains(id):
                world.disturbances.append(.start(id))
            case 8: world.disturbances.append(.stop(id))
            default: world.run(for: .milliseconds(random.below(8_000)))
            }
            world.run(for: .milliseconds(random.below(400)))
        }
        world.crash = nil
        world.disturbances = []
        for id in 1...9 as ClosedRange<UInt16> {
            if up.contains(id) { world.start(id) } else { world.stop(id) }
        }
        world.run(for: .seconds(3_600))
        #expect(world.isSettled(over: up.sorted()))
        let (changes, refusals) = (world.reasons.count, world.refusalsCount)
        world.run(for: .seconds(3_600))
        #expect(world.reasons.count == changes)
        #expect(world.refusalsCount == refusals)
    }

    @Test("a change that was on its way when its controller crashed does not undo what came after")
    func late() {
        var refusals = 0
        for kind in [World.Crash.arrivingBeforeNext, .arrivingAfterNext] {
            for step in 0..<6 {
                var world = World(nodes: 1...4)
                for id in 1...4 as ClosedRange<UInt16> { world.start(id) }
                world.run(for: .seconds(20))
                world.start(5)
                world.crash = (step, kind)
                world.run(for: .seconds(3))
                world.stop(2)
                world.run(for: .seconds(60))
                #expect(world.isSettled(over: [1, 3, 4, 5]))
                refusals += world.refusalsCount
            }
        }
        #expect(refusals > 0)
    }
}
