import Raft
import Testing
import Toolbox
import Vocabulary

/// Log compaction and snapshots (Raft §7, consensus checklist 6.6 as far as it is the core's).
@Suite struct SnapshotTests {
    private func position(_ index: UInt64, _ term: UInt64) -> SnapshotPosition {
        SnapshotPosition(index: i(index), term: t(term))
    }

    /// A leader of term 2 with 10 committed entries, of which 6 are only in its snapshot.
    private func leader() -> Bench {
        var bench = Bench.leader(
            term: 2, log: log([1, 1, 1], after: 6), snapshot: position(6, 1))
        bench.receive(matched(2, 10), from: 2)
        bench.clear()
        return bench
    }

    @Test("compaction drops no more than a durable snapshot covers, and keeps the last term")
    func compaction() {
        var bench = Bench(term: 1, log: log(1, 1, 1, 1))
        bench.receive(heartbeat(1, commit: 4), from: 2)
        bench.instance.compact(through: i(4))
        #expect(bench.instance.firstIndex == i(1))
        bench.step { $0.snapshotDidSave(position(3, 1), at: $1, into: &$2) }
        bench.instance.compact(through: i(4))
        #expect(bench.instance.firstIndex == i(4))
        #expect(bench.instance.term(at: i(3)) == t(1))
        #expect(bench.instance.term(at: i(2)) == nil)
        bench.receive(append(1, after: (3, 1), [1, 1]), from: 2)
        #expect(bench.sent(to: 2).last == matched(1, 5, round: 1))
    }

    @Test("a leader suggests to keep what its followers still need, within a bound")
    func compactionIndex() {
        var bench = Bench.leader(log: log(Array(repeating: 0, count: 20)))
        bench.receive(matched(1, 21), from: 2)
        bench.receive(matched(1, 15), from: 3)
        bench.step { $0.snapshotDidSave(position(21, 1), at: $1, into: &$2) }
        #expect(bench.instance.compactionIndex(keeping: 100) == i(15))
        #expect(bench.instance.compactionIndex(keeping: 2) == i(19))
        #expect(bench.instance.compactionIndex(keeping: 0) == i(21))
    }

    @Test("a follower that needs what was dropped gets a snapshot, asked for once")
    func snapshotIsAskedForOnce() {
        var bench = leader()
        bench.receive(rejected(2, 9, hint: (2, 1)), from: 3)
        #expect(bench.snapshotsAsked == [n(3)])
        #expect(bench.instance.followers[1].mode == .snapshot)
        bench.propose("a")
        bench.expire()
        bench.receive(heard(2, round: 1), from: 3)
        #expect(bench.snapshotsAsked == [n(3)])
        #expect(bench.appends(to: 3) == [])
    }

    @Test("a snapshot that arrived lets the follower go on behind it")
    func snapshotSucceeds() {
        var bench = leader()
        bench.receive(rejected(2, 9, hint: (2, 1)), from: 3)
        bench.clear()
        bench.step {
            $0.snapshotSendDidEnd(
                to: m(3), position: position(6, 1), succeeded: true, at: $1, into: &$2)
        }
        #expect(bench.appends(to: 3).map(\.previousIndex) == [i(6)])
        bench.receive(matched(2, 10), from: 3)
        #expect(bench.instance.followers[1].mode == .replicate)
    }

    @Test("an acknowledgement ends the snapshot as well, also one behind it")
    func snapshotEndsByAcknowledgement() {
        var bench = leader()
        bench.receive(rejected(2, 9, hint: (2, 1)), from: 3)
        bench.receive(matched(2, 4), from: 3)
        #expect(bench.instance.followers[1].mode == .snapshot)
        bench.receive(matched(2, 6), from: 3)
        #expect(bench.instance.followers[1].mode == .replicate)
    }

    @Test("a snapshot that failed is asked for again after the next answered heartbeat")
    func snapshotFails() {
        var bench = leader()
        bench.receive(rejected(2, 9, hint: (2, 1)), from: 3)
        bench.clear()
        bench.step {
            $0.snapshotSendDidEnd(
                to: m(3), position: position(6, 1), succeeded: false, at: $1, into: &$2)
        }
        #expect(bench.directives == [])
        bench.expire()
        bench.receive(heard(2, round: 1), from: 3)
        #expect(bench.snapshotsAsked == [n(3)])
    }

    @Test("a snapshot to a process that is gone is over, and is asked for when it is back")
    func receiverDies() {
        var bench = leader()
        bench.receive(rejected(2, 9, hint: (2, 1)), from: 3)
        bench.step { $0.peerRefusedConnection(n(3), at: $1, into: &$2) }
        bench.clear()
        bench.expire()
        #expect(bench.snapshotsAsked == [])
        bench.receive(heard(2, round: 1), from: 3)
        #expect(bench.snapshotsAsked == [n(3)])
    }

