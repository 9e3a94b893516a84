import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.3 that no other suite asserts by itself.
@Suite struct PreVoteLines {
    @Test("a pre-vote with a stale log fails, with a current one succeeds, and no term changes")
    func logDecides() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        cluster.propose(0, ["a"])
        cluster.settle()
        cluster.cutOff(0)
        cluster.cut = cluster.cut.filter { !$0.touches(1, 2) }
        cluster.now = cluster.now + .milliseconds(900)
        cluster.fire(2)
        cluster.settle()
        #expect(cluster.instance(2).role == .preCandidate)
        #expect(cluster.instance(1).term == t(1))
        #expect(cluster.instance(2).term == t(1))
        cluster.fire(1)
        // Until it stands nothing has changed at anybody.
        cluster.deliver { $0.isPreVoteRequest }
        #expect(cluster.instance(1).term == t(1))
        #expect(cluster.instance(2).term == t(1))
        cluster.settle()
        #expect(cluster.instance(1).role == .leader)
    }

    @Test("a split vote behind agreeing pre-votes is followed by an election that succeeds")
    func splitVote() {
        for seed in 1...20 {
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            cluster.crash(0)
            cluster.now = cluster.now + .milliseconds(900)
            cluster.fire(1)
            cluster.fire(2)
            cluster.settle()
            #expect(cluster.instance(1).role == .candidate)
            #expect(cluster.instance(2).role == .candidate)
            #expect(cluster.instance(1).term == t(2))
            #expect(cluster.instance(2).term == t(2))
            cluster.advance(.seconds(2))
            #expect(cluster.leaders.count == 1, "seed \(seed)")
            #expect(cluster.ledger.violations == [])
        }
    }

    @Test("a quorum of pre-candidates elects one of them at once, with the old leader out of reach")
    func preCandidatesElect() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(0)
        cluster.now = cluster.now + .milliseconds(300)
        cluster.fire(1)
        #expect(cluster.instance(1).role == .preCandidate)
        cluster.fire(2)
        #expect(cluster.instance(2).role == .preCandidate)
        cluster.advance(.seconds(1))
        #expect(cluster.leaders.filter { $0 != 0 }.count == 1)
    }

    @Test("a voter out of the leader's reach supersedes it only when it is gone for all")
    func superseding() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutBothWays(0, 2)
        cluster.advance(.seconds(3))
        #expect(cluster.leaders == [0])
        #expect(cluster.instance(0).term == t(1))
        cluster.crash(0)
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.leaders != [0])
    }

    @Test("who forgets its leader may grant a pre-vote at once, but still compares logs")
    func forgottenLeader() {
        var bench = Bench(term: 1, log: log(1, 1))
        bench.now = ms(1_450)
        bench.receive(heartbeat(1), from: 2)
        bench.clear()
        bench.receive(preVoteRequest(2, last: (2, 1)), from: 3)
        #expect(bench.sent(to: 3) == [preVote(1, granted: false)])
        bench.step { $0.peerRefusedConnection(n(2), at: $1, into: &$2) }
        bench.clear()
        bench.receive(preVoteRequest(2, last: (1, 1)), from: 3)
        bench.receive(preVoteRequest(2, last: (2, 1)), from: 3)
        #expect(bench.sent(to: 3) == [preVote(1, granted: false), preVote(2)])
        bench.read(1)
        #expect(bench.refused == [RequestID(1)])
    }

    @Test("across a bridge of one node somebody leads and goes on leading", arguments: 0..<5)
    func bridge(first: Int) {
        // 1 and 2 see each other and 3, so do 4 and 5.
        var cluster = RaftCluster(5)
        cluster.elect(first)
        for one in 0...1 { for other in 3...4 { cluster.cutBothWays(one, other) } }
        expectStability(&cluster)
    }

    @Test("in a chain of five somebody leads and goes on leading", arguments: 0..<5)
    func chain(first: Int) {
        var cluster = RaftCluster(5)
        cluster.elect(first)
        for one in 0..<5 {
            for other in one..<5 where other > one + 1 { cluster.cutBothWays(one, other) }
        }
        expectStability(&cluster)
    }

    private func expectStability(_ cluster: inout RaftCluster) {
        cluster.advance(.seconds(6))
        guard let leader = cluster.leader else {
            Issue.record("nobody leads")
            return
        }
        let term = cluster.instance(leader).term
        cluster.propose(leader, ["a"])
        cluster.advance(.seconds(5))
        #expect(cluster.leader == leader)
        #expect(cluster.instance(leader).term == term)
        #expect(cluster.peers[leader].applied == cluster.instance(leader).lastIndex)
        #expect(cluster.ledger.violations == [])
    }
}

extension RaftCluster.Link {
    /// Whether it joins these two places, in either direction.
    func touches(_ one: Int, _ other: Int) -> Bool {
        let ends = [from, to]
        return ends.contains(n(UInt16(one + 1))) && ends.contains(n(UInt16(other + 1)))
    }
}
