import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// The rules of Raft over all replicas of one group, looked at after every step and only as far as
/// the step changed something.
///
/// It learns a log from what the replica asks to be written, entry by entry, as a rolled-up hash:
/// so two logs are compared at one index and by one number.
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
        /// What stands in the log, ascending; the first is as of its beginning.
        var configurations: [Placed] = [Placed(index: .zero, configuration: .empty)]

        var last: LogIndex { base.advanced(by: marks.count) }

        func mark(at index: LogIndex) -> Mark? {
            guard index > base, index <= last else { return nil }
            return marks[base.distance(to: index) - 1]
        }
    }

    struct Placed: Sendable {
        let index: LogIndex
        let configuration: RaftConfiguration
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
    /// By term: which copy led it, by its id; 0 for nobody.
    private var leaders: [Int32] = []
    /// By copy and term: which copy it voted for.
    private var votes: [[Int32]] = []
    /// The newest configuration that anybody called committed, and where it stands.
    private(set) var committedConfiguration = RaftConfiguration.empty
    private var committedConfigurationIndex = LogIndex.zero
    private(set) var electionsCount = 0

    init(hosts: Int) {
        trails = Array(repeating: Trail(), count: hosts)
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

    /// What a leader was when it asked for a write.
    struct Reign: Sendable {
        let term: Term
        let commit: LogIndex
    }

    /// A replica asks for entries to be written: its log is what it was, and these behind it.
    mutating func note(
        _ entries: [LogEntry], of host: Int, leading reign: Reign?,
        into violations: inout [Violation]
    ) {
        guard let first = entries.first else { return }
        if first.index <= trails[host].last {
            if let reign, trails[host].role == .leader, trails[host].term == reign.term {
                violations.append(
                    Violation(
                        "LeaderAppendOnly",
                        "n\(host + 1) leads in \(reign.term) and replaces \(first.index)"
                    ))
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
        while let last = trails[host].configurations.last, last.index >= first.index {
            trails[host].configurations.removeLast()
        }
        for entry in entries {
            append(entry, host, into: &violations)
            if entry.kind == .configuration {
                noteConfiguration(
                    entry, of: host, leadsWith: reign?.commit, into: &violations)
            }
        }
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

    /// A snapshot took the place of the log up to `position`; what lies behind it stays if `last`
    /// is behind it.
    mutating func noteInstall(_ saved: SavedSnapshot, of host: Int, last: LogIndex) {
        let position = saved.position
        let base = Placed(index: position.index, configuration: saved.configuration)
        let later = trails[host].configurations.filter { $0.index > position.index }
        let keepsSuffix = last > position.index && last == trails[host].last
        trails[host].configurations = [base] + (keepsSuffix ? later : [])
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
        let base = platter.snapshot?.configuration ?? platter.founded
        trails[host] = Trail()
        trails[host].promisedTerm = promised
        trails[host].term = platter.hardState.term
        if let position = platter.snapshot?.position {
            trails[host].base = position.index
            trails[host].basePrefix = prefix(at: position.index, term: position.term) ?? 0
            trails[host].commit = position.index
        }
        trails[host].configurations = [
            Placed(index: trails[host].base, configuration: base)
        ]
        for entry in platter.entries {
            append(entry, host, into: &violations)
            if entry.kind == .configuration {
                noteConfiguration(entry, of: host, leadsWith: nil, into: &violations)
            }
        }
    }

    /// The disk is empty: nothing that the copy there promised is asked of the next one.
    mutating func forget(_ host: Int) { trails[host] = Trail() }

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

    mutating func noteLeader(
        _ leader: RaftMember, in term: Term, _ configuration: RaftConfiguration,
        into violations: inout [Violation]
    ) {
        electionsCount += 1
        let own = Int32(leader.replica.rawValue)
        let other = Self.note(own, at: term, in: &leaders)
        if let other, other != own {
            violations.append(
                Violation("ElectionSafety", "y\(other) and \(leader) both led in \(term)"))
        }
        for voters in [configuration.voters, configuration.outgoing] where !voters.isEmpty {
            let granted = voters.count { $0 == leader || vote(of: $0, in: term) == own }
            if granted <= voters.count / 2 {
                violations.append(
                    Violation(
                        "LeaderWasElected",
                        "\(leader) leads in \(term) with \(granted) votes of \(configuration)"))
            }
        }
    }

    private func vote(of voter: RaftMember, in term: Term) -> Int32? {
        let (row, place) = (Int(voter.replica.rawValue), Int(term.rawValue))
        guard row < votes.count, place < votes[row].count else { return nil }
        return votes[row][place]
    }

    mutating func noteVote(
        of voter: RaftMember, for candidate: RaftMember, in term: Term,
        into violations: inout [Violation]
    ) {
        let row = Int(voter.replica.rawValue)
        while votes.count <= row { votes.append([]) }
        let wanted = Int32(truncatingIfNeeded: candidate.replica.rawValue)
        let other = Self.note(wanted, at: term, in: &votes[row])
        guard let other, other != wanted else { return }
        violations.append(
            Violation(
                "VotesOnce", "\(voter) voted for y\(other) and for \(candidate) in \(term)"))
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
        if index > committedConfigurationIndex { noteConfiguration(upTo: index, of: host) }
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

    private mutating func noteConfiguration(upTo index: LogIndex, of host: Int) {
        guard let place = configuration(upTo: index, of: host),
            place.index > committedConfigurationIndex || committedConfiguration.isEmpty
        else { return }
        committedConfigurationIndex = place.index
        committedConfiguration = place.configuration
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
