import Raft
import Testing
import Toolbox
import Vocabulary

/// Reads by lease (consensus checklist 6.9), and leaders whose disk is dead.
@Suite struct LeaseTests {
    /// A leader whose first entry is committed; a round began just now.
    private func leader(
        _ configuration: RaftConfiguration = RaftConfiguration(voters: [m(1), m(2), m(3)])
    ) -> Bench {
        var bench = Bench.leader(configuration: configuration)
        for member in configuration.members where member != m(1) {
            bench.receive(matched(1, 1), from: member)
        }
        bench.expire()
        return bench
    }

    @Test("it counts from the sending of the round, whenever the answer came")
    func fromSending() {
        var bench = leader()
        let sent = bench.now
        bench.now = sent + .milliseconds(200)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == bench.instance.appliedIndex)
        #expect(bench.instance.leaseReadIndex(at: sent + .milliseconds(296)) != nil)
        #expect(bench.instance.leaseReadIndex(at: sent + .milliseconds(297)) == nil)
    }

    @Test("while joint, both majorities must have confirmed")
    func joint() {
        var bench = leader(
            RaftConfiguration(voters: [m(1), m(4), m(5)], outgoing: [m(1), m(2), m(3)]))
        // The joint phase was left with the first commit; the round was sent after it.
        #expect(!bench.instance.configuration.isJoint)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(heard(1, round: bench.lastRound), from: 4)
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
    }

    @Test("a learner's word gives none")
    func learner() {
        var bench = leader(RaftConfiguration(voters: [m(1), m(2), m(3)], learners: [m(4)]))
        bench.receive(heard(1, round: bench.lastRound), from: 4)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
    }

    @Test("none before an entry of the own term is committed, none for who does not lead")
    func ownTerm() {
        var bench = Bench.leader(term: 2, log: log(1))
        bench.expire()
        bench.receive(heard(2, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(matched(2, 2), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == i(2))
        #expect(Bench().instance.leaseReadIndex(at: ms(1_000)) == nil)
    }

    @Test("a lone voter is always certain")
    func alone() {
        var bench = Bench(voters: 1)
        bench.expire()
        #expect(bench.instance.leaseReadIndex(at: bench.now + .seconds(9)) == i(1))
    }

    @Test("a promise outlives the term in which it was given")
    func promise() {
        var bench = Bench(term: 1)
        bench.wait(900)
        bench.receive(heartbeat(5), from: 2)
        // A late word of somebody's higher term takes the leader away, not the promise to it.
        bench.receive(preVote(6, granted: false), from: 3)
        #expect(bench.instance.term == t(6))
        bench.clear()
        bench.receive(voteRequest(7), from: 3)
        #expect(bench.sent == [])
        bench.receive(voteRequest(7), from: 2)
        #expect(bench.sent(to: 2) == [vote(7)])
    }

    @Test("a leader whose disk stalls ceases to beat, reads no more, and steps down in the end")
    func stalledDisk() {
        var bench = leader()
        bench.hasFastDisk = false
        bench.propose("never written")
        let begun = bench.now
        var beats = 0
        while bench.now - begun < .milliseconds(500) {
            bench.clear()
            bench.expire()
            let round = bench.lastRound
            if round > 0 { beats += 1 }
            bench.receive(heard(1, round: round), from: 2)
        }
        #expect(beats >= 2 && beats <= 3)
        #expect(bench.instance.isLeader)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.wait(110)
        #expect(
            bench.observations.contains(
                .becameFollower(of: nil, term: t(1), because: .diskStalled)))
    }

    @Test("priority decides who asks first, not who may lead")
    func priority() {
        for seed in 1...20 {
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            cluster.step(1) { instance, _, _ in instance.setPriority(0) }
            cluster.advance(.milliseconds(200))
            cluster.crash(0)
            cluster.advance(.seconds(2))
            #expect(cluster.leader == 2)
            cluster.start(0)
            cluster.advance(.milliseconds(500))
            cluster.step(0) { instance, _, _ in instance.setPriority(0) }
            cluster.crash(2)
            cluster.advance(.seconds(3))
            #expect(cluster.leader != nil)
        }
    }
}

extension Bench {
    /// Of the newest beat that went out.
    var lastRound: UInt64 {
        for sent in sent.reversed() {
            if case .heartbeat(let heartbeat) = sent.message, heartbeat.round > 0 {
                return heartbeat.round
            }
        }
        return 0
    }
}
