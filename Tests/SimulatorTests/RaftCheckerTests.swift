import Raft
import Simulator
import Testing
import Toolbox
import Vocabulary
import VirtualWorld

/// A replica as a test wants it to look.
private struct Replica: ObservedReplica {
    var group = ReplicaGroupID(1)
    var role = RaftRole.follower
    var term = Term(1)
    var commitIndex = LogIndex.zero
    var appliedIndex = LogIndex.zero
    var firstIndex = LogIndex(1)
    var log: [LogEntry] = []

    /// One entry per term, in order.
    init(
        terms: [UInt64], commit: UInt64 = 0, role: RaftRole = .follower, term: UInt64? = nil,
        salt: String = ""
    ) {
        log = terms.enumerated().map { offset, term in
            LogEntry(
                index: LogIndex(UInt64(offset) + 1), term: Term(term), kind: .command,
                payload: Bytes("\(offset)\(salt)"))
        }
        self.role = role
        self.term = Term(term ?? terms.last ?? 1)
        commitIndex = LogIndex(commit)
        appliedIndex = commitIndex
    }

    var lastIndex: LogIndex { LogIndex(UInt64(log.count)) }
    var lastTerm: Term { log.last?.term ?? .zero }
    func term(at index: LogIndex) -> Term? {
        index == .zero ? .zero : log.first { $0.index == index }?.term
    }
    func entries(from first: LogIndex, through last: LogIndex) -> [LogEntry] {
        log.filter { $0.index >= first && $0.index <= last }
    }
}

@Suite("Raft's rules, as they are checked")
struct RaftCheckerTests {
    /// What is seen, one after the other, each on its node; and who complains in the end.
    private static func complaints(_ seen: [(node: Int, Replica)]) -> [String] {
        var checker = RaftChecker(nodes: 3)
        var violations: [Violation] = []
        for (node, replica) in seen {
            _ = checker.observe(replica, on: node, into: &violations)
        }
        return violations.map(\.checker)
    }

    @Test("what is right is left alone")
    func right() {
        let seen = [
            (0, Replica(terms: [1], commit: 0, role: .leader, term: 1)),
            (1, Replica(terms: [1])),
            (0, Replica(terms: [1, 1], commit: 1, role: .leader, term: 1)),
            (1, Replica(terms: [1, 1], commit: 1)),
            (1, Replica(terms: [1, 1, 2], commit: 1, role: .leader, term: 2)),
            (0, Replica(terms: [1, 1, 2], commit: 3, term: 2)),
        ]
        #expect(Self.complaints(seen).isEmpty)
    }

    @Test("two leaders of one term")
    func twoLeaders() {
        let seen = [
            (0, Replica(terms: [1], role: .leader)), (1, Replica(terms: [1], role: .leader)),
        ]
        #expect(Self.complaints(seen) == ["ElectionSafety"])
    }

    @Test("two logs with the same last entry and another one before it")
    func logsDiffer() {
        let seen = [(0, Replica(terms: [1, 1])), (1, Replica(terms: [1, 1], salt: "!"))]
        #expect(Set(Self.complaints(seen)) == ["LogsMatch"])
    }

    @Test("a committed entry that another replica commits as something else")
    func committedDiffers() {
        let seen = [
            (0, Replica(terms: [1, 1], commit: 2, role: .leader)),
            (1, Replica(terms: [1, 2], commit: 2)),
        ]
        #expect(Self.complaints(seen) == ["CommittedIsNeverLost"])
    }

    @Test("a leader without what was committed before its time")
    func incompleteLeader() {
        let seen = [
            (0, Replica(terms: [1, 1], commit: 2, role: .leader)),
            (1, Replica(terms: [1, 2], role: .leader, term: 2)),
        ]
        #expect(Self.complaints(seen) == ["LeaderCompleteness"])
    }

    @Test("a leader that commits an earlier term's entry by counting (Figure 8)")
    func oldTermCounted() {
        let seen = [
            (0, Replica(terms: [1, 1], role: .leader, term: 3)),
            (0, Replica(terms: [1, 1, 3], commit: 2, role: .leader, term: 3)),
        ]
        #expect(Self.complaints(seen) == ["OwnTermIsCounted"])
    }

    @Test("a leader that changes its own log")
    func leaderOverwrites() {
        let seen = [
            (0, Replica(terms: [2, 2], role: .leader, term: 3)),
            (0, Replica(terms: [2, 1], role: .leader, term: 3)),
        ]
        #expect(Self.complaints(seen) == ["LeaderAppendOnly"])
    }

    @Test("a commit index that falls, and one beyond the log")
    func disorder() {
        let falls = [
            (0, Replica(terms: [1, 1], commit: 2)), (0, Replica(terms: [1, 1], commit: 1)),
        ]
        #expect(Self.complaints(falls) == ["IndexesAreOrdered"])
        let beyond = [(0, Replica(terms: [1], commit: 5))]
        #expect(Self.complaints(beyond).contains("IndexesAreOrdered"))
    }

    @Test("what a new process has forgotten is no fall")
    func restart() {
        var checker = RaftChecker(nodes: 1)
        var violations: [Violation] = []
        _ = checker.observe(Replica(terms: [1, 1], commit: 2), on: 0, into: &violations)
        checker.processStarted(node: 0)
        _ = checker.observe(Replica(terms: [1, 1], commit: 0), on: 0, into: &violations)
        #expect(violations.isEmpty)
    }

    @Test("two states at one applied index")
    func statesDiffer() {
        var checker = RaftChecker(nodes: 2)
        var violations: [Violation] = []
        for (node, digest) in [(0, UInt64(7)), (1, 7), (1, 8)] {
            checker.note(
                digest: digest, of: ReplicaGroupID(1), at: LogIndex(3), on: node,
                into: &violations)
        }
        #expect(violations.map(\.checker) == ["StateMachineSafety"])
    }

    @Test("two votes of one voter in one term, the one for himself included")
    func votes() {
        let granted = RaftMessage.voteResponse(.init(term: Term(4), isGranted: true))
        let refused = RaftMessage.voteResponse(.init(term: Term(4), isGranted: false))
        let asked = RaftMessage.voteRequest(
            .init(term: Term(4), lastIndex: .zero, lastTerm: .zero))
        let rows: [([(RaftMessage, to: Int)], Int)] = [
            ([(granted, 1), (granted, 1), (refused, 2)], 0),
            ([(granted, 1), (granted, 2)], 1),
            ([(asked, 1), (asked, 2)], 0),
            ([(asked, 1), (granted, 1)], 1),
        ]
        for (messages, expected) in rows {
            var checker = VotesOnce()
            var violations: [Violation] = []
            for (message, receiver) in messages {
                checker.note(
                    message, group: ReplicaGroupID(1), from: 0, to: receiver, into: &violations)
            }
            #expect(violations.count == expected)
        }
    }
}
