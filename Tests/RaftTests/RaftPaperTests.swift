import Raft
import Testing
import Toolbox
import Vocabulary

/// Sentences of "In Search of an Understandable Consensus Algorithm" (extended version), one each.
@Suite struct RaftPaperTests {
    @Test("§5.1 If one server's current term is smaller than the other's, it updates its term")
    func updatesTerm() {
        for message in [append(4, after: (0, 0)), heartbeat(4), voteRequest(4), matched(4, 0)] {
            var bench = Bench(term: 2)
            bench.now = ms(1_450)
            bench.receive(message, from: 2)
            #expect(bench.instance.term == t(4))
        }
    }

    @Test("§5.1 If a server receives a request with a stale term number, it rejects the request")
    func rejectsStale() {
        var bench = Bench(term: 4)
        bench.receive(append(3, after: (0, 0), [3]), from: 2)
        bench.receive(voteRequest(3), from: 3)
        #expect(bench.instance.lastIndex == .zero)
        #expect(bench.sent(to: 2) == [rejected(4, 0, hint: (0, 0), round: 1)])
        #expect(bench.sent(to: 3) == [vote(4, granted: false)])
    }

    @Test("§5.2 When servers start up, they begin as followers")
    func beginAsFollowers() {
        for count in [1, 3, 5] { #expect(Bench(voters: count).instance.role == .follower) }
    }

    @Test("§5.2 A server remains a follower as long as it receives valid messages from a leader")
    func remainsFollower() {
        var bench = Bench(term: 1)
        for _ in 0..<100 {
            bench.receive(heartbeat(1), from: 2)
            bench.wait(100)
        }
        #expect(bench.instance.role == .follower)
        #expect(bench.instance.leader == n(2))
    }

    @Test("§5.2 A follower increments its current term and votes for itself")
    func votesForItself() {
        var bench = RoleName.candidate.bench()
        #expect(bench.instance.hardState == HardState(term: t(1), vote: n(1)))
        bench.expire()
        #expect(bench.instance.hardState == HardState(term: t(1), vote: n(1)))
    }

    @Test("§5.2 It issues RequestVote in parallel to each of the other servers")
    func requestsInParallel() {
        var bench = Bench(voters: 5)
        bench.expire()
        bench.receive(preVote(1), from: 2)
        bench.receive(preVote(1), from: 3)
        let asked = bench.sent.filter { $0.message == voteRequest(1) }.map(\.to)
        #expect(asked == [n(2), n(3), n(4), n(5)])
    }

    @Test("§5.2 Once a candidate wins an election, it sends messages to all of the others")
    func announces() {
        var bench = Bench(voters: 5)
        bench.expire()
        bench.receive(preVote(1), from: 2)
        bench.receive(preVote(1), from: 3)
        bench.receive(vote(1), from: 2)
        bench.clear()
        bench.receive(vote(1), from: 3)
        #expect(Set(bench.sent.map(\.to)) == [n(2), n(3), n(4), n(5)])
    }

    @Test("§5.2 If the leader's term is smaller, the candidate rejects and stays a candidate")
    func staysCandidate() {
        var bench = Bench(term: 3)
        bench.expire()
        bench.receive(preVote(4), from: 2)
        bench.receive(append(3, after: (0, 0), [3]), from: 3)
        #expect(bench.instance.role == .candidate)
        #expect(bench.instance.lastIndex == .zero)
    }

    @Test("§5.3 The leader retries indefinitely, even after it has responded to the client")
    func retriesForEver() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.applied.last?.payload == "a")
        for round: UInt64 in 1...20 {
            bench.clear()
            bench.expire()
            bench.receive(heard(1, round: round), from: 2)
            bench.receive(heard(1, round: round), from: 3)
            #expect(bench.appends(to: 3).count == 1)
        }
    }

    @Test("§5.3 Committing also commits all preceding entries, those of previous leaders included")
    func commitsPreceding() {
        var bench = Bench.leader(term: 3, log: log(1, 2, 2))
        bench.receive(matched(3, 4), from: 3)
        #expect(bench.applied.map(\.term.rawValue) == [1, 2, 2, 3])
    }

    @Test("§5.3 The leader includes the highest index it knows to be committed")
    func includesCommit() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.clear()
        bench.propose("a")
        #expect(bench.appends(to: 2).map(\.commit) == [i(1)])
    }

    @Test("§5.3 A leader never overwrites or deletes entries in its own log")
    func appendOnly() {
        var bench = Bench.leader(term: 3, log: log(1, 2, 2))
        let before = bench.instance.entries(from: i(1), through: i(4))
        bench.receive(rejected(3, 3, hint: (1, 1)), from: 2)
        bench.receive(append(3, after: (0, 0), [3]), from: 2)
        bench.receive(append(2, after: (0, 0), [2]), from: 2)
        bench.propose("a")
        #expect(bench.instance.entries(from: i(1), through: i(4)) == before)
    }

    @Test("§5.3 When a leader first comes to power, nextIndex is the index just after its last")
    func nextIndexAtFirst() {
        var bench = Bench(term: 2, log: log(1, 2, 2))
        bench.becomeLeader()
        #expect(bench.appends(to: 2).map(\.previousIndex) == [i(3)])
    }

    @Test("§5.3 After a rejection the leader decrements nextIndex and retries")
    func decrements() {
        var bench = Bench.leader(term: 3, log: log(1, 2, 2))
        bench.clear()
        bench.receive(rejected(3, 3, hint: (2, 1)), from: 2)
        #expect(bench.appends(to: 2).map(\.previousIndex) == [i(1)])
        bench.clear()
        bench.receive(rejected(3, 1, hint: (0, 0)), from: 2)
        #expect(bench.appends(to: 2).map(\.previousIndex) == [i(0)])
        #expect(bench.appends(to: 2).first?.entries.map(\.index.rawValue) == [1, 2, 3, 4])
    }

    @Test("§5.4.1 A voter denies its vote if its own log is more up-to-date")
    func deniesVote() {
        var bench = Bench(term: 2, log: log(1, 2))
        bench.now = ms(1_450)
        bench.receive(voteRequest(3, last: (5, 1)), from: 2)
        #expect(bench.sent(to: 2) == [vote(3, granted: false)])
        #expect(bench.instance.hardState == HardState(term: t(3), vote: nil))
    }

    @Test("§5.5 Messages are idempotent: the same twice causes no harm")
    func idempotent() {
        for message in [append(3, after: (1, 1), [3, 3], commit: 2), heartbeat(3, commit: 1)] {
            var once = Bench(term: 3, log: log(1, 2))
            once.receive(message, from: 2)
            var twice = once
            twice.receive(message, from: 2)
            #expect(twice.terms == once.terms)
            #expect(twice.instance.commitIndex == once.instance.commitIndex)
            #expect(twice.instance.hardState == once.instance.hardState)
            #expect(twice.applied == once.applied)
        }
    }

    @Test("§5.6 Lost volatile state: commitIndex starts again at the snapshot, or at 0")
    func volatileState() {
        #expect(Bench(term: 1, log: log(1, 1)).instance.commitIndex == .zero)
        let position = SnapshotPosition(index: i(2), term: t(1))
        let bench = Bench(term: 1, log: log([1], after: 2), snapshot: position)
        #expect(bench.instance.commitIndex == i(2))
    }

    @Test("§7 The suffix behind a snapshot that agrees with the log is retained")
    func suffixIsRetained() {
        var bench = Bench(term: 1, log: log(1, 1, 1))
        bench.step {
            _ = $0.install(
                SnapshotPosition(index: i(2), term: t(1)), at: $1, into: &$2)
        }
        #expect(bench.instance.lastIndex == i(3))
    }

    @Test("§8 A leader commits a no-op of its term before it answers reads")
    func noopBeforeReads() {
        var bench = Bench.leader()
        bench.read(1)
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.ready == [])
    }
}
