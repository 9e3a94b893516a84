import Raft
import Testing
import Toolbox
import Vocabulary

/// Members come and go (consensus checklist 6.7).
@Suite struct MembershipTests {
    /// A cluster whose first node leads and has committed in its term.
    private func led(_ count: Int, spares: Int = 0) -> RaftCluster {
        var cluster = RaftCluster(count, spares: spares)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        #expect(cluster.leader == 0)
        return cluster
    }

    private func voters(_ cluster: RaftCluster, at place: Int = 0) -> [NodeID] {
        cluster.instance(place).configuration.voters.map(\.node)
    }

    private func isAccepted(_ outcome: MembershipOutcome) -> Bool {
        if case .accepted = outcome { true } else { false }
    }

    @Test("a learner gets the log and is not counted")
    func learner() {
        var cluster = led(2, spares: 1)
        #expect(isAccepted(cluster.change(0, .addLearner(m(3)))))
        cluster.advance(.milliseconds(200))
        #expect(cluster.instance(2).configuration.learners == [m(3)])
        #expect(cluster.instance(2).commitIndex == cluster.instance(0).commitIndex)
        cluster.cutOff(1)
        cluster.propose(0, ["alone"])
        cluster.settle()
        #expect(cluster.instance(0).commitIndex < cluster.instance(0).lastIndex)
        #expect(cluster.ledger.violations == [])
    }

