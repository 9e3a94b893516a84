import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// The rules of Raft over all replicas of one group, looked at after every step and only as far as
/// the step changed something.
///
/// It learns a log from what the replica asks to be written, entry by entry, as a rolled-up hash: so
/// two logs are compared at one index and by one number.
struct RaftLaws: Sendable {
    /// One entry as the checker remembers it.
    struct Mark: Sendable {
        let term: Term
        /// Of this entry and all before it.
        let prefix: UInt64
    }

    /// What one replica looked like after its last step.
    struct Trail: Sendable {
        /// The index before the first mark.
        var base = LogIndex.zero
        var basePrefix: UInt64 = 0
        var marks: [Mark] = []
        var role = RaftRole.follower
        var term = Term.zero
        var commit = LogIndex.zero
        /// The greatest term that others were told of as durable.
        var promisedTerm = Term.zero

        var last: LogIndex { base.advanced(by: marks.count) }

        func mark(at index: LogIndex) -> Mark? {
            guard index > base, index <= last else { return nil }
            return marks[base.distance(to: index) - 1]
        }
    }

    struct Committed: Sendable {
        let mark: Mark
        /// The term of the replica that first called it committed; no earlier leader need have it.
        let seenIn: Term
    }

    private struct Position: Hashable {
        let index: LogIndex
        let term: Term
    }

    var trails: [Trail]
    /// By index, from 1 on: what was first committed there.
    private(set) var committed: [Committed] = []
    /// By index, from 1 on: the first entry that anybody had there.
    private var firstMarks: [Mark] = []
    /// The others; rare. For look-up only.
    private var otherMarks: [Position: UInt64] = [:]
    /// By index: the digest of the machine that applied it first.
    private var digests: [UInt64] = []
    /// By term: who led it, counted from 1; 0 for nobody.
    private var leaders: [Int32] = []
    /// By host and term: whom the host voted for, counted from 1.
    private var votes: [[Int32]]
    private(set) var electionsCount = 0

    init(hosts: Int) {
        trails = Array(repeating: Trail(), count: hosts)
        votes = Array(repeating: [], count: hosts)
    }

    var lastCommitted: LogIndex { LogIndex(UInt64(committed.count)) }

    // MARK: Logs

    static func hash(of entry: LogEntry) -> UInt64 {
        XXH64.hash(
            entry.payload,
            seed: entry.index.rawValue &* 0x9E37_79B9_7F4A_7C15
                ^ entry.term.rawValue << 8 ^ UInt64(entry.kind.rawValue))
    }

    private static func roll(_ prefix: UInt64, _ hash: UInt64) -> UInt64 {
        var mixed = (prefix ^ hash) &* 0x9FB2_1C65_1E98_DF25
        mixed ^= mixed >> 32
        return mixed &* 0xD6E8_FEB8_6659_FD93 &+ prefix
    }

    /// A replica asks for entries to be written: its log is what it was, and these behind it.
    mutating func note(
        _ entries: [LogEntry], of host: Int, leads term: Term?, into violations: inout [Violation]
    ) {
        guard let first = entries.first else { return }
        if first.index <= trails[host].last {
            if let term, trails[host].role == .leader, trails[host].term == term {
                violations.append(
                    Violation(
                        "LeaderAppendOnly",
                        "n\(host + 1) leads in \(term) and replaces its log from \(first.index)"))
            }
            if first.index <= trails[host].commit {
                violations.append(
                    Violation(
                        "CommittedIsNeverLost",
                        "n\(host + 1) replaces \(first.index), committed to \(trails[host].commit)"
                    ))
            }
        }
        guard first.index > trails[host].base, first.index <= trails[host].last.next else {
            violations.append(
                Violation(
                    "LogIsContiguous",
                    "n\(host + 1) writes \(first.index) behind \(trails[host].base)..."
                        + "\(trails[host].last)"))
            return
        }
        let kept = trails[host].base.distance(to: first.index) - 1
        trails[host].marks.removeLast(trails[host].marks.count - kept)
        for entry in entries { append(entry, host, into: &violations) }
    }

    private mutating func append(
        _ entry: LogEntry, _ host: Int, into violations: inout [Violation]
    ) {
        let before = trails[host].marks.last?.prefix ?? trails[host].basePrefix
        let mark = Mark(term: entry.term, prefix: Self.roll(before, Self.hash(of: entry)))
        trails[host].marks.append(mark)
        guard let known = prefix(at: entry.index, term: entry.term) else {
            remember(mark, at: entry.index)
            return
        }
        guard known != mark.prefix else { return }
        violations.append(
            Violation(
                "LogsMatch",
                "the log of n\(host + 1) is another one up to \(entry.index)@\(entry.term)"))
    }

    private mutating func remember(_ mark: Mark, at index: LogIndex) {
        if index.rawValue == UInt64(firstMarks.count) + 1 {
            firstMarks.append(mark)
        } else {
            otherMarks[Position(index: index, term: mark.term)] = mark.prefix
        }
    }

