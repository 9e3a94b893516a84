import Raft
import Testing
import Toolbox
import Vocabulary

/// Consensus checklist 6.3.
@Suite struct PreVoteTests {
    @Test("asking for pre-votes changes no term and writes nothing, at the asker or the asked")
    func changesNothing() {
        var bench = Bench(term: 3)
        bench.expire()
        #expect(bench.instance.hardState == HardState(term: t(3), vote: nil))
        #expect(bench.writes == [])
        #expect(bench.sent(to: 2) == [preVoteRequest(4)])
        var asked = Bench(term: 3)
        asked.wait(450)
        asked.clear()
        asked.receive(preVoteRequest(4), from: 2)
        #expect(asked.sent(to: 2) == [preVote(4)])
        #expect(asked.writes == [])
        #expect(asked.instance.hardState == HardState(term: t(3), vote: nil))
    }

    @Test("pre-votes and votes are refused while the leader was heard lately, and given after")
    func promise() {
        var bench = Bench(term: 3)
        bench.wait(500)
        bench.receive(heartbeat(3), from: 2)
        bench.clear()
        bench.now = bench.now + .milliseconds(399)
        bench.receive(preVoteRequest(4), from: 3)
        bench.receive(voteRequest(4), from: 3)
        #expect(bench.sent(to: 3) == [preVote(3, granted: false)])
        #expect(bench.instance.term == t(3))
        bench.now = bench.now + .milliseconds(1)
        bench.receive(preVoteRequest(4), from: 3)
        bench.receive(voteRequest(4), from: 3)
        #expect(bench.sent(to: 3).suffix(2) == [preVote(4), vote(4)])
    }

    @Test("a voter that just started may have promised, and refuses for as long as that holds")
    func promiseOfAFormerLife() {
        var bench = Bench(term: 3)
        bench.now = ms(1_399)
        bench.receive(preVoteRequest(4), from: 2)
        #expect(bench.sent(to: 2) == [preVote(3, granted: false)])
        bench.now = ms(1_400)
        bench.receive(preVoteRequest(4), from: 2)
        #expect(bench.sent(to: 2).last == preVote(4))
    }

    @Test("a leader that hears a quorum refuses; one that does not, votes")
    func leadersPromise() {
        var bench = Bench.leader()
        bench.receive(voteRequest(2, last: (9, 1)), from: 2)
        #expect(bench.instance.role == .leader)
        #expect(bench.sent == [])
        bench.now = bench.now + .milliseconds(401)
        bench.receive(voteRequest(2, last: (9, 1)), from: 2)
        #expect(bench.instance.role == .follower)
        #expect(bench.sent(to: 2) == [vote(2)])
    }

    @Test("pre-candidates grant each other their pre-votes")
    func preCandidatesAgree() {
        var bench = Bench(term: 3)
        bench.receive(heartbeat(3), from: 2)
        bench.expire()
        bench.clear()
        bench.receive(preVoteRequest(4), from: 3)
        #expect(bench.sent(to: 3) == [preVote(4)])
        #expect(bench.instance.role == .preCandidate)
    }

