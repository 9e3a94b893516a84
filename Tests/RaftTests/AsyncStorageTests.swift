import Raft
import Testing
import Toolbox
import Vocabulary

/// Consensus pitfalls 1 to 9 and checklist 6.5: nothing is said before it is true on the disk.
@Suite struct AsyncStorageTests {
    private func slow(term: UInt64 = 1, log: [LogEntry] = []) -> Bench {
        var bench = Bench(term: term, log: log)
        bench.now = ms(1_450)
        bench.hasFastDisk = false
        return bench
    }

    @Test("a vote leaves only when term and vote are durable")
    func voteWaits() {
        var bench = slow()
        bench.receive(voteRequest(2), from: 2)
        #expect(bench.sent == [])
        #expect(bench.writes.map(\.hardState) == [HardState(term: t(2), vote: n(2))])
        bench.persistAll()
        #expect(bench.sent(to: 2) == [vote(2)])
    }

    @Test("a refusal that rests on an unsynced term waits for it")
    func refusalWaits() {
        var bench = slow()
        bench.receive(voteRequest(5), from: 2)
        bench.receive(voteRequest(5), from: 3)
        #expect(bench.sent == [])
        bench.persistAll()
        #expect(bench.sent(to: 3) == [vote(5, granted: false)])
    }

    @Test("an acknowledgement leaves only when its entries and their term are durable")
    func acknowledgementWaits() {
        var bench = slow()
        bench.receive(append(2, after: (0, 0), [2, 2]), from: 2)
        #expect(bench.sent == [])
        // Term and entries are one write: never the entries without the term.
        #expect(bench.writes.count == 1)
        #expect(bench.writes.first?.hardState == HardState(term: t(2), vote: nil))
        #expect(bench.writes.first?.entries.count == 2)
        bench.persistAll()
        #expect(bench.sent(to: 2) == [matched(2, 2, round: 1)])
    }

    @Test("an append again is acknowledged only when the first one is durable")
    func repeatedAppendWaits() {
        var bench = slow()
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        #expect(bench.sent == [])
        bench.persist(1)
        #expect(bench.sent(to: 2) == [matched(1, 1, round: 1)])
    }

    @Test("a rejection that rests on an unsynced log waits for it")
    func rejectionWaits() {
        var bench = slow()
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        bench.receive(append(1, after: (5, 1)), from: 2)
        #expect(bench.sent == [])
        bench.persist(1)
        #expect(bench.sent(to: 2).last == rejected(1, 5, hint: (1, 1), round: 1))
    }

    @Test("several writes are on their way at a time; each frees what waited for it, in order")
    func pipelinedWrites() {
        var bench = slow()
        for index: UInt64 in 0..<4 {
            bench.receive(append(1, after: (index, index == 0 ? 0 : 1), [1]), from: 2)
        }
        #expect(bench.writes.map(\.token.rawValue) == [1, 2, 3, 4])
        bench.persist(1)
        #expect(bench.sent(to: 2) == [matched(1, 1, round: 1)])
        #expect(bench.instance.durableIndex == i(1))
        // One report covers all before it, and one acknowledgement says it all.
        bench.clear()
        bench.persist(4)
        #expect(bench.sent(to: 2) == [matched(1, 4, round: 1)])
        bench.persist(3)
        #expect(bench.instance.durableIndex == i(4))
    }

    @Test("a write that was superseded makes durable only what it still has in the log")
    func supersededWrite() {
        var bench = slow()
        bench.receive(append(1, after: (0, 0), [1, 1, 1, 1, 1]), from: 2)
        bench.receive(append(2, after: (2, 1), [2]), from: 3)
        bench.clear()
        bench.persist(1)
        #expect(bench.instance.durableIndex == i(2))
        // The acknowledgement for a leader of the past is not worth sending.
        #expect(bench.sent == [])
        bench.persist(2)
        #expect(bench.instance.durableIndex == i(3))
        #expect(bench.sent(to: 3) == [matched(2, 3, round: 1)])
    }

