import Placement
import Testing
import Toolbox
import Vocabulary

/// Rings as they follow each other, in histories nobody planned.
@Suite struct RingHistoryTests {
    private func nodes(_ ids: Set<UInt16>) -> [RingNode] {
        ids.sorted().map { RingNode(id: NodeID($0), zone: "z\($0 % 3)") }
    }

    /// Old and new owner of each arc that moved.
    private func moves(from old: Ring, to new: Ring) -> [(from: NodeID, to: NodeID)] {
        zip(old.owners, new.owners).filter { $0.0 != $0.1 }.map { ($0.0, $0.1) }
    }

    @Test(
        "nodes join and leave: balanced within one arc, and just the share that must move moves",
        arguments: 1...30)
    func joinsAndLeaves(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var ids = Set((1...UInt16(1 + random.below(12))))
        var ring = Ring.balanced(over: ids.map { NodeID($0) }, epoch: RingEpoch(1))
        for _ in 0..<40 {
            let id = UInt16(1 + random.below(60))
            let hasLeft = ids.contains(id)
            guard !hasLeft || ids.count > 1 else { continue }
            if hasLeft { ids.remove(id) } else { ids.insert(id) }
            let next = try #require(RingPlan(from: ring, nodes: nodes(ids))).next
            let moved = moves(from: ring, to: next)
            if hasLeft {
                #expect(moved.allSatisfy { $0.from == NodeID(id) })
                #expect(moved.count == ring.shares[NodeID(id)])
            } else {
                let (floor, rest) = 16_384.quotientAndRemainder(dividingBy: ids.count)
                #expect(moved.allSatisfy { $0.to == NodeID(id) })
                #expect((floor...floor + min(rest, 1)).contains(moved.count))
            }
            let shares = next.shares.values
            #expect(next.nodes == ids.sorted().map { NodeID($0) })
            #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
            ring = next
        }
    }

    @Test(
        "weights change, nodes come and go: shares stay within one of the weights",
        arguments: 1...30)
    func weights(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var weights: [UInt16: UInt16] = [1: 100, 2: 100, 3: 100]
        var ring = Ring.balanced(over: [1, 2, 3].map { NodeID($0) }, epoch: RingEpoch(1))
        for _ in 0..<30 {
            let id = UInt16(1 + random.below(20))
            weights[id] =
                random.chance(0.3) && weights.count > 1 ? nil : UInt16(1 + random.below(500))
            let nodes = weights.keys.sorted().map {
                RingNode(id: NodeID($0), weight: weights[$0] ?? 0)
            }
            ring = RingPlan(from: ring, nodes: nodes)?.next ?? ring
            let sum = weights.values.reduce(0) { $0 + Int($1) }
            for node in nodes {
                // |share - arcs * weight / sum| < 1, without fractions.
                let distance = (ring.shares[node.id] ?? 0) * sum - 16_384 * Int(node.weight)
                #expect(abs(distance) < sum)
            }
        }
    }

    @Test("nodes come and go between the steps of a move: no arc goes to who has its share")
    func interrupted() throws {
        for seed in 1...30 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            var ids: Set<UInt16> = [1, 2, 3, 4]
            var ring = Ring.balanced(over: ids.map { NodeID($0) }, epoch: RingEpoch(1))
            for _ in 0..<60 {
                let id = UInt16(1 + random.below(12))
                if random.chance(0.3), ids.count > 1 || !ids.contains(id) {
                    if ids.contains(id) { ids.remove(id) } else { ids.insert(id) }
                }
                let step = RingPlan(from: ring, nodes: nodes(ids), voluntaryArcsMaximum: 820)
                guard let step else { continue }
                let lost = ring.shares.filter { !ids.contains($0.key.rawValue) }
                #expect(step.forcedArcsCount == lost.reduce(0) { $0 + $1.value })
                #expect(step.voluntaryArcsCount <= 820)
                let ceiling = (16_384 + ids.count - 1) / ids.count
                for receiver in step.receivers {
                    #expect((ring.shares[receiver] ?? 0) < (step.next.shares[receiver] ?? 0))
                    #expect((step.next.shares[receiver] ?? 0) <= ceiling)
                }
                ring = step.next
            }
            while let step = RingPlan(from: ring, nodes: nodes(ids), voluntaryArcsMaximum: 820) {
                ring = step.next
            }
            #expect(ring.nodes == ids.sorted().map { NodeID($0) })
        }
    }

    @Test("a zone that is lost is shared by all others; one that lost a node keeps its arcs near")
    func zones() throws {
        let all: Set<UInt16> = [1, 2, 3, 4, 5, 6]
        let ring = Ring.balanced(over: all.map { NodeID($0) }, epoch: RingEpoch(1))
        let left = all.filter { $0 % 3 != 1 }
        let next = try #require(RingPlan(from: ring, nodes: nodes(left))).next
        #expect(next.shares.values.allSatisfy { $0 == 4_096 })
        // Node 4 gone, node 7 of the same zone new: node 4's arcs go to it, but perhaps for the one
        // that somebody else lacks.
        let swapped = all.subtracting([4]).union([7])
        let after = try #require(RingPlan(from: ring, nodes: nodes(swapped))).next
        let moved = moves(from: ring, to: after)
        #expect(moved.allSatisfy { $0.from == NodeID(4) })
        #expect(moved.count { $0.to != NodeID(7) } <= 1)
        #expect(moved.count == ring.shares[NodeID(4)])
    }

    @Test("who comes and goes keeps what it has, gets nothing, and nobody waits for it")
    func unsteady() throws {
        let ring = Ring.balanced(over: [1, 2, 3].map { NodeID($0) }, epoch: RingEpoch(1))
        let half = try #require(
            RingPlan(from: ring, nodes: nodes([1, 2, 3, 4]), voluntaryArcsMaximum: 820)
        ).next
        var present = nodes([1, 2, 3, 4, 5])
        present[3] = RingNode(id: NodeID(4), part: .unsteady)
        let next = try #require(RingPlan(from: half, nodes: present)).next
        #expect(next.shares[NodeID(4)] == 820)
        #expect(next.shares[NodeID(5)] == (16_384 - 820) / 4)
        // With its full share it is a node like others, and gives what is too much.
        let full = try #require(RingPlan(from: ring, nodes: nodes([1, 2, 3, 4]))).next
        let less = try #require(RingPlan(from: full, nodes: present)).next
        #expect(less.shares[NodeID(4)] == 3_277)
        // And when there is nobody else, it owns all.
        let alone = try #require(RingPlan(from: half, nodes: [present[3]])).next
        #expect(alone.shares[NodeID(4)] == 16_384)
    }
}