    @Test("a node that was cut off comes back without disturbing anybody")
    func partitionedNodeReturns() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        cluster.advance(.seconds(5))
        #expect(cluster.instance(2).role == .preCandidate)
        #expect(cluster.instance(2).term == t(1))
        cluster.heal()
        cluster.advance(.seconds(1))
        #expect(cluster.leader == 0)
        #expect(cluster.instance(0).term == t(1))
        #expect(cluster.instance(2).leader == n(1))
    }

    @Test("a pre-candidate with a stale log is refused for ever")
    func staleLog() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        cluster.propose(0, ["a"])
        cluster.settle()
        cluster.crash(0)
        cluster.heal()
        cluster.now = cluster.now + .milliseconds(500)
        cluster.elect(2)
        #expect(cluster.instance(2).role == .preCandidate)
        #expect(cluster.instance(1).term == t(1))
        cluster.advance(.seconds(2))
        #expect(cluster.leader == 1)
    }

    @Test("a pre-candidate behind in terms learns the term and asks again")
    func learnsTerm() {
        var bench = Bench(term: 2)
        bench.expire()
        bench.receive(preVote(6, granted: false), from: 2)
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.term == t(6))
        #expect((bench.instance.nextDeadline ?? ms(0)) <= bench.now + .milliseconds(150))
        bench.clear()
        bench.expire()
        #expect(bench.sent(to: 2) == [preVoteRequest(7)])
    }

    @Test("a leader that no quorum answers steps down; one that hears a quorum stays")
    func checkQuorum() {
        var silent = Bench.leader(voters: 5)
        var heardOnes = Bench.leader(voters: 5)
        for round in 1...20 {
            silent.wait(50)
            silent.receive(heard(1, round: 1), from: 2)
            heardOnes.wait(50)
            heardOnes.receive(heard(1, round: UInt64(round)), from: 2)
            heardOnes.receive(heard(1, round: UInt64(round)), from: 3)
        }
        #expect(silent.instance.role == .follower)
        #expect(
            silent.observations.last
                == .becameFollower(of: nil, term: t(1), because: .quorumSilent))
        #expect(heardOnes.instance.role == .leader)
    }

    @Test("strangers do not make a quorum")
    func strangersDoNotCount() {
        var bench = Bench.leader()
        for _ in 1...20 {
            bench.wait(50)
            bench.receive(heard(1, round: 1), from: 8)
            bench.receive(heard(1, round: 1), from: 9)
        }
        #expect(bench.instance.role == .follower)
    }

    @Test("a leader that slept judges its followers only after it listened")
    func overslept() {
        var bench = Bench.leader()
        bench.wait(5_000)
        #expect(bench.instance.role == .leader)
        bench.receive(heard(1, round: 1), from: 2)
        bench.wait(50)
        #expect(bench.instance.role == .leader)
        for _ in 1...20 { bench.wait(50) }
        #expect(bench.instance.role == .follower)
    }

    @Test("a leader that only sends, and one that only receives, is replaced", arguments: [0, 1])
    func oneWayLinks(direction: Int) {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        for other in 1...2 {
            if direction == 0 {
                cluster.cut(from: other, to: 0)
            } else {
                cluster.cut(from: 0, to: other)
            }
        }
        cluster.advance(.seconds(4))
        let leaders = cluster.leaders
        #expect(leaders.count == 1)
        #expect(leaders != [0])
        cluster.propose(leaders[0], ["a"])
        cluster.settle()
        #expect(cluster.peers[leaders[0]].applied == cluster.instance(leaders[0]).lastIndex)
    }

    @Test("in a chain 1 - 2 - 3 somebody leads and goes on leading")
    func chain() {
        var cluster = RaftCluster(3)
        cluster.cutBothWays(0, 2)
        cluster.advance(.seconds(4))
        guard let leader = cluster.leader else {
            Issue.record("nobody leads")
            return
        }
        let term = cluster.instance(leader).term
        cluster.advance(.seconds(5))
        #expect(cluster.leader == leader)
        #expect(cluster.instance(leader).term == term)
    }

    @Test("in the five-node figure of full omission somebody leads and goes on leading")
    func fullOmission() {
        // Node 3 alone reaches all others; the others reach only it.
        var cluster = RaftCluster(5)
        cluster.elect(0)
        for one in 0..<5 {
            for other in 0..<5 where one != other && one != 2 && other != 2 {
                cluster.cut(from: one, to: other)
            }
        }
        cluster.advance(.seconds(6))
        #expect(cluster.leader == 2)
        let term = cluster.instance(2).term
        cluster.advance(.seconds(6))
        #expect(cluster.instance(2).role == .leader)
        #expect(cluster.instance(2).term == term)
    }

    @Test("a time-out that equals the promise to the nanosecond still elects somebody")
    func equalTimeouts() {
        var settings = RaftSettings()
        settings.electionTimeoutMinimum = .milliseconds(400)
        settings.electionTimeoutMaximum = .nanoseconds(400_000_001)
        for seed in 1...20 {
            var cluster = RaftCluster(3, settings: settings, seed: UInt64(seed))
            cluster.elect(0)
            cluster.crash(0)
            cluster.advance(.seconds(5))
            #expect(cluster.leaders.count == 1, "seed \(seed)")
        }
    }

    @Test("without faults the leader stays for ever")
    func stability() {
        var cluster = RaftCluster(5)
        cluster.elect(3)
        cluster.advance(.seconds(20))
        #expect(cluster.leaders == [3])
        #expect(cluster.instance(3).term == t(1))
    }
}