    @Test("entries that were replaced twice are durable only by the last write (ABA)")
    func abaRace() {
        var bench = slow()
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        bench.receive(append(2, after: (0, 0), [2]), from: 3)
        bench.receive(append(3, after: (0, 0), [2, 3]), from: 2)
        #expect(bench.terms == [2, 3])
        bench.receive(append(4, after: (0, 0), [4]), from: 3)
        bench.clear()
        bench.persist(1)
        bench.persist(2)
        #expect(bench.instance.durableIndex == .zero)
        #expect(bench.sent == [])
        bench.persist(4)
        #expect(bench.sent(to: 3) == [matched(4, 1, round: 1)])
    }

    @Test("a leader does not count itself before its own disk has the entries")
    func leaderCountsItselfLate() {
        var bench = Bench.leader()
        bench.hasFastDisk = false
        bench.receive(matched(1, 1), from: 2)
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.instance.commitIndex == i(1))
        bench.persistAll()
        #expect(bench.instance.commitIndex == i(2))
    }

    @Test("what became durable after the term ended counts for nothing in the next")
    func ownWriteAfterTermChange() {
        var bench = Bench.leader()
        bench.hasFastDisk = false
        bench.propose("a")
        bench.receive(append(2, after: (0, 0), [2]), from: 2)
        bench.persistAll()
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.commitIndex == .zero)
        #expect(bench.instance.durableIndex == i(1))
    }

    @Test("a pre-vote and an answered heartbeat wait for no disk")
    func nothingToWaitFor() {
        var bench = slow()
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        bench.receive(heartbeat(1, round: 9), from: 2)
        #expect(bench.sent(to: 2) == [heard(1, round: 9)])
        bench.now = bench.now + .milliseconds(500)
        bench.receive(preVoteRequest(2, last: (1, 1)), from: 3)
        #expect(bench.sent(to: 3) == [preVote(2)])
    }

    @Test("a vote that is on its way to the disk keeps the voter from standing itself")
    func pendingVoteHoldsBack() {
        var bench = slow()
        bench.receive(voteRequest(2), from: 2)
        bench.expire()
        #expect(bench.instance.role == .follower)
        bench.persistAll()
        bench.expire()
        #expect(bench.instance.role == .preCandidate)
    }

    @Test("a candidate whose disk is slower than its time-out still asks for votes in the end")
    func slowCandidate() {
        var bench = slow()
        bench.expire()
        bench.receive(preVote(2), from: 2)
        for _ in 0..<3 { bench.expire() }
        #expect(bench.instance.role == .candidate)
        #expect(bench.instance.term == t(2))
        bench.clear()
        bench.persistAll()
        #expect(bench.sent(to: 2) == [voteRequest(2)])
    }

    @Test("a disk that stalls keeps a bounded number of answers waiting")
    func stalledDisk() {
        var bench = slow()
        bench.receive(append(1, after: (0, 0), [1]), from: 2)
        for round: UInt64 in 1...200 {
            bench.receive(append(1, after: (1, 1), round: round), from: 2)
        }
        bench.persistAll()
        #expect(bench.sent(to: 2) == [matched(1, 1, round: 200)])
    }

    @Test(
        "a crash between any two effects of an election and a write loses nothing",
        arguments: 0..<40)
    func crashAtEveryBoundary(boundary: Int) {
        for victim in 0..<3 {
            var cluster = RaftCluster(3, seed: UInt64(boundary + 1))
            cluster.fire(0)
            var steps = 0
            var proposed = false
            while steps < boundary, !(cluster.wire.isEmpty && operations(of: cluster) == nil) {
                if let place = operations(of: cluster), steps % 2 == 0 || cluster.wire.isEmpty {
                    cluster.sync(place)
                } else {
                    cluster.deliver(at: 0)
                }
                if let leader = cluster.leader, !proposed {
                    cluster.propose(leader, ["a"])
                    proposed = true
                }
                steps += 1
            }
            let unsynced = cluster.peers[victim].operations.count
            cluster.crash(victim, surviving: unsynced / 2)
            cluster.start(victim)
            cluster.advance(.seconds(3))
            #expect(cluster.leaders.count == 1, "n\(victim + 1) after \(boundary)")
            #expect(cluster.ledger.violations == [], "n\(victim + 1) after \(boundary)")
        }
    }

    private func operations(of cluster: RaftCluster) -> Int? {
        cluster.peers.indices.first { !cluster.peers[$0].operations.isEmpty }
    }
}
