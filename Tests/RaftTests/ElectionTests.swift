import Raft
import Testing
import Toolbox
import Vocabulary

/// Consensus checklist 6.2.
@Suite struct ElectionTests {
    @Test("a voter starts as a follower of nobody and asks nobody before its time-out")
    func startsAsFollower() {
        var bench = Bench()
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.leader == nil)
        bench.wait(399)
        #expect(bench.directives == [])
    }

    @Test("each time-out is drawn anew between the two bounds")
    func timeoutsAreRandom() {
        var timeouts: [Int64] = []
        for seed in 1...200 {
            let bench = Bench(start: .init(seed: UInt64(seed)))
            let deadline = bench.instance.nextDeadline ?? bench.now
            timeouts.append((deadline - bench.now).nanoseconds / 1_000_000)
        }
        #expect(timeouts.allSatisfy { (400...800).contains($0) })
        #expect(Set(timeouts).count > 100)
    }

    @Test("a candidate draws a new time-out for its term too")
    func candidatesTimeoutIsRandom() {
        var deadlines: Set<Int64> = []
        for seed in 1...50 {
            var bench = Bench(start: .init(seed: UInt64(seed)))
            bench.expire()
            bench.receive(preVote(1), from: 2)
            #expect(bench.instance.role == .candidate)
            let deadline = bench.instance.nextDeadline ?? bench.now
            deadlines.insert((deadline - bench.now).nanoseconds / 1_000_000)
        }
        #expect(deadlines.count > 30)
        #expect(deadlines.allSatisfy { (400...800).contains($0) })
    }

    @Test("the only voter of a group elects itself at once, but only when its vote is durable")
    func singleVoter() {
        var bench = Bench(voters: 1)
        bench.hasFastDisk = false
        #expect(bench.instance.nextDeadline == bench.now)
        bench.expire()
        #expect(bench.instance.role == .candidate)
        #expect(bench.writes.map(\.hardState) == [HardState(term: t(1), vote: n(1))])
        bench.persist(1)
        #expect(bench.instance.role == .leader)
    }

    @Test("a candidate with a quorum of votes leads after one round", arguments: [2, 3, 4, 5, 7])
    func electedInOneRound(voters: Int) {
        var bench = Bench(voters: voters)
        bench.expire()
        let needed = voters / 2
        for number in 0..<needed { bench.receive(preVote(1), from: UInt16(number + 2)) }
        for number in 0..<needed {
            #expect(bench.instance.role == .candidate)
            bench.receive(vote(1), from: UInt16(number + 2))
        }
        #expect(bench.instance.role == .leader)
        #expect(bench.instance.leader == n(1))
        #expect(bench.observations.last == .becameLeader(term: t(1)))
    }

    @Test("a candidate that nobody answers asks again, and for a greater term once it may")
    func restartsElection() {
        var bench = Bench()
        bench.expire()
        bench.receive(preVote(1), from: 2)
        #expect(bench.instance.term == t(1))
        bench.expire()
        #expect(bench.instance.role == .preCandidate)
        bench.receive(preVote(2), from: 3)
        #expect(bench.instance.role == .candidate)
        #expect(bench.instance.term == t(2))
    }

    @Test("a vote goes to the first who asks in a term, again to the same, never to a second")
    func oneVotePerTerm() {
        var bench = Bench()
        bench.receive(voteRequest(1), from: 2)
        bench.receive(voteRequest(1), from: 3)
        bench.receive(voteRequest(1), from: 2)
        #expect(bench.sent(to: 2) == [vote(1), vote(1)])
        #expect(bench.sent(to: 3) == [vote(1, granted: false)])
    }

    @Test("a vote that was given before a restart is not given to another")
    func voteSurvivesRestart() {
        var bench = Bench(term: 4, vote: 2)
        bench.now = ms(1_500)
        bench.receive(voteRequest(4), from: 3)
        #expect(bench.sent(to: 3) == [vote(4, granted: false)])
        bench.receive(voteRequest(4), from: 2)
        #expect(bench.sent(to: 2) == [vote(4)])
    }

    struct Comparison: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let last: (index: UInt64, term: UInt64)
        let isGranted: Bool
    }

    @Test(
        "the later last term wins, then the longer log (own log: 1 1 3)",
        arguments: [
            Comparison(testDescription: "the same log", last: (3, 3), isGranted: true),
            Comparison(testDescription: "longer, same term", last: (4, 3), isGranted: true),
            Comparison(testDescription: "shorter, same term", last: (2, 3), isGranted: false),
            Comparison(testDescription: "longer, earlier term", last: (9, 2), isGranted: false),
            Comparison(testDescription: "shorter, later term", last: (1, 4), isGranted: true),
            Comparison(testDescription: "empty", last: (0, 0), isGranted: false),
        ])
    func upToDate(comparison: Comparison) {
        for isPreVote in [false, true] {
            var bench = Bench(term: 4, log: log(1, 1, 3))
            bench.now = ms(1_500)
            if isPreVote {
                bench.receive(preVoteRequest(5, last: comparison.last), from: 2)
                let answer = preVote(comparison.isGranted ? 5 : 4, granted: comparison.isGranted)
                #expect(bench.sent(to: 2) == [answer])
            } else {
                bench.receive(voteRequest(5, last: comparison.last), from: 2)
                #expect(bench.sent(to: 2) == [vote(5, granted: comparison.isGranted)])
            }
        }
    }

    @Test("a request of a lower term is refused with the current one")
    func lowerTerm() {
        var bench = Bench(term: 7)
        bench.now = ms(1_500)
        bench.receive(voteRequest(6), from: 2)
        #expect(bench.sent(to: 2) == [vote(7, granted: false)])
    }

    @Test("a greater term makes a follower of every role", arguments: RoleName.allCases)
    func higherTermStepsDown(role: RoleName) {
        var bench = role.bench()
        bench.receive(append(9, after: (0, 0)), from: 2)
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.leader == n(2))
        #expect(bench.instance.hardState == HardState(term: t(9), vote: nil))
    }

    @Test("a vote for a greater term is given from every role", arguments: RoleName.allCases)
    func votesFromEveryRole(role: RoleName) {
        var bench = role.bench()
        bench.now = bench.now + .milliseconds(450)
        bench.receive(voteRequest(9, last: (9, 8)), from: 2)
        #expect(bench.sent(to: 2).last == vote(9))
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.hardState == HardState(term: t(9), vote: n(2)))
    }

    @Test("a candidate gives way to the leader of its own term")
    func candidateConcedes() {
        for message in [append(1, after: (0, 0)), heartbeat(1)] {
            var bench = RoleName.candidate.bench()
            bench.receive(message, from: 3)
            #expect(bench.instance.role == .follower)
            #expect(bench.instance.leader == n(3))
            #expect(bench.instance.hardState == HardState(term: t(1), vote: n(1)))
        }
    }

    @Test("a pre-candidate gives way to the leader it had lost")
    func preCandidateConcedes() {
        var bench = Bench(term: 3)
        bench.receive(heartbeat(3), from: 2)
        bench.expire()
        #expect(bench.instance.role == .preCandidate)
        bench.receive(heartbeat(3), from: 2)
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.leader == n(2))
    }

    @Test("a candidate that a quorum refuses follows, and keeps its vote")
    func electionLost() {
        var bench = RoleName.candidate.bench()
        bench.receive(vote(1, granted: false), from: 2)
        bench.receive(vote(1, granted: false), from: 3)
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.hardState.vote == n(1))
        #expect(
            bench.observations.last
                == .becameFollower(of: nil, term: t(1), because: .electionLost))
    }

    @Test("votes of strangers, of other terms, and doubled ones do not count")
    func foreignVotes() {
        var bench = Bench(voters: 5)
        bench.expire()
        for node: UInt16 in [2, 2, 9, 3] { bench.receive(preVote(1), from: node) }
        #expect(bench.instance.role == .candidate)
        bench.receive(vote(1), from: 2)
        bench.receive(vote(1), from: 2)
        bench.receive(vote(0), from: 3)
        bench.receive(vote(1), from: 9)
        #expect(bench.instance.role == .candidate)
        bench.receive(vote(1), from: 3)
        #expect(bench.instance.role == .leader)
    }

    @Test("a pre-vote that comes late is not a vote")
    func preVoteIsNoVote() {
        var bench = Bench(voters: 5)
        bench.expire()
        bench.receive(preVote(1), from: 2)
        bench.receive(preVote(1), from: 3)
        #expect(bench.instance.role == .candidate)
        bench.receive(preVote(1), from: 4)
        bench.receive(preVote(1), from: 5)
        #expect(bench.instance.role == .candidate)
    }

    @Test("a node that is no voter never asks for votes, but answers")
    func strangerDoesNotStand() {
        var instance = RaftInstance(
            identity: RaftIdentity(group: ReplicaGroupID(1), member: m(9)), founders: [],
            recovery: .founded([m(1), m(2), m(3)]), settings: RaftSettings(),
            random: SeededRandom(seed: 1), now: ms(0))
        #expect(instance.nextDeadline == nil)
        var directives: [RaftDirective] = []
        instance.timeDidAdvance(to: ms(60_000), into: &directives)
        #expect(directives == [])
        instance.receive(
            preVoteRequest(1), from: m(1), to: ReplicaID(9), at: ms(60_000), into: &directives)
        #expect(directives == [.send(preVote(1), to: m(1))])
    }

    @Test("a candidate outside of the voters is answered by the rule")
    func strangerIsAnswered() {
        var bench = Bench()
        bench.receive(voteRequest(1), from: 9)
        #expect(bench.sent(to: 9) == [vote(1)])
    }

    @Test("an unsuccessful request does not put the time-out off")
    func refusalKeepsTimer() {
        var bench = Bench(term: 1, log: log(1))
        let deadline = bench.instance.nextDeadline
        bench.now = ms(1_400)
        bench.receive(voteRequest(5), from: 2)
        #expect(bench.instance.term == t(5))
        #expect(bench.instance.nextDeadline == deadline)
    }

    @Test("a vote puts the time-out off only when it is durable")
    func voteResetsTimerWhenDurable() {
        var bench = Bench()
        bench.hasFastDisk = false
        let deadline = bench.instance.nextDeadline
        bench.wait(300)
        bench.receive(voteRequest(1), from: 2)
        #expect(bench.sent == [])
        #expect(bench.instance.nextDeadline == deadline)
        bench.persist(1)
        #expect(bench.sent(to: 2) == [vote(1)])
        #expect((bench.instance.nextDeadline ?? bench.now) >= bench.now + .milliseconds(400))
    }

    @Test("stepping down in the same term keeps the vote")
    func stepDownKeepsVote() {
        var bench = Bench.leader()
        bench.wait(50)
        for _ in 0..<20 { bench.wait(50) }
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.hardState == HardState(term: t(1), vote: n(1)))
    }

    @Test("an own vote that becomes durable after the race is lost elects nobody")
    func lateOwnVote() {
        var bench = Bench()
        bench.hasFastDisk = false
        bench.expire()
        bench.receive(preVote(1), from: 2)
        #expect(bench.instance.role == .candidate)
        bench.receive(append(2, after: (0, 0), [2]), from: 3)
        bench.clear()
        bench.persistAll()
        #expect(bench.instance.role == .follower)
        #expect(bench.sent(to: 2) == [])
        #expect(bench.sent(to: 3) == [matched(2, 1, round: 1)])
    }

    @Test("votes are asked for only when the own vote and the whole advertised log are durable")
    func requestsWaitForTheLog() {
        var bench = Bench()
        bench.receive(append(1, after: (0, 0), [1, 1]), from: 2)
        bench.clear()
        bench.hasFastDisk = false
        bench.receive(append(1, after: (2, 1), [1]), from: 2)
        bench.expire()
        bench.receive(preVote(2), from: 3)
        #expect(bench.instance.role == .candidate)
        bench.clear()
        bench.persist(2)
        #expect(!bench.sent.contains { $0.message == voteRequest(2, last: (3, 1)) })
        bench.persist(3)
        #expect(bench.sent(to: 2) == [voteRequest(2, last: (3, 1))])
        #expect(bench.sent(to: 3) == [voteRequest(2, last: (3, 1))])
    }

    @Test("two who stand at the same time come to an end", arguments: 1...20)
    func duel(seed: Int) {
        var cluster = RaftCluster(3, seed: UInt64(seed))
        cluster.fire(0)
        cluster.fire(1)
        cluster.settle()
        cluster.advance(.seconds(4))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.ledger.violations == [])
    }

    @Test("every node can lead in its turn", arguments: [3, 5])
    func leaderCycle(count: Int) {
        var cluster = RaftCluster(count)
        for place in 0..<count {
            // Long enough for every promise to be over, and nobody else looks at the clock.
            cluster.now = cluster.now + .milliseconds(900)
            cluster.elect(place)
            #expect(cluster.instance(place).role == .leader)
        }
        #expect(cluster.ledger.violations == [])
    }

    @Test("a group elects again when all, or just a quorum, come back", arguments: [3, 2])
    func allRestart(back: Int) {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.propose(0, ["a"])
        cluster.settle()
        for place in 0..<3 { cluster.crash(place) }
        for place in 0..<back { cluster.start(place) }
        cluster.advance(.seconds(3))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.ledger.violations == [])
        #expect(cluster.peers[0].applied >= i(3))
    }

    @Test("leaders that die one after the other are each followed by another")
    func backToBackFailures() {
        var cluster = RaftCluster(5)
        for _ in 0..<2 {
            cluster.advance(.seconds(3))
            guard let leader = cluster.leader else {
                Issue.record("nobody leads")
                return
            }
            cluster.crash(leader)
            cluster.advance(.milliseconds(1_700))
            #expect(cluster.leader != nil)
        }
        #expect(cluster.ledger.violations == [])
    }

    @Test("a node with an older term and a newer log is elected in the end")
    func olderTermNewerLog() {
        var cluster = RaftCluster(3)
        cluster.peers[0].disk.hardState = HardState(term: t(2), vote: nil)
        cluster.peers[0].disk.entries = log(1, 2)
        cluster.peers[1].disk.hardState = HardState(term: t(7), vote: nil)
        cluster.peers[1].disk.entries = log(1)
        for place in 0..<2 { cluster.start(place) }
        cluster.crash(2)
        cluster.advance(.seconds(4))
        #expect(cluster.leader == 0)
        #expect(cluster.instance(0).term > t(7))
    }

    @Test("a voter stranded in a greater term makes the leader step up and is taken in again")
    func strandedPeer() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.crash(2)
        cluster.peers[2].disk.hardState = HardState(term: t(9), vote: n(3))
        cluster.start(2)
        cluster.advance(.seconds(3))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.instance(2).term > t(9))
        #expect(cluster.instance(2).lastIndex == cluster.instance(0).lastIndex)
    }

    @Test("a former leader never elects itself with a tail that its disk may have lost")
    func unsyncedTailIsNotAdvertised() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.peers[0].isDiskHeld = true
        cluster.propose(0, ["a"])
        cluster.settle()
        #expect(cluster.instance(0).commitIndex == i(2))
        cluster.cutOff(0)
        cluster.advance(.milliseconds(700))
        cluster.heal()
        // It asked for pre-votes, stands maybe, but no request left before its disk caught up.
        cluster.fire(0)
        #expect(!cluster.wire.contains { $0.link.from == n(1) && isVoteRequest($0) })
        cluster.crash(0)
        cluster.peers[0].isDiskHeld = false
        cluster.start(0)
        cluster.advance(.seconds(3))
        #expect(cluster.ledger.violations == [])
        #expect(cluster.leaders.count == 1)
        #expect(cluster.peers.allSatisfy { $0.applied >= i(2) })
    }

    private func isVoteRequest(_ envelope: RaftCluster.Envelope) -> Bool {
        guard case .message(.voteRequest) = envelope.content else { return false }
        return true
    }

    @Test("followers that are told that the leader's process is gone elect within 100 ms")
    func refusedConnection() {
        for seed in 1...20 {
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            cluster.advance(.milliseconds(200))
            cluster.crash(0)
            cluster.reportRefusal(of: 0)
            cluster.advance(.milliseconds(300))
            #expect(cluster.leaders.count == 1, "seed \(seed)")
        }
    }

    @Test("a refusal by another than the leader changes nothing")
    func otherRefusedConnection() {
        var bench = Bench(term: 1)
        bench.receive(heartbeat(1), from: 2)
        let deadline = bench.instance.nextDeadline
        bench.step { $0.peerRefusedConnection(n(3), at: $1, into: &$2) }
        #expect(bench.instance.nextDeadline == deadline)
        bench.step { $0.peerRefusedConnection(n(2), at: $1, into: &$2) }
        #expect((bench.instance.nextDeadline ?? ms(9_999)) <= bench.now + .milliseconds(30))
    }

    @Test("two hundred groups that lose a node elect once each")
    func massFailover() {
        for seed in 1...200 {
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            cluster.crash(0)
            cluster.reportRefusal(of: 0)
            cluster.advance(.seconds(1))
            let terms = cluster.peers.compactMap { $0.instance?.term.rawValue }
            #expect(cluster.leaders.count == 1)
            #expect(terms.allSatisfy { $0 <= 3 }, "seed \(seed): \(terms)")
        }
    }

    @Test("another leader of the same term is nonsense and changes nothing")
    func twoLeadersOfOneTerm() {
        var bench = Bench.leader()
        bench.receive(append(1, after: (0, 0), [1, 1]), from: 2)
        #expect(bench.instance.role == .leader)
        #expect(bench.observations == [.nonsense(from: n(2))])
        var follower = Bench(term: 1)
        follower.receive(heartbeat(1), from: 2)
        follower.receive(append(1, after: (0, 0), [1]), from: 3)
        #expect(follower.instance.lastIndex == .zero)
        #expect(follower.observations.last == .nonsense(from: n(3)))
    }
}

/// An instance brought into each role, in term 1 at most.
enum RoleName: CaseIterable, Sendable {
    case follower, preCandidate, candidate, leader

    func bench() -> Bench {
        var bench = Bench()
        switch self {
        case .follower: bench.receive(heartbeat(1), from: 2)
        case .preCandidate: bench.expire()
        case .candidate:
            bench.expire()
            bench.receive(preVote(1), from: 2)
        case .leader: bench.becomeLeader()
        }
        bench.clear()
        return bench
    }
}
