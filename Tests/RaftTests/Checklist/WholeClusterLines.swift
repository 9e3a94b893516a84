import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.10 that are not void: a group comes back by itself.
@Suite struct WholeClusterLines {
    @Test("a group that lost its quorum says nothing false, and goes on when it is back")
    func quorumLoss() {
        var cluster = RaftCluster(5)
        cluster.elect(0)
        cluster.propose(0, ["a"])
        cluster.settle()
        for place in 2..<5 { cluster.crash(place) }
        cluster.propose(0, ["b"])
        cluster.advance(.seconds(3))
        #expect(cluster.leaders == [])
        #expect(cluster.ledger.applied.count == 2)
        for place in 2..<5 { cluster.start(place) }
        cluster.advance(.seconds(3))
        #expect(cluster.leaders.count == 1)
        expectService(&cluster)
    }

    @Test("a group whose links were all cut for a while goes on when they are back")
    func temporaryQuorumLoss() {
        var cluster = RaftCluster(5)
        cluster.elect(0)
        for place in 0..<5 { cluster.cutOff(place) }
        cluster.advance(.seconds(5))
        #expect(cluster.leaders == [])
        cluster.heal()
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        expectService(&cluster)
    }

    @Test(
        "whatever links between leader and followers pass nothing, one way or both, it goes on",
        arguments: 0..<16)
    func asymmetricPartitions(pattern: Int) {
        for seed in 1...5 {
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            for bit in 0..<4 where pattern >> bit & 1 == 1 {
                let other = 1 + bit / 2
                if bit % 2 == 0 {
                    cluster.cut(from: 0, to: other)
                } else {
                    cluster.cut(from: other, to: 0)
                }
            }
            cluster.advance(.seconds(4))
            guard let leader = cluster.leader else {
                Issue.record("nobody leads, pattern \(pattern), seed \(seed)")
                continue
            }
            let before = cluster.ledger.applied.count
            cluster.propose(leader, ["a"])
            cluster.advance(.seconds(1))
            #expect(cluster.ledger.applied.count > before, "pattern \(pattern), seed \(seed)")
            cluster.heal()
            cluster.advance(.seconds(2))
            expectService(&cluster)
        }
    }

    /// A write commits everywhere, a read is answered.
    private func expectService(_ cluster: inout RaftCluster) {
        guard let leader = cluster.leader else {
            Issue.record("nobody leads")
            return
        }
        cluster.propose(leader, ["last"])
        cluster.read(leader, RequestID(99))
        cluster.advance(.milliseconds(500))
        let last = cluster.instance(leader).lastIndex
        for peer in cluster.peers { #expect(peer.applied == last) }
        #expect(cluster.peers[leader].ready.contains(RequestID(99)))
        #expect(cluster.ledger.violations == [])
    }
}
