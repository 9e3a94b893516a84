import Raft
import Testing
import Toolbox
import Vocabulary

// Snapshots and the configurations in them.
extension SnapshotLines {
    @Test("by a snapshot a voter becomes a learner, and a learner a voter")
    func configurationOfASnapshot() {
        var voter = Bench(term: 1)
        voter.receive(heartbeat(1), from: 2)
        voter.install(9, 1, configuration([2, 3, 4], learners: [1]))
        #expect(voter.instance.configuration == configuration([2, 3, 4], learners: [1]))
        voter.wait(5_000)
        #expect(voter.instance.role == .follower)
        var learner = Bench(term: 1, configuration: configuration([2, 3, 4], learners: [1]))
        learner.receive(heartbeat(1), from: 2)
        learner.install(9, 1, configuration([1, 2, 3]))
        learner.wait(5_000)
        #expect(learner.instance.role == .preCandidate)
        learner.receive(preVote(2), from: 3)
        #expect(learner.instance.role == .candidate)
    }

    @Test("behind a snapshot in a joint phase both majorities decide")
    func jointSnapshot() {
        var bench = Bench(term: 1, configuration: .empty)
        bench.receive(heartbeat(1), from: 2)
        bench.install(9, 1, configuration([1, 4, 5], outgoing: [1, 2, 3]))
        bench.wait(5_000)
        for node: UInt16 in 2...3 { bench.receive(preVote(2), from: node) }
        #expect(bench.instance.role == .preCandidate)
        bench.receive(preVote(2), from: 4)
        #expect(bench.instance.role == .candidate)
    }

    @Test("a snapshot without oneself tells that one was removed; to a newcomer it tells nothing")
    func snapshotWithoutOneself() {
        var removed = Bench(term: 1)
        removed.receive(heartbeat(1), from: 2)
        removed.install(9, 1, configuration([2, 3]))
        #expect(removed.observations.contains(.removedFromGroup))
        removed.clear()
        removed.wait(5_000)
        #expect(removed.directives == [])
        var newcomer = Bench(term: 1, configuration: .empty)
        newcomer.receive(heartbeat(1), from: 2)
        newcomer.install(9, 1, configuration([2, 3]))
        #expect(!newcomer.observations.contains(.removedFromGroup))
        let next = configuration([2, 3], learners: [1])
        newcomer.receive(append(1, after: (9, 1), next, commit: 10), from: 2)
        #expect(newcomer.instance.configuration == next)
    }

    @Test("a snapshot in the place of an uncommitted configuration brings its own into force")
    func installOverUncommittedConfiguration() {
        for index: UInt64 in [5, 1] {
            var bench = Bench(term: 1)
            let lost = configuration([1, 2, 3, 4], outgoing: [1, 2, 3])
            bench.receive(append(1, after: (0, 0), lost), from: 2)
            #expect(bench.instance.configuration == lost)
            bench.receive(heartbeat(3), from: 3)
            bench.install(index, 2, configuration([1, 2, 3]))
            #expect(bench.instance.configuration == configuration([1, 2, 3]))
            #expect(bench.instance.lastIndex == i(index))
        }
    }

    @Test("a snapshot that agrees with the log leaves the configurations behind it in force")
    func installBeforeAConfiguration() {
        var bench = Bench(term: 1)
        let next = configuration([1, 2, 3], learners: [4])
        bench.receive(append(1, after: (0, 0), [1, 1]), from: 2)
        bench.receive(append(1, after: (2, 1), next), from: 2)
        bench.install(2, 1, configuration([1, 2, 3]))
        #expect(bench.instance.lastIndex == i(3))
        #expect(bench.instance.configuration == next)
        bench.receive(append(2, after: (2, 1), [2]), from: 3)
        #expect(bench.instance.configuration == configuration([1, 2, 3]))
    }

    @Test("a snapshot right behind a change contains it, and none that is not committed")
    func configurationAsOfTheSnapshot() {
        var bench = Bench.settledLeader(configuration([1, 2, 3]))
        bench.propose("a")
        bench.change(.addLearner(m(4)))
        bench.propose("b")
        bench.confirm([2])
        #expect(bench.instance.commitIndex == i(4))
        bench.change(.addLearner(m(5)))
        let instance = bench.instance
        #expect(instance.configuration == configuration([1, 2, 3], learners: [4, 5]))
        for index: UInt64 in 1...2 {
            #expect(instance.configuration(at: i(index)) == configuration([1, 2, 3]))
        }
        for index: UInt64 in 3...4 {
            #expect(
                instance.configuration(at: i(index)) == configuration([1, 2, 3], learners: [4]))
        }
    }

    @Test("a restart from a snapshot finds the configuration that it was taken with")
    func restartFromASnapshot() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.elect(0)
        cluster.carryOut(.addLearner(m(4)))
        cluster.carryOut(.promote(n(4)))
        for place in 0..<4 { cluster.compact(place, keeping: 0) }
        for place in 0..<4 { cluster.crash(place) }
        for place in 0..<4 { cluster.start(place) }
        for place in 0..<4 { #expect(cluster.configuration(place) == configuration([1, 2, 3, 4])) }
        cluster.advance(.seconds(3))
        cluster.expectService()
    }

    @Test("a learner whose entries are gone gets a snapshot, and learns the group from it")
    func learnerGetsASnapshot() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.elect(0)
        for number in 0..<20 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        cluster.compact(0, keeping: 0)
        cluster.carryOut(.addLearner(m(4)))
        #expect(cluster.instance(3).snapshotPosition?.index == i(21))
        #expect(cluster.configuration(3) == configuration([1, 2, 3], learners: [4]))
        #expect(cluster.carryOut(.promote(n(4))).kind == .accepted)
        cluster.expectService()
    }

    @Test("a snapshot to a member that was removed meanwhile comes to nothing")
    func snapshotToARemovedMemberEnds() {
        var cluster = RaftCluster(3, spares: 1)
        cluster.elect(0)
        for number in 0..<20 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        cluster.compact(0, keeping: 0)
        cluster.change(0, .addLearner(m(4)))
        cluster.expireHeartbeat(0)
        let waiting = cluster.wire.filter { $0.to == m(4) }
        #expect(waiting.count == 1)
        cluster.wire = []
        #expect(cluster.carryOut(.remove(n(4))).kind == .accepted)
        cluster.wire = waiting
        cluster.advance(.seconds(1))
        #expect(cluster.configuration(0) == configuration([1, 2, 3]))
        #expect(!cluster.wire.contains { $0.to == m(4) })
        #expect(cluster.instance(0).followers.map(\.node) == [n(2), n(3)])
        cluster.expectService()
    }
}
