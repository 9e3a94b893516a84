import Raft
import Testing
import Toolbox
import Vocabulary

// What must not go wrong while members change.
extension MembershipLines {
    struct Ongaro: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let first: MembershipChange
        let second: MembershipChange
    }

    @Test(
        "two leaders that change a group of four apart from each other lose nothing (Ongaro 2015)",
        arguments: [
            Ongaro(
                testDescription: "one adds, one removes", first: .promote(n(5)),
                second: .remove(n(1))),
            Ongaro(testDescription: "both add", first: .promote(n(5)), second: .promote(n(6))),
            Ongaro(testDescription: "both remove", first: .remove(n(2)), second: .remove(n(1))),
        ])
    func ongarosCases(example: Ongaro) {
        for seed in 1...5 {
            var cluster = RaftCluster(4, spares: 2, seed: UInt64(seed))
            cluster.elect(0)
            for node: UInt16 in 5...6 { cluster.carryOut(.addLearner(m(node))) }
            // The first leader's change reaches the new voter at most.
            for other in 1...3 { cluster.cutBothWays(0, other) }
            cluster.change(0, example.first)
            cluster.settle()
            cluster.now = cluster.now + .milliseconds(900)
            cluster.elect(1)
            cluster.advance(.milliseconds(200))
            #expect(cluster.instance(1).isLeader)
            #expect(cluster.change(1, example.second).kind == .accepted)
            cluster.propose(1, ["kept"])
            cluster.settle()
            #expect(cluster.ledger.applied.map(\.payload).contains("kept"))
            // The first comes back and the second is gone.
            cluster.heal()
            cluster.cutOff(1)
            cluster.advance(.seconds(4))
            cluster.heal()
            cluster.advance(.seconds(2))
            #expect(cluster.ledger.violations == [], "seed \(seed)")
            #expect(cluster.ledger.applied.map(\.payload).contains("kept"))
            cluster.expectService()
        }
    }

    @Test("when a laggard is removed, the rest commits without it")
    func commitsWithoutTheLaggard() {
        var bench = Bench.settledLeader(configuration([1, 2, 3, 4]))
        bench.propose("a")
        bench.confirm([2])
        #expect(bench.instance.commitIndex == i(1))
        bench.change(.remove(n(4)))
        // The joint phase needs three of the four.
        bench.receive(matched(1, 3), from: 3)
        bench.receive(matched(1, 3), from: 2)
        #expect(bench.instance.configuration == configuration([1, 2, 3]))
        bench.propose("b")
        bench.confirm([2])
        #expect(bench.instance.commitIndex == bench.instance.lastIndex)
        #expect(bench.applied.last?.payload == "b")
    }

    @Test("a leader that removes itself leads until that is committed, and hands over")
    func leaderRemovesItself() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        #expect(cluster.change(0, .remove(n(1))).kind == .accepted)
        #expect(cluster.instance(0).isLeader)
        // Nobody waits for a time-out.
        cluster.advance(.milliseconds(50))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.leaders != [0])
        #expect(cluster.peers[0].isRemoved)
        #expect(cluster.instance(1).term == t(2))
        #expect(cluster.configuration(1) == configuration([2, 3]))
        cluster.advance(.seconds(3))
        #expect(cluster.instance(1).term == t(2))
        cluster.expectService()
    }

    @Test("a leader that is being removed does not count itself")
    func removedLeaderDoesNotCount() {
        var bench = Bench.settledLeader(configuration([1, 2, 3]))
        bench.change(.remove(n(1)))
        bench.confirm([2])
        #expect(bench.instance.configuration.isJoint)
        bench.confirm([3])
        #expect(bench.instance.configuration == configuration([2, 3]))
        #expect(bench.instance.isLeader)
        bench.propose("a")
        bench.confirm([2])
        #expect(bench.instance.commitIndex == i(2))
        #expect(bench.instance.isLeader)
        bench.confirm([3])
        #expect(bench.applied.last?.payload == "a")
        #expect(bench.instance.role == .follower)
        #expect(bench.orders(to: 2) + bench.orders(to: 3) == 1)
        #expect(bench.observations.contains(.removedFromGroup))
        bench.clear()
        bench.wait(10_000)
        #expect(bench.sent == [])
    }

    @Test("who missed its removal disturbs nobody and learns of it")
    func missedRemoval() {
        var cluster = RaftCluster(4)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        cluster.cutOff(3)
        #expect(cluster.carryOut(.remove(n(4))).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 2, 3]))
        cluster.advance(.seconds(2))
        #expect(!cluster.peers[3].isRemoved)
        #expect(cluster.instance(3).role == .preCandidate)
        cluster.heal()
        cluster.advance(.seconds(2))
        #expect(cluster.peers[3].isRemoved)
        #expect(cluster.instance(3).nextDeadline == nil)
        #expect(cluster.leaders == [0])
        #expect(cluster.instance(0).term == t(1))
        #expect(cluster.isWhole)
    }

    @Test("a removed node comes back as another copy")
    func comesBackUnderANewID() {
        var cluster = RaftCluster(4)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        cluster.carryOut(.remove(n(4)))
        cluster.wipe(3)
        let member = cluster.peers[3].member
        #expect(member != m(4))
        #expect(cluster.carryOut(.addLearner(member)).kind == .accepted)
        #expect(cluster.carryOut(.promote(n(4))).kind == .accepted)
        #expect(cluster.configuration(0).voters == members([1, 2, 3]) + [member])
        #expect(!cluster.peers[3].isRemoved)
        cluster.expectService()
    }

    @Test("words of removed members and of former copies count for nothing, however late")
    func removedDoNotCount() {
        var bench = Bench.leader(configuration: configuration([1, 2, 3]))
        bench.propose("a")
        for member in [m(4), m(2, 77), m(3, 88)] {
            bench.receive(matched(1, 2), from: member)
            bench.receive(heard(1, round: bench.lastRound), from: member)
        }
        #expect(bench.instance.commitIndex == .zero)
        #expect(bench.instance.followers.map(\.match) == [.zero, .zero])
        #expect(bench.instance.configuration == configuration([1, 2, 3]))
        var candidate = Bench()
        candidate.expire()
        for member in [m(4), m(2, 77)] { candidate.receive(preVote(1), from: member) }
        #expect(candidate.instance.role == .preCandidate)
        candidate.receive(preVote(1), from: 2)
        for member in [m(4), m(2, 77)] { candidate.receive(vote(1), from: member) }
        #expect(candidate.instance.role == .candidate)
    }

    @Test("who is down becomes a learner, not a voter, and the group works all the time")
    func addingTheDead() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.crash(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        #expect(cluster.carryOut(.addLearner(m(4))).kind == .accepted)
        cluster.advance(.seconds(1))
        let last = cluster.instance(0).lastIndex.rawValue
        #expect(
            cluster.change(0, .promote(n(4))) == .refused(.lagging(n(4), entries: Int(last))))
        cluster.propose(0, ["a"])
        cluster.settle()
        #expect(cluster.ledger.applied.last?.payload == "a")
        cluster.start(3)
        cluster.advance(.milliseconds(300))
        #expect(cluster.carryOut(.promote(n(4))).kind == .accepted)
        cluster.expectService()
    }

    @Test("a learner becomes a voter only after a round that was shorter than an election time-out")
    func laggardsStayLearners() {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4]))
        // Each round ends after half a second, with new entries behind it.
        for _ in 0..<3 {
            bench.propose("x")
            let last = bench.instance.lastIndex.rawValue
            for _ in 0..<10 { bench.beat() }
            bench.propose("y")
            bench.confirm([2, 3])
            bench.receive(matched(1, last), from: 4)
            bench.beat()
            guard case .refused(.lagging(n(4), entries: 1)) = bench.change(.promote(n(4))) else {
                Issue.record("not refused as lagging")
                return
            }
        }
        bench.confirm()
        bench.beat()
        bench.confirm()
        bench.beat()
        #expect(bench.change(.promote(n(4))).kind == .accepted)
    }

    @Test("a group of two is not made with one of them down, and does not shrink without the other")
    func twoVoters() {
        var three = Bench.settledLeader(configuration([1, 2, 3]))
        for _ in 0..<13 { three.beat([2]) }
        #expect(three.instance.isLeader)
        #expect(three.change(.remove(n(2))) == .refused(.quorumAtRisk(silent: [n(3)])))
        #expect(three.change(.demote(n(2))) == .refused(.quorumAtRisk(silent: [n(3)])))
        #expect(three.change(.remove(n(3))).kind == .accepted)
        var two = Bench.settledLeader(configuration([1, 2]))
        two.now = two.now + .milliseconds(600)
        #expect(two.change(.remove(n(2))) == .refused(.quorumAtRisk(silent: [n(2)])))
        two.wait(50)
        two.wait(50)
        for _ in 0..<12 { two.wait(50) }
        #expect(two.change(.remove(n(2))) == .refused(.notLeader(leader: nil)))
    }

    @Test("a joint phase whose new majority falls silent is taken back, and nothing is lost")
    func stuckJointIsReverted() {
        var cluster = RaftCluster(3, spares: 3)
        cluster.elect(0)
        for node: UInt16 in 4...6 { cluster.carryOut(.addLearner(m(node))) }
        for place in 3...5 { cluster.crash(place) }
        #expect(cluster.change(0, .setVoters([n(4), n(5), n(6)])).kind == .accepted)
        cluster.propose(0, ["a"])
        cluster.advance(.seconds(5))
        #expect(cluster.configuration(0).isJoint)
        #expect(!cluster.ledger.applied.map(\.payload).contains("a"))
        cluster.advance(.seconds(6))
        #expect(cluster.leaders == [0])
        #expect(cluster.configuration(0) == configuration([1, 2, 3], learners: [4, 5, 6]))
        #expect(cluster.ledger.applied.map(\.payload).contains("a"))
        for place in 3...5 { cluster.start(place) }
        cluster.advance(.seconds(2))
        cluster.expectService()
    }

    @Test("who was promoted without knowing it votes, and its vote elects")
    func promotedUnawares() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.elect(0)
        cluster.carryOut(.addLearner(m(4)))
        // The promotion reaches n2 and n3; n4 still takes itself for a learner.
        cluster.cutBothWays(0, 3)
        cluster.change(0, .promote(n(4)))
        cluster.settle { $0.to == m(1) }
        cluster.crash(0)
        cluster.wire = []
        #expect(cluster.configuration(1).isVoter(m(4)))
        #expect(!cluster.configuration(3).isVoter(m(4)))
        // Three of the four are needed, and only three are left.
        cluster.advance(.seconds(3))
        #expect(cluster.leaders.count == 1)
        cluster.start(0)
        cluster.heal()
        cluster.advance(.seconds(1))
        cluster.expectService()
    }

    @Test("a learner that is asked for a vote gives it, by the rule")
    func learnersVoteWhenAsked() {
        var bench = Bench(
            term: 1, log: log(1), configuration: configuration([2, 3, 4], learners: [1]))
        bench.now = ms(1_500)
        bench.receive(preVoteRequest(2, last: (1, 1)), from: 2)
        bench.receive(voteRequest(2, last: (0, 0)), from: 3)
        bench.receive(voteRequest(2, last: (1, 1)), from: 2)
        #expect(bench.sent(to: 2) == [preVote(2), vote(2)])
        #expect(bench.sent(to: 3) == [vote(2, granted: false)])
    }

    @Test("neither a learner nor a removed member stands for election")
    func learnersDoNotStand() {
        var bench = Bench(configuration: configuration([2, 3, 4], learners: [1]))
        for _ in 0..<10 {
            bench.expire()
            bench.wait(1_000)
        }
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.term == .zero)
        #expect(!bench.sent.contains { $0.message == preVoteRequest(1) })
        var removed = Bench(configuration: configuration([1, 2, 3]))
        removed.receive(append(1, after: (0, 0), configuration([2, 3]), commit: 1), from: 2)
        #expect(removed.observations.contains(.removedFromGroup))
        removed.clear()
        removed.wait(10_000)
        #expect(removed.directives == [])
        #expect(removed.instance.nextDeadline == nil)
    }

    @Test("who knows of no group follows and votes, and never stands")
    func whoKnowsOfNoGroupDoesNotStand() {
        var bench = Bench(configuration: .empty)
        #expect(bench.instance.nextDeadline == nil)
        bench.wait(5_000)
        #expect(bench.directives == [])
        bench.receive(voteRequest(3), from: 2)
        #expect(bench.sent(to: 2) == [vote(3)])
        bench.receive(append(3, after: (0, 0), [3], commit: 1), from: 2)
        #expect(bench.instance.leader == n(2))
        #expect(bench.applied.count == 1)
        bench.clear()
        // It keeps its leader's promise too.
        bench.receive(preVoteRequest(4, last: (9, 3)), from: 3)
        #expect(bench.sent(to: 3) == [preVote(3, granted: false)])
        bench.clear()
        bench.wait(5_000)
        #expect(bench.directives == [])
        #expect(bench.instance.role == .follower)
    }

    @Test("a candidate asks those of the newest configuration in its log, committed or not")
    func candidacyUsesTheNewestConfiguration() {
        let joint = configuration([1, 4, 5], outgoing: [1, 2, 3])
        var bench = Bench(term: 1, log: log(1) + [entry(joint, 2, 1)])
        bench.expire()
        #expect(bench.sent.map(\.to) == [n(2), n(3), n(4), n(5)])
        bench.receive(preVote(2), from: 2)
        #expect(bench.instance.role == .preCandidate)
        bench.receive(preVote(2), from: 4)
        #expect(bench.instance.role == .candidate)
    }

    @Test("learners that answer keep no leader in office")
    func learnersKeepNoLeader() {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4, 5]))
        for _ in 0..<20 { bench.beat([4, 5]) }
        #expect(!bench.instance.isLeader)
        #expect(
            bench.observations.contains(
                .becameFollower(of: nil, term: t(1), because: .quorumSilent)))
    }

    @Test("a group is founded once, and not again by a founder that lost its disk")
    func foundedOnce() {
        var cluster = RaftCluster(3, unfounded: true)
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        for place in 0..<3 { #expect(cluster.configuration(place) == configuration([1, 2, 3])) }
        cluster.propose(cluster.leader ?? 0, ["a"])
        cluster.advance(.milliseconds(200))
        cluster.transcript = []
        cluster.wipe(0)
        cluster.advance(.seconds(5))
        #expect(!(cluster.transcript ?? []).contains { $0.contains("found") })
        #expect(cluster.ledger.applied.map(\.payload).contains("a"))
        #expect(cluster.configuration(1).voters.contains(cluster.peers[0].member))
        cluster.expectService()
    }

    @Test("the founder waits for all others before it founds anything")
    func foundingWaitsForAll() {
        var cluster = RaftCluster(3, unfounded: true)
        cluster.cutOff(2)
        cluster.advance(.seconds(3))
        #expect(cluster.leaders == [])
        for place in 0..<3 { #expect(cluster.configuration(place).isEmpty) }
        cluster.heal()
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        cluster.expectService()
    }

    @Test("a wiped disk under the same node's name does not vote as the old one did")
    func wipedDisk() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        cluster.propose(0, ["a"])
        cluster.settle()
        #expect(cluster.ledger.applied.last?.payload == "a")
        cluster.wipe(1)
        cluster.crash(0)
        cluster.heal()
        // A majority of nodes is up, and one that knows what it promised is not among them.
        cluster.advance(.seconds(5))
        #expect(cluster.leaders == [])
        cluster.start(0)
        cluster.advance(.seconds(5))
        #expect(cluster.leaders == [0])
        #expect(cluster.configuration(0).voters.contains(cluster.peers[1].member))
        #expect(!cluster.configuration(0).contains(m(2)))
        #expect(cluster.ledger.applied.map(\.payload).contains("a"))
        cluster.expectService()
    }

    @Test("a leader of the past, and a late notice, remove nobody who was added since")
    func staleLeaderRemovesNobody() {
        let now = configuration([1, 2, 3])
        var bench = Bench(term: 3)
        bench.receive(append(3, after: (0, 0), [3, 3]), from: 2)
        bench.receive(append(3, after: (2, 3), now, commit: 3), from: 2)
        // A leader of term 2 knew of n1 nothing; this term's said so before it took n1 in.
        for (term, index) in [(2, 1), (2, 2), (3, 2)] as [(UInt64, UInt64)] {
            bench.receive(.removalNotice(.init(term: t(term), index: i(index))), from: 3)
            #expect(!bench.observations.contains(.removedFromGroup))
        }
        bench.receive(.removalNotice(.init(term: t(3), index: i(4))), from: 2)
        #expect(bench.observations.contains(.removedFromGroup))
        // What n1 holds is of an earlier term and was never committed.
        var zombie = Bench(term: 3)
        zombie.receive(append(3, after: (0, 0), [3, 3, 3, 3]), from: 2)
        zombie.receive(append(3, after: (4, 3), now), from: 2)
        zombie.receive(.removalNotice(.init(term: t(4), index: i(3))), from: 3)
        #expect(zombie.observations.contains(.removedFromGroup))
    }
}
