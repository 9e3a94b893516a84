import Raft
import Testing
import Toolbox
import Vocabulary

/// Consensus checklist 6.4, the follower's side.
@Suite struct FollowerLogTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var own: [UInt64] = [1, 1, 2]
        var message: RaftMessage
        var answer: RaftMessage
        var terms: [UInt64]
        var commit: UInt64 = 0
    }

    @Test(
        "an append",
        arguments: [
            Case(
                testDescription: "behind the end adds its entries",
                message: append(3, after: (3, 2), [3, 3]), answer: matched(3, 5, round: 1),
                terms: [1, 1, 2, 3, 3]),
            Case(
                testDescription: "that is empty confirms what is before it, and no more",
                message: append(3, after: (2, 1)), answer: matched(3, 2, round: 1),
                terms: [1, 1, 2]),
            Case(
                testDescription: "after a gap is rejected with the end of the log",
                message: append(3, after: (6, 3), [3]),
                answer: rejected(3, 6, hint: (3, 2), round: 1), terms: [1, 1, 2]),
            Case(
                testDescription: "that is empty and after a gap is rejected",
                message: append(3, after: (4, 3)),
                answer: rejected(3, 4, hint: (3, 2), round: 1), terms: [1, 1, 2]),
            Case(
                testDescription: "after another term is rejected with the end of a possible one",
                own: [1, 1, 4, 4, 4], message: append(5, after: (5, 2), [5]),
                answer: rejected(5, 5, hint: (2, 1), round: 1), terms: [1, 1, 4, 4, 4]),
            Case(
                testDescription: "with a conflict replaces from there on",
                own: [1, 1, 2, 2, 2], message: append(3, after: (2, 1), [3]),
                answer: matched(3, 3, round: 1), terms: [1, 1, 3]),
            Case(
                testDescription: "whose entries are all there does not shorten a longer log",
                own: [1, 1, 2, 2, 2], message: append(3, after: (1, 1), [1, 2]),
                answer: matched(3, 3, round: 1), terms: [1, 1, 2, 2, 2]),
            Case(
                testDescription: "that overlaps adds only what is new",
                message: append(3, after: (1, 1), [1, 2, 3]), answer: matched(3, 4, round: 1),
                terms: [1, 1, 2, 3]),
            Case(
                testDescription: "to the start of an empty log is taken",
                own: [], message: append(3, after: (0, 0), [1, 2]),
                answer: matched(3, 2, round: 1), terms: [1, 2]),
            Case(
                testDescription: "commits no more than it has verified",
                own: [1, 1, 2, 2, 2], message: append(3, after: (1, 1), [1], commit: 5),
                answer: matched(3, 2, round: 1), terms: [1, 1, 2, 2, 2], commit: 2),
            Case(
                testDescription: "commits no more than the leader has",
                message: append(3, after: (3, 2), [3], commit: 2),
                answer: matched(3, 4, round: 1), terms: [1, 1, 2, 3], commit: 2),
            Case(
                testDescription: "of an old term is rejected with the current one",
                message: append(1, after: (3, 2), [2]),
                answer: rejected(2, 3, hint: (3, 2), round: 1), terms: [1, 1, 2]),
        ])
    func takesAppend(example: Case) {
        var bench = Bench(term: example.own.last ?? 0, log: log(example.own))
        bench.receive(example.message, from: 2)
        #expect(bench.sent(to: 2) == [example.answer])
        #expect(bench.terms == example.terms)
        #expect(bench.instance.commitIndex == i(example.commit))
        #expect(bench.applied.count == Int(example.commit))
    }

    @Test("an append again and an older one of the same leader change nothing")
    func staleAppends() {
        var bench = Bench(term: 1)
        bench.receive(append(1, after: (0, 0), [1, 1, 1], commit: 3), from: 2)
        bench.clear()
        bench.receive(append(1, after: (0, 0), [1, 1, 1], commit: 3), from: 2)
        bench.receive(append(1, after: (0, 0), [1], commit: 1), from: 2)
        #expect(bench.terms == [1, 1, 1])
        #expect(bench.instance.commitIndex == i(3))
        #expect(bench.applied == [])
        #expect(bench.writes == [])
        // What is committed matches for sure.
        #expect(bench.sent(to: 2) == [matched(1, 3, round: 1), matched(1, 3, round: 1)])
    }

    @Test("an append that begins below the commit index adds what lies above it")
    func overlapsCommitted() {
        var bench = Bench(term: 1)
        bench.receive(append(1, after: (0, 0), [1, 1, 1], commit: 2), from: 2)
        bench.clear()
        bench.receive(append(1, after: (0, 0), [1, 1, 1, 1, 1], commit: 4), from: 2)
        #expect(bench.terms == [1, 1, 1, 1, 1])
        #expect(bench.instance.commitIndex == i(4))
        #expect(bench.sent(to: 2) == [matched(1, 5, round: 1)])
    }

    @Test("a heartbeat commits what it names, never shortens the log, never goes back")
    func heartbeats() {
        var bench = Bench(term: 1, log: log(1, 1, 1))
        bench.receive(heartbeat(1, commit: 2), from: 2)
        #expect(bench.instance.commitIndex == i(2))
        bench.receive(heartbeat(1, commit: 1), from: 2)
        bench.receive(heartbeat(1, commit: 0), from: 2)
        #expect(bench.instance.commitIndex == i(2))
        bench.receive(heartbeat(1, commit: 9), from: 2)
        #expect(bench.instance.commitIndex == i(3))
        #expect(bench.terms == [1, 1, 1])
    }

    @Test("a heartbeat of a deposed leader is answered with the greater term and changes nothing")
    func oldHeartbeat() {
        var bench = Bench(term: 5, log: log(1, 1))
        bench.receive(heartbeat(4, commit: 2, round: 7), from: 2)
        #expect(bench.sent(to: 2) == [heard(5, round: 7)])
        #expect(bench.instance.commitIndex == .zero)
        #expect(bench.instance.leader == nil)
    }

    @Test("a heartbeat that asks for no answer gets none")
    func silentHeartbeat() {
        var bench = Bench(term: 1, log: log(1))
        bench.receive(heartbeat(1, commit: 1, round: 0), from: 2)
        #expect(bench.sent == [])
        #expect(bench.applied.map(\.index) == [i(1)])
    }

    @Test("a conflict with what is committed stops the process")
    func conflictBelowCommit() async {
        await #expect(processExitsWith: .failure) {
            var bench = Bench(term: 1)
            bench.receive(append(1, after: (0, 0), [1, 1], commit: 2), from: 2)
            bench.receive(append(2, after: (0, 0), [2, 2], commit: 2), from: 3)
        }
    }

    @Test("what a truncation removes is told")
    func truncationIsObserved() {
        var bench = Bench(term: 2, log: log(1, 2, 2))
        bench.receive(append(3, after: (1, 1), [3]), from: 2)
        #expect(bench.observations.contains(.truncated(from: i(2))))
        #expect(bench.writes.last?.entries.map(\.index) == [i(2)])
    }

    @Test("after a restart everything is applied again from the snapshot on, in bounded batches")
    func applyInBatches() {
        var settings = RaftSettings()
        settings.applyEntriesMaximum = 4
        settings.applyBytesMaximum = 12
        var bench = Bench(
            term: 1, log: log(Array(repeating: 1, count: 20)),
            snapshot: SnapshotPosition(index: i(5), term: t(1)), settings: settings)
        bench.receive(heartbeat(1, commit: 20), from: 2)
        let batches = bench.directives.compactMap { directive -> Int? in
            if case .apply(let entries) = directive { entries.count } else { nil }
        }
        #expect(bench.applied.map(\.index.rawValue) == Array(6...20))
        // Payloads are 3 bytes up to index 9 and 4 bytes from 10 on.
        #expect(batches == [4, 3, 3, 3, 2])
    }

    @Test("an entry larger than the bound of a batch is applied alone")
    func applyLarge() {
        var settings = RaftSettings()
        settings.applyBytesMaximum = 1
        var bench = Bench(term: 1, log: log(1, 1, 1), settings: settings)
        bench.receive(heartbeat(1, commit: 3), from: 2)
        #expect(bench.applied.count == 3)
    }
}
