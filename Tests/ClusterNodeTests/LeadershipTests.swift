import AdminWire
import ClusterNode
import HTTPWire
import PeerWire
import Placement
import Raft
import Testing
import Toolbox
import Vocabulary

@Suite("A leadership")
struct LeadershipTests {
    private static let group = GroupNumbers.messages(of: ShardID(0))

    private func elections(_ cluster: Cluster) -> Int {
        cluster.nodes.flatMap(\.observations).count {
            if case .raft(_, .becamePreCandidate) = $0 { true } else { false }
        }
    }

    @Test func isHandedOverBeforeAStopWithoutAnElection() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.pass(.seconds(1))
        let leader = try #require(cluster.leader(of: Self.group))
        let before = elections(cluster)
        let start = cluster.now
        cluster.tell(leader, .shutdownRequested)
        let isHandedOver = cluster.run { cluster in
            cluster.groups.allSatisfy {
                guard let now = cluster.leader(of: $0.id) else { return false }
                return now != leader
            }
        }
        #expect(isHandedOver)
        #expect(cluster.now - start < 100_000_000)
        #expect(elections(cluster) == before)
        let isFinished = cluster.run { $0.nodes[leader].isFinished }
        #expect(isFinished)
        cluster.kill(leader)
        cluster.pass(.seconds(5))
        #expect(elections(cluster) == before)
        // Back again, it takes its groups over once it is up to date, and not to and fro.
        cluster.nodes[leader].isFinished = false
        try cluster.start(leader)
        let isBack = cluster.run(atMost: .seconds(30)) { $0.isLedAsPreferred }
        #expect(isBack)
        let terms = cluster.groups.map {
            cluster.nodes[leader].instance?.consensus(of: $0.id)?.term
        }
        cluster.pass(.seconds(60))
        #expect(
            cluster.groups.map { cluster.nodes[leader].instance?.consensus(of: $0.id)?.term }
                == terms)
    }

    @Test func isNotHandedOverByALoneNodeThatStops() throws {
        var cluster = try Cluster(1)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.tell(0, .shutdownRequested)
        let isFinished = cluster.run { $0.nodes[0].isFinished }
        #expect(isFinished)
    }

    @Test func doesNotHoldUpAStopWhenNobodyCanTakeIt() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let leader = try #require(cluster.leader(of: Self.group))
        cluster.cutOff(leader)
        let start = cluster.now
        cluster.tell(leader, .shutdownRequested)
        let isFinished = cluster.run { $0.nodes[leader].isFinished }
        #expect(isFinished)
        #expect(cluster.now - start < 1_000_000_000)
    }

    @Test func leavesANodeWhoseClockIsOff() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let leader = try #require(cluster.leader(of: Self.group))
        cluster.nodes[leader].wallOffset = 60_000
        let hasLeft = cluster.run(atMost: .seconds(15)) { cluster in
            cluster.groups.allSatisfy { group in
                guard let now = cluster.leader(of: group.id) else { return false }
                return now != leader
            }
        }
        #expect(hasLeft)
        cluster.pass(.seconds(30))
        #expect(cluster.leader(of: Self.group) != leader)
        cluster.nodes[leader].wallOffset = 0
        let isBack = cluster.run(atMost: .seconds(30)) { $0.isLedAsPreferred }
        #expect(isBack)
    }

    @Test func isKnownToANodeWithoutACopy() throws {
        var cluster = try Cluster(5, replicas: 3)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.pass(.seconds(1))
        let wish = GroupChange(.transfer, NodeID(2))
        let response = try cluster.ask(.changeGroup(Self.group, wish), at: 4)
        let error = try AdminError.decode(response.body)
        #expect(error.code == "not_leader")
        #expect(error.leader == NodeID(1))
    }

    @Test func showsItsLeaseToOperators() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.pass(.seconds(1))
        let status = try StatusReport.decode(try cluster.ask(.status, at: 0).body)
        for group in status.groups {
            #expect(group.members.map(\.standing) == [.voter, .voter, .voter])
            #expect(group.preferred != nil)
            #expect(group.holdsLease == (group.leader == NodeID(1)))
            #expect(group.members.contains { $0.replica == group.replica })
            let followers = group.role == .leader ? 2 : 0
            #expect(group.members.count { $0.match != nil } == followers)
        }
    }

    @Test func isNotDisturbedByWordsToOtherCopies() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.pass(.seconds(1))
        var writer = ByteWriter()
        writer.write(UInt64(4_711))
        writer.write(UInt64(4_712))
        RaftMessage.voteRequest(
            .init(term: Term(99), lastIndex: LogIndex(999), lastTerm: Term(98))
        ).encode(into: &writer)
        let body = writer.take()
        let terms = cluster.nodes.map { $0.instance?.consensus(of: Self.group)?.term }
        for group in [Self.group, ReplicaGroupID(99)] {
            cluster.forge(
                PeerSection(kind: .consensus, group: group, body: body), from: 0, to: 1)
        }
        cluster.forge(
            PeerSection(kind: .consensus, group: Self.group, body: "short"), from: 0, to: 1)
        cluster.pass(.seconds(1))
        #expect(cluster.nodes.map { $0.instance?.consensus(of: Self.group)?.term } == terms)
        let status = try StatusReport.decode(try cluster.ask(.status, at: 1).body)
        let dropped = Dictionary(
            uniqueKeysWithValues: status.node.dropped.map { ($0.reason, $0.count) })
        #expect(dropped["unknown_group"] == 1)
        #expect((dropped["other_copy"] ?? 0) >= 1)
        #expect(dropped["malformed_section"] == 1)
        let metrics = try cluster.ask(.metrics, at: 1).body.text ?? ""
        #expect(metrics.contains("rookery_dropped_total{reason=\"unknown_group\"} 1.0"))
        #expect(metrics.contains("rookery_dropped_total{reason=\"other_cluster\"} 0.0"))
    }
}
