import Raft
import Testing
import Toolbox
import Vocabulary

/// ReadIndex (thesis §6.4, consensus checklist 6.9).
@Suite struct ReadTests {
    /// A leader whose first entry is committed.
    private func leader(voters: Int = 3) -> Bench {
        var bench = Bench.leader(voters: voters)
        for node in bench.others { bench.receive(matched(1, 1), from: node.rawValue) }
        bench.clear()
        return bench
    }

    @Test("a read is answered when a quorum confirmed a round that began after it came")
    func confirmed() {
        var bench = leader()
        bench.read(7)
        #expect(bench.sent(to: 2) == [heartbeat(1, commit: 1, round: 1)])
        #expect(bench.ready == [])
        bench.receive(heard(1, round: 1), from: 3)
        #expect(bench.directives.contains(.readReady([RequestID(7)], at: i(1))))
    }

    @Test("a majority is needed, each voter counting once")
    func quorumNeeded() {
        var bench = leader(voters: 5)
        bench.read(7)
        bench.receive(heard(1, round: 1), from: 2)
        bench.receive(heard(1, round: 1), from: 2)
        bench.receive(heard(1, round: 1), from: 9)
        #expect(bench.ready == [])
        bench.receive(heard(1, round: 1), from: 4)
        #expect(bench.ready == [RequestID(7)])
    }

    @Test("an answer to an earlier round confirms nothing for a later read")
    func staleConfirmation() {
        var bench = leader()
        bench.expire()
        bench.read(7)
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.ready == [])
        bench.receive(heard(1, round: 2), from: 2)
        #expect(bench.ready == [RequestID(7)])
    }

    @Test("an acknowledged append confirms the round that it was sent in")
    func appendConfirms() {
        var bench = leader()
        bench.read(7)
        bench.propose("a")
        bench.receive(matched(1, 2, round: 1), from: 2)
        #expect(bench.directives.contains(.readReady([RequestID(7)], at: i(1))))
    }

    @Test("an answer to a round that was never begun is ignored")
    func futureRound() {
        var bench = leader()
        bench.read(7)
        bench.receive(heard(1, round: 99), from: 2)
        #expect(bench.ready == [])
    }

    @Test("reads wait until an entry of the leader's own term is committed")
    func waitsForOwnTerm() {
        var bench = Bench.leader(term: 4, log: log(1, 2))
        bench.read(7)
        bench.expire()
        bench.receive(heard(4, round: 1), from: 2)
        bench.receive(heard(4, round: 1), from: 3)
        #expect(bench.ready == [])
        bench.receive(matched(4, 3), from: 2)
        bench.receive(heard(4, round: 2), from: 2)
        #expect(bench.directives.contains(.readReady([RequestID(7)], at: i(3))))
    }

    @Test("who does not lead refuses at once")
    func notLeader() {
        var bench = Bench()
        bench.read(7)
        #expect(bench.directives == [.readRefused([RequestID(7)])])
    }

    @Test("a leader that steps down refuses all reads that wait, in order")
    func stepDownRefuses() {
        var bench = leader()
        for id: UInt64 in 1...8 { bench.read(id) }
        bench.receive(heartbeat(2), from: 2)
        #expect(bench.refused == (1...8).map { RequestID($0) })
        bench.receive(heard(2, round: 1), from: 3)
        #expect(bench.ready == [])
    }

    @Test("reads that come while rounds are on their way share the next one")
    func batches() {
        var bench = leader()
        for id: UInt64 in 1...50 { bench.read(id) }
        let rounds = bench.sent(to: 2).count
        #expect(rounds == 4)
        bench.receive(heard(1, round: 4), from: 2)
        #expect(bench.ready == (1...4).map { RequestID($0) })
        bench.receive(heard(1, round: 5), from: 2)
        #expect(bench.ready == (1...50).map { RequestID($0) })
        #expect(bench.sent(to: 2).count == 5)
    }

    @Test("lost rounds are made good by the next heartbeat")
    func lostRound() {
        var bench = leader()
        bench.read(7)
        bench.expire()
        bench.receive(heard(1, round: 2), from: 3)
        #expect(bench.ready == [RequestID(7)])
    }

    @Test("the only voter of a group answers at once")
    func singleVoter() {
        var bench = Bench(voters: 1)
        bench.expire()
        bench.read(7)
        #expect(bench.ready == [RequestID(7)])
    }

    @Test("more reads than the bound are refused, and their places are free again afterwards")
    func bounded() {
        var settings = RaftSettings()
        settings.readsWaitingMaximum = 3
        var bench = Bench.leader(settings: settings)
        for id: UInt64 in 1...4 { bench.read(id) }
        #expect(bench.refused == [RequestID(4)])
        bench.receive(matched(1, 1), from: 2)
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.ready == [RequestID(1), RequestID(2), RequestID(3)])
        bench.read(5)
        #expect(bench.refused == [RequestID(4)])
    }

    @Test("a read sees all that was acknowledged before it came, also by a write just before")
    func seesWrites() {
        var bench = leader()
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        bench.read(7)
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.directives.contains(.readReady([RequestID(7)], at: i(2))))
    }

    @Test("a deposed leader that does not know it yet answers no read")
    func deposed() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(0)
        cluster.read(0, RequestID(1))
        cluster.advance(.seconds(3))
        #expect(cluster.peers[0].ready == [])
        #expect(cluster.peers[0].refused == [RequestID(1)])
        #expect(cluster.leaders.count == 1)
    }
}
