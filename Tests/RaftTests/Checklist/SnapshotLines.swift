import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.6 that no other suite asserts by itself.
@Suite struct SnapshotLines {
    private func position(_ index: UInt64, _ term: UInt64) -> SnapshotPosition {
        SnapshotPosition(index: i(index), term: t(term))
    }

    @Test("an empty state is no snapshot: nothing is installed, cut or suggested at index 0")
    func zeroEdge() {
        var bench = Bench(term: 1)
        bench.receive(heartbeat(1), from: 2)
        bench.clear()
        var installed = true
        bench.step { installed = $0.install(position(0, 0), at: $1, into: &$2) }
        #expect(!installed)
        #expect(bench.directives == [])
        #expect(bench.instance.firstIndex == i(1))
        #expect(bench.instance.compactionIndex(keeping: 0) == .zero)
        bench.instance.compact(through: .zero)
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        #expect(bench.sent(to: 2) == [matched(1, 1, round: 1)])
    }

    @Test("a follower with nothing at all is behind a log that was cut after one entry")
    func emptyFollowerIsBehind() {
        var cluster = RaftCluster(3)
        cluster.cutOff(2)
        cluster.elect(0)
        cluster.compact(0, keeping: 0)
        #expect(cluster.instance(0).firstIndex == i(2))
        #expect(cluster.instance(2).lastIndex == .zero)
        cluster.heal()
        cluster.propose(0, ["a"])
        cluster.advance(.seconds(1))
        #expect(cluster.peers[2].applied == i(2))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a leader that cuts its log has a snapshot that reaches its start", arguments: 1...20)
    func snapshotCoversTheCut(cut: UInt64) {
        var bench = Bench.leader(log: log(Array(repeating: 0, count: 9)))
        bench.receive(matched(1, 10), from: 2)
        bench.step { $0.snapshotDidSave(position(4, 0), at: $1, into: &$2) }
        bench.instance.compact(through: i(cut))
        #expect(bench.instance.firstIndex == i(min(cut, 4) + 1))
        #expect((bench.instance.snapshotPosition?.index ?? .zero).next >= bench.instance.firstIndex)
    }

    @Test("what an append carries of a range that a snapshot just replaced is not taken twice")
    func appendInsideSnapshot() {
        var bench = Bench(term: 3, log: log(1, 1))
        bench.receive(heartbeat(3), from: 2)
        bench.install(6, 2, configuration([1, 2, 3]))
        bench.clear()
        // Wholly inside, ending at it, and beginning inside.
        bench.receive(append(3, after: (2, 1), [2, 2]), from: 2)
        bench.receive(append(3, after: (4, 2), [2, 2]), from: 2)
        bench.receive(append(3, after: (5, 2), [2, 3, 3], commit: 8), from: 2)
        #expect(bench.instance.firstIndex == i(7))
        #expect(bench.terms == [3, 3])
        #expect(
            bench.sent(to: 2) == [
                matched(3, 6, round: 1), matched(3, 6, round: 1), matched(3, 8, round: 1),
            ])
        #expect(bench.applied.map(\.index) == [i(7), i(8)])
    }

    @Test("appends cut from the log in the middle of a pipeline leave as they were made")
    func cutDuringSending() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.propose(0, ["a", "b", "c"])
        cluster.settle { $0.goes(0, 2) }
        #expect(cluster.instance(0).commitIndex == i(4))
        cluster.compact(0, keeping: 0)
        #expect(cluster.instance(0).firstIndex == i(5))
        cluster.settle()
        #expect(cluster.peers[2].applied == i(4))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a snapshot of an earlier leader that comes late is taken or ignored, never half")
    func snapshotOfAnEarlierLeader() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        for number in 0..<10 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        cluster.compact(0, keeping: 0)
        cluster.compact(1, keeping: 0)
        cluster.heal()
        cluster.expireHeartbeat(0)
        cluster.settle { if case .snapshot = $0.content { true } else { false } }
        #expect(cluster.wire.count == 1)
        let late = cluster.wire
        cluster.wire = []
        cluster.cutOff(0)
        cluster.now = cluster.now + .milliseconds(900)
        cluster.elect(1)
        cluster.advance(.milliseconds(500))
        #expect(cluster.peers[2].applied == i(12))
        cluster.heal()
        cluster.wire = late
        cluster.advance(.seconds(1))
        for peer in cluster.peers { #expect(peer.applied == i(12)) }
        #expect(cluster.ledger.violations == [])
    }
}

extension RaftCluster {
    /// The leader's next beats until somebody answered and was told what it lacks.
    mutating func expireHeartbeat(_ place: Int) {
        for _ in 0..<2 {
            fire(place)
            settle { if case .snapshot = $0.content { true } else { false } }
        }
    }
}
