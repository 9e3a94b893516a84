import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.2 that no other suite asserts by itself.
@Suite struct ElectionLines {
    @Test("the two first time-outs of five followers mostly lie apart")
    func timeoutsSeldomCollide() {
        var collisions = 0
        for group in 0..<200 {
            let deadlines = (0..<5).compactMap {
                Bench(start: .init(seed: UInt64(group * 5 + $0 + 1))).instance.nextDeadline
            }.sorted()
            if deadlines[1] - deadlines[0] < .milliseconds(10) { collisions += 1 }
        }
        // Five draws from 400 ms: one in eight is expected.
        #expect(collisions < 50)
    }

    @Test("of two candidates of one term one wins, and the other concedes with its vote kept")
    func duellingCandidates() {
        var cluster = RaftCluster(3)
        cluster.fire(0)
        cluster.fire(1)
        cluster.settle { $0.isVoteRequest || $0.isAppend }
        #expect(cluster.instance(0).role == .candidate)
        #expect(cluster.instance(1).role == .candidate)
        #expect(cluster.instance(0).term == cluster.instance(1).term)
        cluster.settle()
        #expect(cluster.leaders == [0])
        #expect(cluster.instance(1).role == .follower)
        #expect(cluster.instance(1).leader == n(1))
        #expect(cluster.instance(1).hardState == HardState(term: t(1), vote: n(2)))
        #expect(cluster.ledger.violations == [])
    }

    @Test("of two pre-candidates one wins, and the other follows")
    func duellingPreCandidates() {
        var cluster = RaftCluster(3)
        cluster.fire(0)
        cluster.fire(1)
        #expect(cluster.instance(0).role == .preCandidate)
        #expect(cluster.instance(1).role == .preCandidate)
        // The second's questions stay on the way until the first leads.
        cluster.settle { $0.isPreVoteRequest && !$0.goes(0, 1) && !$0.goes(0, 2) }
        cluster.settle()
        #expect(cluster.leaders == [0])
        #expect(cluster.instance(1).leader == n(1))
        #expect(cluster.instance(1).term == t(1))
    }

    @Test("a new leader replaces newer-looking entries that were never committed")
    func newerLogsAreReplaced() {
        // n3 led term 2 with the votes of n4 and n5, and told nobody of its entry.
        var cluster = RaftCluster(5)
        let logs: [[UInt64]] = [[1], [1], [2], [], []]
        for (place, terms) in logs.enumerated() {
            let knowsTermTwo = place >= 2
            cluster.peers[place].disk.hardState = HardState(
                term: t(knowsTermTwo ? 2 : 1), vote: knowsTermTwo ? n(3) : n(1))
            cluster.peers[place].disk.entries = log(terms)
            cluster.start(place)
        }
        cluster.now = cluster.now + .milliseconds(500)
        // The first attempt teaches it the term, the second wins.
        cluster.elect(0)
        #expect(cluster.instance(0).term == t(2))
        cluster.elect(0)
        cluster.advance(.milliseconds(200))
        #expect(cluster.leaders == [0])
        for place in 0..<5 { #expect(cluster.terms(place) == [1, 3]) }
        #expect(cluster.ledger.violations == [])
    }

    @Test("a pre-candidate's word for itself is no vote: as a candidate it counts only on disk")
    func ownPreVoteIsNoVote() {
        var bench = Bench()
        bench.hasFastDisk = false
        bench.expire()
        bench.receive(preVote(1), from: 2)
        #expect(bench.instance.role == .candidate)
        // With its own word from before, this would be a quorum.
        bench.receive(vote(1), from: 2)
        #expect(bench.instance.role == .candidate)
        bench.persistAll()
        #expect(bench.instance.role == .leader)
    }

    @Test("a leader whose time comes asks for no votes, whatever the time")
    func leadersDoNotStand() {
        var bench = Bench.leader()
        for round: UInt64 in 1...40 {
            bench.expire()
            bench.receive(heard(1, round: round), from: 2)
        }
        #expect(bench.instance.role == .leader)
        #expect(bench.instance.term == t(1))
        #expect(
            bench.sent.allSatisfy {
                switch $0.message {
                case .heartbeat, .append: true
                default: false
                }
            })
    }

    @Test("a candidate does not stand again before its time-out is over")
    func candidatesWait() {
        var bench = RoleName.candidate.bench()
        bench.wait(399)
        #expect(bench.directives == [])
        #expect(bench.instance.role == .candidate)
        #expect(bench.instance.term == t(1))
    }

    @Test(
        "a crash after the vote is durable and before its reply leaves gives no second vote",
        arguments: [0, 1])
    func crashBetweenVoteAndReply(survivingWrites: Int) {
        var cluster = RaftCluster(3)
        cluster.peers[2].isDiskHeld = true
        cluster.fire(0)
        cluster.fire(1)
        // n3 has n1's question; n2's to it is still on its way.
        cluster.settle { $0.isVoteRequest && !$0.goes(0, 2) }
        #expect(cluster.instance(2).hardState.vote == n(1))
        #expect(cluster.instance(0).role == .candidate)
        cluster.crash(2, surviving: survivingWrites)
        cluster.peers[2].isDiskHeld = false
        cluster.start(2)
        cluster.now = cluster.now + .milliseconds(400)
        cluster.deliver { $0.isVoteRequest && $0.goes(1, 2) }
        cluster.settle { $0.isVoteRequest }
        // What never became durable was never said, so the vote may go to the other.
        #expect(cluster.instance(2).hardState.vote == (survivingWrites == 1 ? n(1) : n(2)))
        #expect(cluster.leaders == (survivingWrites == 1 ? [] : [1]))
        cluster.advance(.seconds(3))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.ledger.violations == [])
    }

    @Test("no truncation, snapshot or catching up lowers the term")
    func termNeverFalls() {
        var bench = Bench(term: 7, log: log(1, 2, 2))
        bench.receive(append(7, after: (1, 1), [3]), from: 2)
        #expect(bench.terms == [1, 3])
        bench.install(9, 4, configuration([1, 2, 3]))
        #expect(bench.instance.lastTerm == t(4))
        #expect(bench.instance.term == t(7))
        bench.receive(append(7, after: (9, 4), [5, 6], commit: 11), from: 2)
        #expect(bench.instance.term == t(7))
        #expect(bench.writes.compactMap(\.hardState?.term).allSatisfy { $0 >= t(7) })
        let again = Bench(
            term: 7, log: log([5, 6], after: 9), snapshot: .init(index: i(9), term: t(4)))
        #expect(again.instance.term == t(7))
    }

    @Test("two hundred groups that lose a node elect once each, with two writes a survivor")
    func massFailoverIsCheap() {
        var writes = 0
        for seed in 1...200 {
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            cluster.crash(0)
            cluster.reportRefusal(of: 0)
            cluster.transcript = []
            cluster.advance(.seconds(1))
            #expect(cluster.leaders.count == 1)
            let terms = cluster.peers.compactMap { $0.instance?.term }
            #expect(terms == [t(2), t(2)], "seed \(seed)")
            writes += (cluster.transcript ?? []).filter { $0.contains(" writes ") }.count
        }
        // A vote and the first entry, on each of two nodes.
        #expect(writes == 200 * 4)
    }
}
