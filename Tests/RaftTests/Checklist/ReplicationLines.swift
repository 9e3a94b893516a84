import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.4 and 6.5 that no other suite asserts by itself.
@Suite struct ReplicationLines {
    @Test("appends that come in the wrong order are refused, and taken when their turn has come")
    func reordered() {
        var bench = Bench(term: 1)
        bench.receive(append(1, after: (2, 1), [1]), from: 2)
        bench.receive(append(1, after: (1, 1), [1]), from: 2)
        #expect(bench.terms == [])
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        bench.receive(append(1, after: (1, 1), [1]), from: 2)
        bench.receive(append(1, after: (2, 1), [1]), from: 2)
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        #expect(bench.terms == [1, 1, 1])
        #expect(
            bench.sent(to: 2) == [
                rejected(1, 2, hint: (0, 0), round: 1), rejected(1, 1, hint: (0, 0), round: 1),
                matched(1, 1, round: 1), matched(1, 2, round: 1), matched(1, 3, round: 1),
                matched(1, 1, round: 1),
            ])
    }

    @Test("a pipeline that arrives backwards and twice is taken once, in order")
    func backwards() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        for number in 0..<8 { cluster.propose(0, [Bytes("\(number)")]) }
        while let last = cluster.wire.indices.last {
            cluster.deliver(at: last, keeping: true)
            let place = cluster.wire.indices.contains(last) ? last : 0
            cluster.deliver(at: place)
            for place in 0..<3 { cluster.sync(place) }
        }
        cluster.advance(.milliseconds(300))
        for peer in cluster.peers { #expect(peer.applied == i(9)) }
        #expect(cluster.ledger.violations == [])
    }

    @Test("an empty append behind another entry than the leader's is a conflict, and no more")
    func emptyAppendConflicts() {
        var bench = Bench(term: 2, log: log(1, 1, 2))
        bench.receive(append(3, after: (3, 3), commit: 3), from: 2)
        #expect(bench.sent(to: 2) == [rejected(3, 3, hint: (3, 2), round: 1)])
        #expect(bench.terms == [1, 1, 2])
        #expect(bench.instance.commitIndex == .zero)
        bench.receive(append(3, after: (2, 1), [3]), from: 2)
        #expect(bench.terms == [1, 1, 3])
    }

    @Test("a caught-up follower that was out of reach gets the next entry after one heartbeat")
    func caughtUpProbe() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.step { $0.peerBecameUnreachable(n(2), at: $1, into: &$2) }
        #expect(bench.instance.followers[0].mode == .probe)
        #expect(bench.instance.followers[0].match == bench.instance.lastIndex)
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        bench.clear()
        bench.propose("a")
        bench.propose("b")
        #expect(bench.instance.followers[0].mode == .replicate)
        #expect(bench.appends(to: 2).map { $0.entries.map(\.payload) } == [["a"], ["b"]])
    }

    @Test("a probe that nobody answers is sent again when its time has come")
    func probeIsRepeated() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.step(0) { $0.peerBecameUnreachable(n(3), at: $1, into: &$2) }
        cluster.propose(0, ["a"])
        cluster.settle()
        #expect(cluster.peers[2].applied == i(1))
        cluster.advance(.milliseconds(100))
        #expect(cluster.peers[2].applied == i(2))
    }

    @Test("without bounds everything that waits goes as one append")
    func unlimitedAppends() {
        var settings = RaftSettings()
        settings.appendBytesMaximum = .max
        settings.appendEntriesMaximum = .max
        settings.windowBytesMaximum = .max
        settings.windowEntriesMaximum = .max
        settings.applyBytesMaximum = .max
        settings.applyEntriesMaximum = .max
        var bench = Bench.leader(settings: settings)
        bench.receive(matched(1, 1), from: 2)
        bench.clear()
        bench.propose(Array(repeating: Bytes(Array(repeating: 1, count: 1_000)), count: 2_000))
        #expect(bench.appends(to: 2).map { $0.entries.count } == [2_000])
        bench.receive(matched(1, 2_001), from: 2)
        #expect(bench.applied.count == 2_000)
    }

    @Test("what commits while the own disk stalls is applied in bounded batches too")
    func applyInBatchesWithSlowDisk() {
        var settings = RaftSettings()
        settings.applyEntriesMaximum = 4
        var bench = Bench.leader(settings: settings)
        bench.receive(matched(1, 1), from: 2)
        bench.hasFastDisk = false
        bench.propose(Array(repeating: "x", count: 10))
        bench.clear()
        bench.receive(matched(1, 11), from: 2)
        #expect(bench.applied == [])
        bench.receive(matched(1, 11), from: 3)
        let batches = bench.directives.compactMap { directive -> Int? in
            if case .apply(let entries) = directive { entries.count } else { nil }
        }
        #expect(batches == [4, 4, 2])
        #expect(bench.instance.durableIndex == i(1))
    }

    @Test("what a new leader's followers acknowledge of older terms commits nothing by itself")
    func catchingUpIsNoQuorum() {
        var bench = Bench.leader(voters: 5, term: 3, log: log(1, 1, 1))
        for node: UInt16 in 2...5 { bench.receive(matched(3, 3), from: node) }
        #expect(bench.instance.commitIndex == .zero)
        bench.receive(matched(3, 4), from: 2)
        #expect(bench.instance.commitIndex == .zero)
        bench.receive(matched(3, 4), from: 3)
        #expect(bench.instance.commitIndex == i(4))
    }

    @Test("a proposal of a term that is over is told by its term, not taken for the next one's")
    func termFencedProposal() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(0)
        guard case .accepted(let index, let term) = cluster.propose(0, ["lost"]) else {
            Issue.record("refused")
            return
        }
        cluster.now = cluster.now + .milliseconds(900)
        cluster.elect(1)
        cluster.propose(1, ["kept"])
        cluster.heal()
        cluster.advance(.seconds(1))
        #expect(cluster.leaders == [1])
        let applied = cluster.ledger.applied.first { $0.index == index }
        #expect(applied != nil)
        #expect(applied?.term != term)
        #expect(!cluster.ledger.applied.contains { $0.payload == "lost" })
        #expect(cluster.ledger.violations == [])
    }

    @Test("entries that waited for an answer go together, and arrive right behind late ones")
    func batchesMerge() {
        var bench = Bench.leader()
        for payload: Bytes in ["a", "b", "c"] { bench.propose(payload) }
        bench.clear()
        bench.receive(matched(1, 1), from: 2)
        #expect(bench.appends(to: 2).map { $0.entries.map(\.payload) } == [["a", "b", "c"]])
        var follower = Bench(term: 1)
        follower.receive(append(1, after: (0, 0), [1, 1, 1, 1]), from: 2)
        follower.receive(append(1, after: (1, 1), [1]), from: 2)
        follower.receive(append(1, after: (3, 1), [1, 1]), from: 2)
        #expect(follower.terms == [1, 1, 1, 1, 1])
    }
}
