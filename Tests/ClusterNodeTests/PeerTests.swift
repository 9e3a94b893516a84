import ClusterNode
import PeerWire
import Peering
import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("A peer")
struct PeerTests {
    @Test(arguments: [
        PeerSection.Kind.consensus, .request, .reply, .subscribe, .delivery, .edgeHome, .snapshot,
        .snapshotResult, .copyMade, .leads,
    ])
    func thatSendsNonsenseIsObservedAndOtherwiseIgnored(_ kind: PeerSection.Kind) throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var random = SeededRandom(seed: UInt64(kind.rawValue))
        let group = GroupNumbers.messages(of: ShardID(0))
        for _ in 0..<40 {
            let count = random.below(60)
            let body = Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            cluster.forge(PeerSection(kind: kind, group: group, body: body), from: 0, to: 1)
            cluster.settle()
        }
        let nonsense = cluster.nodes[1].observations.contains {
            if case .nonsense(NodeID(1), _) = $0 { true } else { false }
        }
        #expect(nonsense)
        let isLost = cluster.nodes[1].observations.contains {
            if case .peering(.lost) = $0 { true } else { false }
        }
        #expect(!isLost)
        let anna = try cluster.register("anna", at: 1)
        #expect(anna.user.rawValue > 0)
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
    }

    @Test(arguments: [ReplicaGroupID(0), ReplicaGroupID(99), ReplicaGroupID(.max)])
    func thatSpeaksOfAGroupThatIsNotThereIsIgnored(_ group: ReplicaGroupID) throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var random = SeededRandom(seed: 3)
        for kind: PeerSection.Kind in [.consensus, .request, .subscribe, .delivery, .snapshot] {
            for _ in 0..<200 {
                let body = Bytes(
                    (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next() % 3) }
                )
                cluster.forge(PeerSection(kind: kind, group: group, body: body), from: 0, to: 1)
            }
            cluster.settle()
        }
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
        _ = try cluster.register("anna", at: 1)
    }
}
