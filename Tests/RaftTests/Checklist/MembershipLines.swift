import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.7: what changes do.
@Suite struct MembershipLines {
    @Test("voters and learners are added, promoted, demoted, removed and replaced")
    func everyKindOfChange() {
        var cluster = RaftCluster(3, spares: 2)
        cluster.elect(0)
        #expect(cluster.carryOut(.addLearner(m(4))).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 2, 3], learners: [4]))
        #expect(cluster.carryOut(.promote(n(4))).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 2, 3, 4]))
        #expect(cluster.carryOut(.demote(n(3))).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 2, 4], learners: [3]))
        #expect(cluster.carryOut(.remove(n(3))).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 2, 4]))
        #expect(cluster.peers[2].isRemoved)
        #expect(cluster.carryOut(.addLearner(m(5))).kind == .accepted)
        #expect(cluster.carryOut(.setVoters([n(1), n(2), n(5)])).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 2, 5]))
        #expect(cluster.peers[3].isRemoved)
        #expect(cluster.carryOut(.remove(n(2))).kind == .accepted)
        #expect(cluster.configuration(0) == configuration([1, 5]))
        for place in [0, 4] { #expect(cluster.configuration(place) == cluster.configuration(0)) }
        cluster.expectService()
    }

    @Test(
        "a change that is done already changes nothing",
        arguments: [
            .addLearner(m(4)), .promote(n(2)), .demote(n(4)), .remove(n(9)),
            .setVoters([n(3), n(1), n(2)]), .setVoters([n(1), n(2), n(3), n(1)]),
        ] as [MembershipChange])
    func everyChangeAgainChangesNothing(change: MembershipChange) {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4]))
        let last = bench.instance.lastIndex
        #expect(bench.change(change) == .unchanged)
        #expect(bench.instance.lastIndex == last)
        #expect(bench.directives == [])
    }

    struct Impossible: CustomTestStringConvertible, Sendable {
        let change: MembershipChange
        let refusal: MembershipRefusal
        var testDescription: String { "\(change)" }
    }

    @Test(
        "a change that can not be is refused with its reason",
        arguments: [
            Impossible(change: .promote(n(9)), refusal: .unknownMember(n(9))),
            Impossible(change: .demote(n(9)), refusal: .unknownMember(n(9))),
            Impossible(change: .addLearner(m(9, 0)), refusal: .unknownMember(n(9))),
            Impossible(change: .addLearner(m(2)), refusal: .notALearner(n(2))),
            Impossible(change: .setVoters([n(1), n(9)]), refusal: .unknownMember(n(9))),
            Impossible(change: .setVoters([]), refusal: .noVoters),
        ])
    func changesThatCanNotBe(case example: Impossible) {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4]))
        #expect(bench.change(example.change) == .refused(example.refusal))
        #expect(bench.directives == [])
        var follower = Bench(term: 1)
        follower.receive(heartbeat(1), from: 3)
        #expect(follower.change(example.change) == .refused(.notLeader(leader: n(3))))
    }

    @Test("the last voter is not removed, and no more voters than the limit are made")
    func boundsOfVoters() {
        var alone = Bench.settledLeader(configuration([1]))
        #expect(alone.change(.remove(n(1))) == .refused(.noVoters))
        #expect(alone.change(.demote(n(1))) == .refused(.noVoters))
        var many = Bench.settledLeader(configuration([1, 2, 3, 4, 5, 6, 7], learners: [8]))
        #expect(many.change(.promote(n(8))) == .refused(.tooManyVoters))
    }

    @Test("a joint phase is left as soon as both majorities have it")
    func jointIsLeft() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.elect(0)
        cluster.carryOut(.addLearner(m(4)))
        cluster.change(0, .promote(n(4)))
        #expect(cluster.configuration(0).isJoint)
        // No time passes.
        cluster.settle()
        #expect(cluster.configuration(0) == configuration([1, 2, 3, 4]))
        #expect(
            cluster.ledger.configurations.suffix(2).map(\.configuration.isJoint) == [true, false])
        #expect(cluster.isWhole)
    }

    @Test("a new leader leaves the joint phase that it finds")
    func newLeaderLeavesJoint() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.elect(0)
        cluster.carryOut(.addLearner(m(4)))
        cluster.change(0, .promote(n(4)))
        // All have it and the leader dies before it hears so.
        cluster.settle { $0.to == m(1) }
        #expect(cluster.configuration(1).isJoint)
        cluster.crash(0)
        cluster.wire = []
        cluster.advance(.seconds(3))
        guard let leader = cluster.leader else {
            Issue.record("nobody leads")
            return
        }
        #expect(cluster.configuration(leader) == configuration([1, 2, 3, 4]))
        cluster.start(0)
        cluster.advance(.seconds(1))
        #expect(cluster.isWhole)
    }

    struct Swap: CustomTestStringConvertible, Sendable {
        let from: Int
        let to: [UInt16]
        var testDescription: String { "\(from) voters to \(to)" }
    }

    @Test(
        "all voters are exchanged, or some; a group shrinks from 5 to 1 and grows from 1 to 5",
        arguments: [
            Swap(from: 3, to: [4, 5, 6]), Swap(from: 3, to: [2, 3, 4]),
            Swap(from: 3, to: [3, 4, 5]),
            Swap(from: 5, to: [1]), Swap(from: 5, to: [4]), Swap(from: 1, to: [1, 2, 3, 4, 5]),
            Swap(from: 2, to: [3, 4]), Swap(from: 4, to: [1, 5, 6, 7]),
        ])
    func swaps(swap: Swap) {
        let greatest = max(swap.from, Int(swap.to.max() ?? 0))
        var cluster = RaftCluster(swap.from, spares: greatest - swap.from)
        cluster.elect(0)
        cluster.propose(0, ["before"])
        for node in swap.to where Int(node) > swap.from {
            #expect(cluster.carryOut(.addLearner(m(node))).kind == .accepted)
        }
        #expect(cluster.carryOut(.setVoters(swap.to.map(n))).kind == .accepted)
        cluster.advance(.seconds(2))
        guard let leader = cluster.leader else {
            Issue.record("nobody leads")
            return
        }
        #expect(swap.to.contains(UInt16(leader + 1)))
        #expect(cluster.configuration(leader) == configuration(swap.to))
        for place in cluster.peers.indices where !swap.to.contains(UInt16(place + 1)) {
            #expect(cluster.peers[place].isRemoved, "n\(place + 1)")
        }
        cluster.expectService()
        #expect(cluster.ledger.applied.map(\.payload).contains("before"))
    }

    @Test("a configuration is in force when it is appended, and no more when it is truncated")
    func truncationRestores() {
        var bench = Bench(term: 1, log: log(1))
        #expect(bench.instance.configuration == configuration([1, 2, 3]))
        let next = configuration([1, 2, 3], learners: [4])
        bench.receive(append(1, after: (1, 1), next), from: 2)
        #expect(bench.instance.configuration == next)
        #expect(bench.instance.commitIndex < i(2))
        let joint = configuration([1, 2, 3, 4], outgoing: [1, 2, 3])
        bench.receive(append(1, after: (2, 1), joint), from: 2)
        #expect(bench.instance.configuration == joint)
        bench.receive(append(2, after: (2, 1), [2]), from: 3)
        #expect(bench.instance.configuration == next)
        bench.receive(append(3, after: (1, 1), [3]), from: 2)
        #expect(bench.instance.configuration == configuration([1, 2, 3]))
        #expect(
            bench.observations.contains(
                .configurationChanged(configuration([1, 2, 3]), at: .zero)))
    }

    @Test("after a restart the last configuration in the log is in force, committed or not")
    func restartFindsTheLast() {
        let next = configuration([1, 2, 3, 4], outgoing: [1, 2, 3])
        let bench = Bench(term: 2, log: log(1) + [entry(next, 2, 1)] + log([2], after: 2))
        #expect(bench.instance.commitIndex == .zero)
        #expect(bench.instance.configuration == next)
    }

    @Test("a second change is refused, and appends nothing, until the first is committed")
    func secondChangeIsRefused() {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4]))
        #expect(bench.change(.addLearner(m(5))).kind == .accepted)
        let last = bench.instance.lastIndex
        for change: MembershipChange in [.addLearner(m(6)), .promote(n(4)), .remove(n(3))] {
            #expect(bench.change(change) == .refused(.changeRunning))
        }
        #expect(bench.instance.lastIndex == last)
        bench.confirm([2])
        // The whole joint phase is one change.
        #expect(bench.change(.remove(n(3))).kind == .accepted)
        bench.confirm([2])
        #expect(!bench.instance.configuration.isJoint)
        #expect(bench.change(.addLearner(m(6))) == .refused(.changeRunning))
        bench.confirm([2])
        #expect(bench.change(.addLearner(m(6))).kind == .accepted)
    }

    @Test("a new leader finishes the change that it inherits before it begins another")
    func inheritedChangeRuns() {
        let joint = configuration([1, 2, 3, 4], outgoing: [1, 2, 3])
        var bench = Bench.leader(term: 2, log: log(1) + [entry(joint, 2, 1)])
        #expect(bench.instance.configuration == joint)
        for node: UInt16 in 2...4 { bench.receive(matched(2, 2), from: node) }
        // The inherited entry is on all disks and still not known to be committed.
        #expect(bench.change(.addLearner(m(5))) == .refused(.nothingCommittedInTerm))
        bench.confirm([2, 3])
        #expect(bench.instance.configuration == configuration([1, 2, 3, 4]))
        #expect(bench.change(.addLearner(m(5))) == .refused(.changeRunning))
        bench.confirm([2, 3])
        #expect(bench.change(.addLearner(m(5))).kind == .accepted)
    }

    @Test("no change before an entry of the own term is committed")
    func changeBeforeOwnTerm() {
        var bench = Bench.leader(term: 2, log: log(1))
        let changes: [MembershipChange] = [.addLearner(m(4)), .remove(n(3)), .demote(n(2))]
        for change in changes {
            #expect(bench.change(change) == .refused(.nothingCommittedInTerm))
        }
        bench.receive(matched(2, 1), from: 2)
        #expect(bench.change(.remove(n(3))) == .refused(.nothingCommittedInTerm))
        #expect(bench.instance.lastIndex == i(2))
        bench.confirm([2])
        #expect(bench.change(.remove(n(3))).kind == .accepted)
    }

    @Test("configurations pass a log that is too full for proposals")
    func changesPassAFullLog() {
        var settings = RaftSettings()
        settings.uncommittedBytesMaximum = 10
        var bench = Bench.settledLeader(configuration([1, 2, 3]), settings: settings)
        bench.propose("1234567890")
        #expect(bench.propose("1") == .refused(.overloaded))
        #expect(bench.change(.addLearner(m(4))).kind == .accepted)
        bench.confirm([2])
        #expect(bench.propose("1234567890") == .accepted(firstIndex: i(4), term: t(1)))
    }

    @Test("a voter that is demoted votes and counts until the joint phase is left")
    func demotedVotesWhileJoint() {
        var bench = Bench.settledLeader(configuration([1, 2, 3]))
        bench.change(.demote(n(3)))
        #expect(
            bench.instance.configuration
                == configuration([1, 2], outgoing: [1, 2, 3], learners: [3]))
        #expect(bench.instance.followers.map(\.isVoter) == [true, true])
        // Enough of the outgoing, not of the incoming.
        bench.confirm([3])
        #expect(bench.instance.configuration.isJoint)
        bench.confirm([2])
        #expect(bench.instance.configuration == configuration([1, 2], learners: [3]))
        #expect(bench.instance.followers.map(\.isLearner) == [false, true])
        let joint = configuration([2, 3], outgoing: [1, 2, 3], learners: [1])
        var demoted = Bench(configuration: joint)
        demoted.expire()
        #expect(demoted.instance.role == .preCandidate)
    }

    @Test(
        "a read that waits is answered by the smaller quorum after a change, with no more answers")
    func readAcrossAChange() {
        var bench = Bench.settledLeader(configuration([1, 2, 3, 4, 5]))
        bench.read(1)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.ready == [])
        #expect(bench.change(.setVoters([n(1), n(2), n(3)])).kind == .accepted)
        // Their acknowledgements confirm no round.
        bench.confirm([2, 3])
        #expect(bench.instance.configuration == configuration([1, 2, 3]))
        bench.expire()
        #expect(bench.ready == [RequestID(1)])
    }
}