    @Test("a follower whose unacknowledged entries were dropped meanwhile gets a snapshot")
    func droppedInFlight() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 3)
        bench.propose("a", "b")
        bench.receive(matched(1, 3), from: 2)
        bench.step { $0.snapshotDidSave(position(3, 1), at: $1, into: &$2) }
        bench.propose("c")
        bench.receive(matched(1, 4), from: 2)
        bench.step { $0.snapshotDidSave(position(4, 1), at: $1, into: &$2) }
        bench.propose("d")
        bench.receive(matched(1, 5), from: 2)
        bench.step { $0.snapshotDidSave(position(5, 1), at: $1, into: &$2) }
        bench.instance.compact(through: i(5))
        for round: UInt64 in 1...2 {
            bench.expire()
            bench.receive(heard(1, round: round), from: 3)
            bench.receive(rejected(1, 5, hint: (1, 1)), from: 3)
        }
        #expect(bench.snapshotsAsked == [n(3)])
    }

    @Test("an installed snapshot replaces a log that conflicts with it or is shorter")
    func installOverConflict() {
        for terms: [UInt64] in [[1, 1, 1, 1, 1], [1]] {
            var bench = Bench(term: 2, log: log(terms))
            bench.receive(heartbeat(2), from: 2)
            bench.clear()
            var installed = false
            bench.step { installed = $0.install(position(4, 2), at: $1, into: &$2) }
            #expect(installed)
            #expect(bench.instance.lastIndex == i(4))
            #expect(bench.instance.commitIndex == i(4))
            #expect(bench.instance.durableIndex == i(4))
            #expect(bench.sent(to: 2) == [matched(2, 4)])
            #expect(bench.applied == [])
            bench.receive(append(2, after: (4, 2), [2], commit: 5), from: 2)
            #expect(bench.applied.map(\.index) == [i(5)])
        }
    }

    @Test("an installed snapshot keeps the rest of a log that agrees with it")
    func installKeepsSuffix() {
        var bench = Bench(term: 2, log: log(1, 1, 2, 2, 2))
        bench.receive(heartbeat(2), from: 2)
        bench.step { _ = $0.install(position(3, 2), at: $1, into: &$2) }
        #expect(bench.terms == [2, 2])
        #expect(bench.instance.firstIndex == i(4))
        bench.receive(heartbeat(2, commit: 5), from: 2)
        #expect(bench.applied.map(\.index) == [i(4), i(5)])
    }

    @Test("a snapshot at or below the commit index is ignored")
    func installOld() {
        var bench = Bench(term: 1, log: log(1, 1, 1))
        bench.receive(heartbeat(1, commit: 3), from: 2)
        bench.clear()
        for index: UInt64 in 1...3 {
            var installed = true
            bench.step { installed = $0.install(position(index, 1), at: $1, into: &$2) }
            #expect(!installed)
        }
        #expect(bench.directives == [])
        #expect(bench.instance.firstIndex == i(1))
    }

    @Test("two snapshots in quick succession: the later one counts")
    func twoSnapshots() {
        var bench = Bench(term: 2)
        bench.receive(heartbeat(2), from: 2)
        bench.step { _ = $0.install(position(4, 1), at: $1, into: &$2) }
        bench.step { _ = $0.install(position(9, 2), at: $1, into: &$2) }
        #expect(bench.instance.snapshotPosition == position(9, 2))
        #expect(bench.instance.lastIndex == i(9))
    }

    @Test("a snapshot that overtakes writes on their way leaves none of them in the log")
    func installDuringWrites() {
        var bench = Bench(term: 2)
        bench.hasFastDisk = false
        bench.receive(append(2, after: (0, 0), [2, 2]), from: 2)
        bench.step { _ = $0.install(position(7, 2), at: $1, into: &$2) }
        bench.persistAll()
        #expect(bench.instance.durableIndex == i(7))
        #expect(bench.sent(to: 2).last == matched(2, 7, round: 1))
    }

    @Test("an append that begins inside the snapshot adds what lies behind it")
    func appendOverlapsSnapshot() {
        var bench = Bench(term: 2, snapshot: position(5, 2))
        bench.receive(append(2, after: (3, 1), [2, 2, 2, 2]), from: 2)
        #expect(bench.instance.firstIndex == i(6))
        #expect(bench.terms == [2, 2])
        #expect(bench.sent(to: 2) == [matched(2, 7, round: 1)])
    }

    @Test("recovered entries that the snapshot already contains are ignored")
    func recoveryOverlap() {
        let bench = Bench(term: 1, log: log(1, 1, 1, 1), snapshot: position(3, 1))
        #expect(bench.instance.firstIndex == i(4))
        #expect(bench.instance.lastIndex == i(4))
        #expect(bench.instance.commitIndex == i(3))
    }

    @Test("a node that was away while the log was cut comes back by a snapshot")
    func slowFollower() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        for number in 0..<50 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        cluster.compact(0, keeping: 5)
        #expect(cluster.instance(0).firstIndex == i(47))
        cluster.heal()
        cluster.advance(.seconds(1))
        #expect(cluster.peers[2].applied == i(51))
        #expect(cluster.instance(2).snapshotPosition?.index == i(51))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a transfer to a node that is gone holds up nobody and is tried again")
    func transferToTheDead() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.crash(2)
        for number in 0..<20 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        cluster.compact(0, keeping: 0)
        cluster.advance(.seconds(1))
        cluster.propose(0, ["x"])
        cluster.settle()
        #expect(cluster.instance(0).commitIndex == i(22))
        cluster.start(2)
        cluster.advance(.seconds(1))
        #expect(cluster.peers[2].applied == i(22))
    }
}