    /// The hash of the log up to an index, as anybody had it.
    private func prefix(at index: LogIndex, term: Term) -> UInt64? {
        guard index > .zero, index.rawValue <= UInt64(firstMarks.count) else { return nil }
        let mark = firstMarks[Int(index.rawValue) - 1]
        if mark.term == term { return mark.prefix }
        return otherMarks[Position(index: index, term: term)]
    }

    /// A snapshot took the place of the log up to `position`; what lies behind it stays if `last` is
    /// behind it.
    mutating func noteInstall(_ position: SnapshotPosition, of host: Int, last: LogIndex) {
        if last > position.index, last == trails[host].last, position.index > trails[host].base {
            trails[host].marks.removeFirst(trails[host].base.distance(to: position.index))
        } else {
            trails[host].marks = []
        }
        trails[host].base = position.index
        trails[host].basePrefix = prefix(at: position.index, term: position.term) ?? 0
    }

    /// A new process begins with what the disk holds.
    mutating func noteStart(
        of host: Int, _ platter: ReplicaDisk.Platter, into violations: inout [Violation]
    ) {
        if platter.hardState.term < trails[host].promisedTerm {
            violations.append(
                Violation(
                    "TermIsDurable",
                    "n\(host + 1) spoke of \(trails[host].promisedTerm) and starts in"
                        + " \(platter.hardState.term)"))
        }
        let promised = trails[host].promisedTerm
        trails[host] = Trail()
        trails[host].promisedTerm = promised
        trails[host].term = platter.hardState.term
        if let position = platter.snapshot?.position {
            trails[host].base = position.index
            trails[host].basePrefix = prefix(at: position.index, term: position.term) ?? 0
            trails[host].commit = position.index
        }
        for entry in platter.entries { append(entry, host, into: &violations) }
    }

    // MARK: Machines

    /// A replica applied the entry at `index` (the same state everywhere: Raft Fig. 3).
    mutating func note(
        digest: UInt64, at index: LogIndex, of host: Int, into violations: inout [Violation]
    ) {
        let offset = Int(index.rawValue) - 1
        if offset == digests.count {
            digests.append(digest)
        } else if offset > digests.count || digests[offset] != digest {
            violations.append(
                Violation(
                    "StateMachineSafety", "n\(host + 1) is in another state at \(index)"))
        }
    }

    /// What a reader may be told at `index`.
    func isKnown(digest: UInt64, at index: LogIndex) -> Bool {
        if index == .zero { return true }
        let offset = Int(index.rawValue) - 1
        return offset < digests.count && digests[offset] == digest
    }

    // MARK: Elections

    mutating func noteLeader(_ host: Int, in term: Term, into violations: inout [Violation]) {
        electionsCount += 1
        let other = Self.note(Int32(host + 1), at: term, in: &leaders)
        guard let other, other != Int32(host + 1) else { return }
        violations.append(
            Violation("ElectionSafety", "n\(other) and n\(host + 1) both led in \(term)"))
    }

    mutating func noteVote(
        of voter: Int, for candidate: Int, in term: Term, into violations: inout [Violation]
    ) {
        let other = Self.note(Int32(candidate + 1), at: term, in: &votes[voter])
        guard let other, other != Int32(candidate + 1) else { return }
        violations.append(
            Violation(
                "VotesOnce",
                "n\(voter + 1) voted for n\(other) and for n\(candidate + 1) in \(term)"))
    }

    /// - Returns: who stood there before.
    private static func note(_ value: Int32, at term: Term, in list: inout [Int32]) -> Int32? {
        let place = Int(min(term.rawValue, 1_000_000))
        while list.count <= place { list.append(0) }
        let before = list[place]
        list[place] = value
        return before == 0 ? nil : before
    }

    // MARK: Committing

    /// - Returns: whether nobody called it committed before.
    mutating func noteCommitted(
        _ mark: Mark, at index: LogIndex, of host: Int, into violations: inout [Violation]
    ) -> Bool {
        let offset = Int(index.rawValue) - 1
        if offset == committed.count {
            committed.append(Committed(mark: mark, seenIn: trails[host].term))
            return true
        }
        if offset > committed.count || committed[offset].mark.prefix != mark.prefix {
            violations.append(
                Violation(
                    "CommittedIsNeverLost",
                    "n\(host + 1) commits another entry at \(index)@\(mark.term)"))
        }
        return false
    }

    /// Who leads has everything that earlier leaders committed (Raft Fig. 3).
    func checkCompleteness(of host: Int, into violations: inout [Violation]) {
        var offset = committed.count - 1
        while offset >= 0, committed[offset].seenIn >= trails[host].term { offset -= 1 }
        guard offset >= 0 else { return }
        let index = LogIndex(UInt64(offset + 1))
        if index <= trails[host].base { return }
        guard let mark = trails[host].mark(at: index),
            mark.prefix == committed[offset].mark.prefix
        else {
            violations.append(
                Violation(
                    "LeaderCompleteness",
                    "n\(host + 1) leads in \(trails[host].term) without the committed \(index)"))
            return
        }
    }
}
