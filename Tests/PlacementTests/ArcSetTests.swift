import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("Sets of arcs")
struct ArcSetTests {
    static let nodes = (1...5).map { NodeID($0) }
    static let ring = Ring.balanced(over: nodes, epoch: RingEpoch(1))

    @Test(arguments: nodes)
    func holdExactlyWhatTheNodeOwns(node: NodeID) {
        let arcs = ArcSet(of: node, in: Self.ring)
        var count = 0
        for arc in (0..<Limits.arcsCount).map({ ArcID($0) }) {
            #expect(arcs.contains(arc) == (Self.ring.owner(of: arc) == node))
            if arcs.contains(arc) { count += 1 }
        }
        #expect(arcs.count == count)
        for user in (1...2_000).map({ UserID($0) }) {
            #expect(arcs.contains(user) == (Self.ring.owner(of: user) == node))
        }
    }

    @Test func areNothingForAStranger() {
        #expect(ArcSet(of: NodeID(9), in: Self.ring) == ArcSet())
        #expect(ArcSet().count == 0)
    }

    @Test func surviveTheWayAndAreRefusedWhenCut() throws {
        let arcs = ArcSet(of: NodeID(3), in: Self.ring)
        var writer = ByteWriter()
        arcs.encode(into: &writer)
        let bytes = writer.take()
        #expect(bytes.count == 2_048)
        var reader = ByteReader(bytes)
        #expect(try ArcSet(from: &reader) == arcs)
        var cut = ByteReader(bytes.slice(0..<2_047))
        #expect(throws: DecodeFailure.self) { try ArcSet(from: &cut) }
    }
}