    @Test("only a caught up learner becomes a voter, through a joint phase that ends by itself")
    func promotion() {
        var cluster = led(3, spares: 1)
        cluster.change(0, .addLearner(m(4)))
        #expect(cluster.change(0, .promote(n(4))) == .refused(.changeRunning))
        cluster.settle()
        #expect(
            cluster.change(0, .promote(n(4)))
                == .refused(.lagging(n(4), entries: 0)))
        cluster.advance(.milliseconds(300))
        #expect(isAccepted(cluster.change(0, .promote(n(4)))))
        #expect(cluster.instance(0).configuration.isJoint)
        cluster.settle()
        for place in 0..<4 {
            #expect(!cluster.instance(place).configuration.isJoint)
            #expect(voters(cluster, at: place) == (1...4).map(n))
        }
        #expect(cluster.ledger.violations == [])
    }

    @Test(
        "voters change by one request, whatever the two sets share",
        arguments: [
            (3, 3, [4, 5, 6]), (3, 1, [2, 3, 4]), (5, 0, [1]), (5, 0, [3]),
            (1, 4, [1, 2, 3, 4, 5]),
            (4, 1, [1, 5]), (2, 1, [1, 3]),
        ] as [(Int, Int, [UInt16])])
    func sets(count: Int, spares: Int, wanted: [UInt16]) {
        var cluster = led(count, spares: spares)
        for spare in 0..<spares {
            cluster.change(0, .addLearner(cluster.peers[count + spare].member))
            cluster.advance(.milliseconds(100))
        }
        cluster.advance(.milliseconds(500))
        #expect(isAccepted(cluster.change(0, .setVoters(wanted.map(n)))))
        cluster.advance(.seconds(3))
        guard let leader = cluster.leader else {
            Issue.record("nobody leads")
            return
        }
        #expect(voters(cluster, at: leader) == wanted.map(n))
        #expect(!cluster.instance(leader).configuration.isJoint)
        #expect(wanted.map(n).contains(cluster.peers[leader].node))
        cluster.propose(leader, ["after"])
        cluster.settle()
        #expect(cluster.instance(leader).commitIndex == cluster.instance(leader).lastIndex)
        #expect(cluster.ledger.violations == [])
    }

    @Test("what is as wanted stays as it is, and nonsense is refused")
    func idempotent() {
        var cluster = led(3, spares: 1)
        #expect(cluster.change(0, .promote(n(1))) == .unchanged)
        #expect(cluster.change(0, .remove(n(9))) == .unchanged)
        #expect(cluster.change(0, .setVoters([n(3), n(1), n(2)])) == .unchanged)
        #expect(cluster.change(0, .promote(n(9))) == .refused(.unknownMember(n(9))))
        #expect(cluster.change(0, .demote(n(9))) == .refused(.unknownMember(n(9))))
        #expect(cluster.change(0, .setVoters([])) == .refused(.noVoters))
        #expect(
            cluster.change(0, .setVoters([n(1), n(7)])) == .refused(.unknownMember(n(7))))
        #expect(cluster.change(0, .addLearner(m(2))) == .refused(.notALearner(n(2))))
        #expect(cluster.change(0, .addLearner(m(4, 0))) == .refused(.unknownMember(n(4))))
        #expect(cluster.change(1, .remove(n(3))) == .refused(.notLeader(leader: n(1))))
        cluster.change(0, .addLearner(m(4)))
        cluster.settle()
        #expect(cluster.change(0, .addLearner(m(4))) == .unchanged)
        #expect(cluster.change(0, .demote(n(4))) == .unchanged)
    }

    @Test("a group of seven takes no eighth voter")
    func tooMany() {
        var cluster = led(7, spares: 1)
        cluster.change(0, .addLearner(m(8)))
        cluster.advance(.milliseconds(500))
        #expect(cluster.change(0, .promote(n(8))) == .refused(.tooManyVoters))
    }

    @Test("no change before an entry of the leader's own term is committed")
    func beforeOwnTerm() {
        var bench = Bench.leader(term: 2, log: log(1))
        var outcome = MembershipOutcome.unchanged
        bench.step { outcome = $0.change(.demote(n(3)), at: $1, into: &$2) }
        #expect(outcome == .refused(.nothingCommittedInTerm))
        bench.receive(matched(2, 2), from: 2)
        bench.step { outcome = $0.change(.demote(n(3)), at: $1, into: &$2) }
        #expect(isAccepted(outcome))
        bench.step { outcome = $0.change(.demote(n(2)), at: $1, into: &$2) }
        #expect(outcome == .refused(.changeRunning))
    }

    @Test("of two voters none is removed while the other is silent")
    func twoVoters() {
        var cluster = led(2)
        cluster.cutOff(1)
        cluster.now = cluster.now + .milliseconds(601)
        #expect(
            cluster.change(0, .remove(n(2))) == .refused(.quorumAtRisk(silent: [n(2)])))
    }

    @Test("while joint, entries commit with both majorities only")
    func bothMajorities() {
        var bench = Bench.leader(
            configuration: RaftConfiguration(
                voters: [m(1), m(4), m(5)], outgoing: [m(1), m(2), m(3)]))
        bench.receive(matched(1, 1), from: 2)
        #expect(bench.instance.commitIndex == i(0))
        bench.receive(matched(1, 1), from: 4)
        #expect(bench.instance.commitIndex == i(1))
    }

    @Test("who becomes leader in a joint phase ends it")
    func newLeaderLeaves() {
        var bench = Bench(
            term: 1,
            configuration: RaftConfiguration(
                voters: [m(1), m(2)], outgoing: [m(1), m(2), m(3)]))
        bench.becomeLeader()
        bench.receive(matched(2, 1), from: 2)
        #expect(bench.instance.configuration == RaftConfiguration(voters: [m(1), m(2)]))
        #expect(bench.instance.lastIndex == i(2))
    }

    @Test("a configuration that is truncated is in force no more")
    func truncation() {
        let joint = RaftConfiguration(voters: [m(1), m(2)], outgoing: [m(1), m(2), m(3)])
        let entry = LogEntry(
            index: i(2), term: t(1), kind: .configuration, payload: joint.encoded())
        var bench = Bench(term: 1, log: log(1) + [entry])
        #expect(bench.instance.configuration == joint)
        bench.receive(append(2, after: (1, 1), [2]), from: 3)
        #expect(
            bench.instance.configuration == RaftConfiguration(voters: [m(1), m(2), m(3)]))
        #expect(bench.instance.configurationIndex == i(0))
    }

    @Test("a snapshot brings its configuration in the place of all before it")
    func snapshot() {
        let new = RaftConfiguration(voters: [m(1), m(4)], learners: [m(2)])
        var bench = Bench(term: 1, log: log(1, 1))
        bench.step {
            _ = $0.installSnapshot(
                .init(index: i(9), term: t(1)), configuration: new, at: $1, into: &$2)
        }
        #expect(bench.instance.configuration == new)
        #expect(bench.instance.configuration(at: i(9)) == new)
    }

    @Test("a leader without its majority for ten seconds takes an uncommitted joint phase back")
    func revert() {
        var cluster = led(3, spares: 3)
        for spare in 4...6 {
            cluster.change(0, .addLearner(m(UInt16(spare))))
            cluster.advance(.milliseconds(100))
        }
        cluster.advance(.milliseconds(500))
        for place in 3...5 { cluster.cutOff(place) }
        #expect(isAccepted(cluster.change(0, .setVoters([n(4), n(5), n(6)]))))
        cluster.advance(.seconds(9))
        #expect(cluster.instance(0).configuration.isJoint)
        #expect(cluster.leader == 0)
        cluster.advance(.seconds(2))
        #expect(voters(cluster) == [n(1), n(2), n(3)])
        #expect(cluster.instance(0).configuration.learners == [m(4), m(5), m(6)])
        cluster.propose(0, ["on"])
        cluster.settle()
        #expect(cluster.instance(0).commitIndex == cluster.instance(0).lastIndex)
        cluster.heal()
        cluster.advance(.seconds(1))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a removed leader leads until that is committed, hands over, and is told so")
    func removedLeader() {
        var cluster = led(3)
        let term = cluster.instance(0).term
        #expect(isAccepted(cluster.change(0, .remove(n(1)))))
        cluster.settle()
        #expect(cluster.leaders.allSatisfy { $0 != 0 })
        #expect(cluster.peers[0].isRemoved)
        // No time passed: the successor was told to stand.
        #expect(cluster.leader != nil)
        #expect(cluster.instance(cluster.leader ?? 0).term == term.next)
        #expect(cluster.ledger.violations == [])
    }

    @Test("a removed voter that missed it disturbs nobody, and is told when it asks")
    func missedRemoval() {
        var cluster = led(3)
        cluster.cutOff(2)
        #expect(isAccepted(cluster.change(0, .remove(n(3)))))
        cluster.advance(.seconds(2))
        let term = cluster.instance(0).term
        #expect(voters(cluster) == [n(1), n(2)])
        #expect(!cluster.peers[2].isRemoved)
        cluster.heal()
        cluster.advance(.seconds(2))
        #expect(cluster.peers[2].isRemoved)
        #expect(cluster.instance(0).term == term)
        #expect(cluster.instance(2).nextDeadline == nil)
    }

    @Test("a removed learner that missed it asks and is told")
    func missedRemovalOfLearner() {
        var cluster = led(3, spares: 1)
        cluster.change(0, .addLearner(m(4)))
        cluster.advance(.milliseconds(200))
        cluster.cutOff(3)
        #expect(isAccepted(cluster.change(0, .remove(n(4)))))
        cluster.advance(.seconds(1))
        cluster.heal()
        cluster.advance(.seconds(3))
        #expect(cluster.peers[3].isRemoved)
    }

    @Test("a wiped disk comes back under another id and takes its own place again, by itself")
    func replacement() {
        var cluster = led(3)
        cluster.propose(0, ["a", "b"])
        cluster.advance(.milliseconds(100))
        cluster.wipe(2)
        cluster.advance(.seconds(3))
        let configuration = cluster.instance(0).configuration
        #expect(configuration.voters == [m(1), m(2), cluster.peers[2].member])
        #expect(configuration.learners == [])
        #expect(!configuration.isJoint)
        #expect(cluster.instance(2).commitIndex == cluster.instance(0).commitIndex)
        #expect(cluster.ledger.violations == [])
    }

    @Test("a disk that is wiped again and again ends as one voter")
    func replacedTwice() {
        var cluster = led(3)
        for pause in [100, 700, 900, 1_500] {
            cluster.wipe(1)
            cluster.advance(.milliseconds(pause))
        }
        cluster.advance(.seconds(5))
        let configuration = cluster.instance(0).configuration
        #expect(configuration.voters == [m(1), cluster.peers[1].member, m(3)])
        #expect(configuration.learners == [])
        #expect(cluster.ledger.violations == [])
    }

    @Test("what was asked of an earlier copy is not answered for it")
    func earlierCopy() {
        var bench = Bench(term: 1)
        bench.receive(voteRequest(2), from: m(2), to: 99)
        #expect(bench.sent(to: 2) == [.announcement(.init(term: t(1)))])
        #expect(bench.instance.hardState.vote == nil)
    }

    @Test("a copy that knows of no group never stands, votes all the same")
    func passive() {
        var bench = Bench(configuration: .empty)
        #expect(bench.instance.nextDeadline == nil)
        bench.receive(voteRequest(2), from: 2)
        #expect(bench.sent(to: 2) == [vote(2)])
    }

    @Test("an answer of another copy of a node is not that node's")
    func otherCopysVote() {
        var bench = Bench()
        bench.expire()
        bench.receive(preVote(1), from: m(2, 77))
        #expect(bench.instance.role == .preCandidate)
        bench.receive(preVote(1), from: m(2))
        #expect(bench.instance.role == .candidate)
    }
}
