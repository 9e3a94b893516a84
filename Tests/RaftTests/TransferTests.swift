import Raft
import Testing
import Toolbox
import Vocabulary

/// Leadership is handed over (consensus checklist 6.8).
@Suite struct TransferTests {
    private func led(_ count: Int, spares: Int = 0) -> RaftCluster {
        var cluster = RaftCluster(count, spares: spares)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        return cluster
    }

    @Test("the target leads at once, against every promise, with all that was committed")
    func plain() {
        var cluster = led(3)
        cluster.propose(0, ["a"])
        #expect(cluster.transfer(0, to: 1) == .begun)
        let before = cluster.now
        cluster.settle()
        #expect(cluster.now == before)
        #expect(cluster.leader == 1)
        #expect(cluster.instance(0).leader == n(2))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a target that lags is caught up first, and proposals are refused meanwhile")
    func lagging() {
        var cluster = led(3)
        cluster.peers[1].isDiskHeld = true
        cluster.propose(0, ["a", "b"])
        cluster.settle()
        #expect(cluster.transfer(0, to: 1) == .begun)
        cluster.settle()
        #expect(cluster.leader == 0)
        #expect(cluster.propose(0, ["c"]) == .refused(.transferring(to: n(2))))
        #expect(cluster.change(0, .remove(n(3))) == .refused(.transferRunning))
        cluster.peers[1].isDiskHeld = false
        cluster.settle()
        #expect(cluster.leader == 1)
    }

    @Test("after the shortest election time-out it is given up, and proposals pass again")
    func aborted() {
        var cluster = led(3)
        cluster.peers[1].isDiskHeld = true
        cluster.propose(0, ["a"])
        cluster.transfer(0, to: 1)
        cluster.advance(.milliseconds(350))
        #expect(cluster.propose(0, ["b"]) == .refused(.transferring(to: n(2))))
        cluster.advance(.milliseconds(150))
        if case .refused = cluster.propose(0, ["b"]) { Issue.record("still refused") }
        #expect(cluster.leader == 0)
    }

    @Test("what can not be is refused")
    func refusals() {
        var cluster = led(3, spares: 1)
        #expect(cluster.transfer(0, to: 0) == .alreadyLeader)
        #expect(cluster.transfer(1, to: 2) == .refused(.notLeader(leader: n(1))))
        #expect(cluster.transfer(0, to: 3) == .refused(.unknownMember(n(4))))
        cluster.change(0, .addLearner(m(4)))
        #expect(cluster.transfer(0, to: 1) == .refused(.changeRunning))
        cluster.settle()
        #expect(cluster.transfer(0, to: 3) == .refused(.notAVoter(n(4))))
        cluster.peers[1].isDiskHeld = true
        cluster.propose(0, ["a"])
        cluster.settle()
        #expect(cluster.transfer(0, to: 1) == .begun)
        #expect(cluster.transfer(0, to: 1) == .begun)
        #expect(cluster.transfer(0, to: 2) == .refused(.transferRunning(to: n(2))))
    }

    @Test("a silent target is refused")
    func silent() {
        var cluster = led(3)
        cluster.cutOff(2)
        cluster.advance(.milliseconds(700))
        #expect(cluster.transfer(0, to: 2) == .refused(.unreachable(n(3))))
    }

    @Test("no lease while leadership may be elsewhere, nor until the target has confirmed again")
    func lease() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.receive(matched(1, 1), from: 3)
        func beat() {
            bench.expire()
        }
        beat()
        let first = bench.lastRound
        bench.receive(heard(1, round: first), from: 3)
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        bench.step { _ = $0.transferLeadership(to: n(2), at: $1, into: &$2) }
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        for _ in 0..<10 {
            beat()
            bench.receive(heard(1, round: bench.lastRound), from: 3)
        }
        // Given up; but node 2 may still get the order.
        #expect(bench.observations.contains(.transferEnded(to: n(2), succeeded: false)))
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
    }

    @Test("an order that a later round overtook is not obeyed")
    func late() {
        var bench = Bench(term: 1)
        bench.receive(heartbeat(2, round: 7), from: 2)
        bench.wait(500)
        bench.receive(heartbeat(2, round: 9), from: 2)
        bench.receive(.timeoutNow(.init(term: t(2), round: 8)), from: 2)
        #expect(bench.instance.role == .follower)
        bench.receive(.timeoutNow(.init(term: t(2), round: 9)), from: 3)
        #expect(bench.instance.role == .follower)
        bench.clear()
        bench.receive(.timeoutNow(.init(term: t(2), round: 9)), from: 2)
        #expect(bench.instance.role == .candidate)
        #expect(
            bench.sent(to: 3) == [
                .voteRequest(
                    .init(term: t(3), lastIndex: i(0), lastTerm: t(0), isTransfer: true))
            ])
    }

    @Test("an order that is lost is given again with the next beat")
    func lost() {
        var cluster = led(3)
        cluster.transfer(0, to: 1)
        cluster.lose(at: cluster.wire.count - 1)
        cluster.advance(.milliseconds(100))
        #expect(cluster.leader == 1)
    }

    @Test("leadership goes around, and every voter has it in its turn")
    func around() {
        var cluster = led(5)
        for place in [1, 2, 3, 4, 0] {
            #expect(cluster.transfer(cluster.leader ?? 0, to: place) == .begun)
            cluster.advance(.milliseconds(100))
            #expect(cluster.leader == place)
        }
        #expect(cluster.ledger.violations == [])
    }
}
