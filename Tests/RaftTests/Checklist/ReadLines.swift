import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.9 that no other suite asserts by itself.
@Suite struct ReadLines {
    @Test("a read that is asked for twice under one name is answered as often as it was asked for")
    func duplicateName() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.read(7)
        bench.read(7)
        bench.receive(heard(1, round: 2), from: 2)
        bench.receive(heard(1, round: 2), from: 3)
        #expect(bench.ready == [RequestID(7), RequestID(7)])
    }

    @Test("a read that waits while another becomes leader is refused, never answered by the old")
    func leaderChangeMeanwhile() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(0)
        cluster.read(0, RequestID(1))
        cluster.now = cluster.now + .milliseconds(900)
        cluster.elect(1)
        cluster.propose(1, ["a"])
        cluster.settle()
        cluster.heal()
        cluster.advance(.milliseconds(500))
        #expect(cluster.peers[0].ready == [])
        #expect(cluster.peers[0].refused == [RequestID(1)])
        #expect(cluster.ledger.violations == [])
    }

    @Test("what confirmed a leader in its former life confirms nothing after its restart")
    func restartVoidsConfirmations() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.read(0, RequestID(1))
        // The followers' answers stay on their way.
        cluster.settle { $0.link.to == n(1) }
        #expect(!cluster.wire.isEmpty)
        cluster.crash(0)
        cluster.start(0)
        cluster.read(0, RequestID(2))
        cluster.settle()
        #expect(cluster.peers[0].ready == [])
        #expect(cluster.peers[0].refused == [RequestID(2)])
    }

    @Test("a leader that slept through its term answers no read with what it knew before")
    func pausedLeader() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        // It stands still: nothing is delivered to it and it does not look at its clock.
        cluster.cutOff(0)
        cluster.now = cluster.now + .milliseconds(900)
        cluster.elect(1)
        cluster.propose(1, ["new"])
        cluster.settle()
        cluster.heal()
        cluster.read(0, RequestID(1))
        #expect(cluster.peers[0].ready == [])
        cluster.advance(.milliseconds(300))
        #expect(cluster.peers[0].ready == [])
        #expect(cluster.peers[0].refused == [RequestID(1)])
        #expect(cluster.ledger.violations == [])
    }
}
