import Placement
import Testing
import Toolbox
import Vocabulary

private func ring(_ numbers: ClosedRange<UInt16>) -> Ring {
    Ring.balanced(over: numbers.map { NodeID($0) }, epoch: RingEpoch(1))
}

private func ringNodes(
    _ numbers: ClosedRange<UInt16>, without gone: UInt16? = nil, draining: UInt16? = nil,
    away: UInt16? = nil
) -> [RingNode] {
    numbers.filter { $0 != gone }.map {
        RingNode(
            id: NodeID($0), zone: "z\($0 % 3)",
            part: $0 == draining ? .draining : $0 == away ? .away : .active)
    }
}

/// The fewest arcs that can move so that everybody owns a floor or a ceiling of the weighted share.
private func fewestMoves(from ring: Ring, nodes: [RingNode]) -> Int {
    let weights = nodes.reduce(0) { $0 + ($1.part == .active ? Int($1.weight) : 0) }
    var (out, inward) = (0, 0)
    let shares = ring.shares
    let known = nodes.map(\.id)
    for (id, count) in shares where !known.contains(id) { out += count }
    for node in nodes {
        let held = shares[node.id] ?? 0
        let weight = node.part == .active ? Int(node.weight) : 0
        let floor = 16_384 * weight / weights
        let ceiling = (16_384 * weight + weights - 1) / weights
        out += max(0, held - ceiling)
        inward += max(0, floor - held)
    }
    return max(out, inward)
}

private func isBalanced(_ ring: Ring, over nodes: [RingNode]) -> Bool {
    fewestMoves(from: ring, nodes: nodes) == 0
}

@Suite struct RingPlanTests {
    @Test("nothing moves when everybody has a fair share", arguments: 1...20 as ClosedRange<UInt16>)
    func rest(count: UInt16) {
        #expect(RingPlan(from: ring(1...count), nodes: ringNodes(1...count)) == nil)
    }

    @Test("a join moves the newcomer's share to it and nothing else", arguments: [1, 2, 5, 31, 99])
    func join(count: UInt16) throws {
        let before = ring(1...count)
        let plan = try #require(RingPlan(from: before, nodes: ringNodes(1...count + 1)))
        let share = plan.next.shares[NodeID(count + 1)] ?? 0
        #expect(share == 16_384 / Int(count + 1))
        #expect(plan.receivers == [NodeID(count + 1)])
        #expect(plan.voluntaryArcsCount == share && plan.forcedArcsCount == 0)
        #expect(before.arcsMoved(to: plan.next) == share)
        #expect(plan.next.epoch == RingEpoch(2))
        #expect(isBalanced(plan.next, over: ringNodes(1...count + 1)))
    }

    @Test("a crash moves the lost arcs at once, and no others", arguments: [2, 3, 5, 32, 100])
    func leave(count: UInt16) throws {
        let before = ring(1...count)
        let left = ringNodes(1...count, without: 2)
        let plan = try #require(RingPlan(from: before, nodes: left, voluntaryArcsMaximum: 0))
        #expect(plan.forcedArcsCount == before.shares[NodeID(2)])
        #expect(before.arcsMoved(to: plan.next) == plan.forcedArcsCount)
        #expect(plan.next.shares[NodeID(2)] == nil)
        #expect(isBalanced(plan.next, over: left))
    }

