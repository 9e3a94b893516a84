import ChaosHarness
import Testing
import Vocabulary

@Suite struct RingCheckTests {
    private static let nodes = (1...5).map { NodeID(UInt16($0)) }
    private static let leaver = NodeID(3)
    private static var others: [NodeID] { nodes.filter { $0 != leaver } }

    private static func ring(
        _ epoch: UInt64, by node: NodeID = NodeID(1), _ owner: (Int) -> NodeID
    ) -> RingReading {
        RingReading(
            node: node, epoch: RingEpoch(epoch),
            owners: (0..<Int(Limits.arcsCount)).map(owner))
    }

    private static func five(_ epoch: UInt64) -> RingReading { ring(epoch) { nodes[$0 % 5] } }

    /// The leaver's arcs below `bound` are with the others already.
    private static func without(_ epoch: UInt64, below bound: Int = .max) -> RingReading {
        ring(epoch) { arc in
            let owner = nodes[arc % 5]
            return owner == leaver && arc < bound ? others[(arc / 5 + 3) % 4] : owner
        }
    }

    /// Not asked within `#expect`, which would print all arcs.
    private func isSettled(_ readings: [RingReading], over members: [NodeID]) -> Bool {
        RingCheck.isSettled(readings, over: members)
    }

    @Test func `A ring is settled when all give out the same and shares are even`() {
        var yes: [Bool] = []
        let readings = Self.nodes.map { node in Self.ring(4, by: node) { Self.nodes[$0 % 5] } }
        yes.append(isSettled(readings, over: Self.nodes))
        yes.append(isSettled([Self.without(5)], over: Self.others))
        #expect(yes.allSatisfy { $0 })
    }

    @Test func `A ring is not settled while somebody gives out another`() {
        var no: [Bool] = []
        let other = Self.ring(4, by: NodeID(2)) { Self.nodes[($0 + 1) % 5] }
        no.append(isSettled([Self.five(4), other], over: Self.nodes))
        no.append(isSettled([Self.five(4), Self.five(5)], over: Self.nodes))
        no.append(isSettled([], over: Self.nodes))
        #expect(no.allSatisfy { !$0 })
    }

    @Test func `A ring is not settled while shares are uneven, or somebody owns who is gone`() {
        var no: [Bool] = []
        no.append(isSettled([Self.five(4)], over: Self.others))
        no.append(isSettled([Self.without(4)], over: Self.nodes))
        no.append(isSettled([Self.without(4, below: 9_000)], over: Self.others))
        let uneven = Self.ring(4) { Self.nodes[$0 == 0 ? 1 : $0 == 5 ? 1 : $0 % 5] }
        no.append(isSettled([uneven], over: Self.nodes))
        #expect(no.allSatisfy { !$0 })
    }

    @Test func `A leave moves the arcs of who leaves, in steps`() {
        let rings = [Self.five(4), Self.without(5, below: 8_000), Self.without(6)]
        let violations = RingCheck.leave(of: Self.leaver, rings)
        #expect(violations.isEmpty)
        let (moved, share) = (rings[0].moved(to: rings[2]), rings[0].share(of: Self.leaver))
        #expect(moved == share)
    }

    @Test func `A leave that moves another node's arc is wrong, also if it moves back`() {
        let detour = Self.ring(5) { $0 == 0 ? Self.nodes[1] : Self.nodes[$0 % 5] }
        let violations = RingCheck.leave(
            of: Self.leaver, [Self.five(4), detour, Self.without(6)])
        #expect(violations.map(\.kind) == [.ring, .ring])
    }

    @Test func `A join moves the share of who joins, in steps, and all of it there`() {
        let rings = [Self.without(6), Self.without(7, below: 8_000), Self.five(8)]
        let violations = RingCheck.join(of: Self.leaver, rings)
        #expect(violations.isEmpty)
    }

    @Test func `A join that moves an arc between two others is wrong`() {
        let wrong = Self.ring(7) { $0 == 0 ? Self.nodes[1] : Self.nodes[$0 % 5] }
        let violations = RingCheck.join(of: Self.leaver, [Self.without(6), wrong])
        #expect(violations.map(\.kind) == [.ring, .ring])
    }

    @Test func `A join is wrong if who joins owned something before`() {
        let rings = [Self.without(6, below: 16_000), Self.five(7)]
        let violations = RingCheck.join(of: Self.leaver, rings)
        #expect(violations.map(\.kind) == [.ring])
    }

    @Test func `An epoch that nobody saw is told`() {
        let rings = [Self.five(4), Self.without(6)]
        let violations = RingCheck.leave(of: Self.leaver, rings)
        #expect(violations.map(\.kind) == [.ring])
    }
}