    @Test("a drain moves at most so many arcs a step, and no more than one plan would")
    func drain() throws {
        var now = ring(1...5)
        let nodes = ringNodes(1...5, draining: 3)
        var steps = 0
        var moved = 0
        while let plan = RingPlan(from: now, nodes: nodes, voluntaryArcsMaximum: 500) {
            #expect(plan.voluntaryArcsCount <= 500)
            #expect(
                plan.remainingArcsCount == (now.shares[NodeID(3)] ?? 0) - plan.voluntaryArcsCount)
            moved += now.arcsMoved(to: plan.next)
            now = plan.next
            steps += 1
        }
        #expect(steps == 7)
        #expect(moved == ring(1...5).shares[NodeID(3)])
        #expect(now.shares[NodeID(3)] == nil)
        #expect(isBalanced(now, over: nodes))
    }

    @Test("who is away keeps what it has and is given nothing")
    func away() throws {
        let start = ring(1...4)
        #expect(RingPlan(from: start, nodes: ringNodes(1...4, away: 2)) == nil)
        // Node 5 joins and stops in the middle of it: its arcs stay, nobody adds to them.
        let half = try #require(
            RingPlan(from: start, nodes: ringNodes(1...5), voluntaryArcsMaximum: 100))
        #expect(RingPlan(from: half.next, nodes: ringNodes(1...5, away: 5)) == nil)
        // Node 1 goes too: its arcs move to those who are there.
        let nodes = ringNodes(1...5, away: 5).filter { $0.id != NodeID(1) }
        let plan = try #require(RingPlan(from: half.next, nodes: nodes))
        #expect(plan.next.shares[NodeID(5)] == 100)
        #expect(plan.receivers == [NodeID(2), NodeID(3), NodeID(4)])
    }

    @Test("arcs stay in their zone while a node there lacks some")
    func zones() throws {
        let nodes = [1, 2, 3, 4].map { (number: UInt16) in
            RingNode(
                id: NodeID(number), zone: number % 2 == 0 ? "even" : "odd",
                part: number == 3 ? .draining : .active)
        }
        // Node 1 has nothing yet and is of node 3's zone; so it takes over from it.
        let before = Ring.balanced(over: [2, 3, 4].map { NodeID($0) }, epoch: RingEpoch(1))
        let plan = try #require(RingPlan(from: before, nodes: nodes))
        for arcs in before.arcs(of: NodeID(3)) {
            for arc in arcs { #expect(plan.next.owner(of: ArcID(arc)) == NodeID(1)) }
        }
    }

    @Test("weights are obeyed, and weight 0 owns nothing")
    func weights() throws {
        let nodes = [(1, 100), (2, 300), (3, 0), (4, 50)].map {
            RingNode(id: NodeID($0.0), weight: $0.1)
        }
        let plan = try #require(RingPlan(from: ring(1...4), nodes: nodes))
        #expect(plan.next.shares.keys == [NodeID(1), NodeID(2), NodeID(4)])
        #expect(isBalanced(plan.next, over: nodes))
        #expect((10_922...10_923).contains(plan.next.shares[NodeID(2)] ?? 0))
    }

    @Test("a cluster of which everybody drains, or is gone, stays as it is")
    func nobody() {
        #expect(RingPlan(from: ring(1...1), nodes: ringNodes(1...1, draining: 1)) == nil)
        #expect(RingPlan(from: ring(1...2), nodes: []) == nil)
        let allDrain = (1...3 as ClosedRange<UInt16>).map {
            RingNode(id: NodeID($0), part: .draining)
        }
        #expect(RingPlan(from: ring(1...3), nodes: allDrain) == nil)
    }

    @Test("any run of joins, leaves, drains and weights moves the fewest arcs", arguments: 1...40)
    func random(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var now = ring(1...UInt16(1 + random.below(9)))
        for _ in 0..<12 {
            var nodes = (1...UInt16(2 + random.below(24))).compactMap { number -> RingNode? in
                guard random.chance(0.8) else { return nil }
                return RingNode(
                    id: NodeID(number), zone: "z\(random.below(3))",
                    weight: random.chance(0.5) ? 100 : UInt16(random.below(1_000)),
                    part: random.chance(0.1) ? .draining : .active)
            }
            guard nodes.contains(where: { $0.part == .active && $0.weight > 0 }) else { continue }
            let fewest = fewestMoves(from: now, nodes: nodes)
            let whole = RingPlan(from: now, nodes: nodes)
            #expect(whole.map { now.arcsMoved(to: $0.next) } ?? 0 == fewest)
            nodes.shuffle(using: &random)
            #expect(RingPlan(from: now, nodes: nodes) == whole)
            // In steps: as many together, and the same shares.
            let bound = 1 + random.below(3_000)
            var moved = 0
            while let plan = RingPlan(from: now, nodes: nodes, voluntaryArcsMaximum: bound) {
                #expect(plan.voluntaryArcsCount <= bound)
                #expect(
                    now.arcsMoved(to: plan.next) == plan.forcedArcsCount + plan.voluntaryArcsCount)
                moved += now.arcsMoved(to: plan.next)
                now = plan.next
                if moved > 16_384 { break }
            }
            #expect(moved == fewest)
            #expect(now.shares == whole?.next.shares ?? now.shares)
            #expect(isBalanced(now, over: nodes))
        }
    }
}
