import Raft
import Toolbox
import Vocabulary

/// Remembers what all nodes did and finds what must never be (Raft Fig. 3).
struct Ledger {
    private struct Seen {
        var term: Term
        var commit: LogIndex
        var leads: Bool
    }

    var violations: [String] = []
    /// For look-up only.
    private var leaders: [Term: NodeID] = [:]
    private var seen: [RaftMember: Seen] = [:]
    private var readBounds: [RequestID: LogIndex] = [:]
    /// The entries that somebody applied, and the digest of all up to each.
    private(set) var applied: [LogEntry] = []
    private var digests: [UInt64] = []

    /// Those that were committed, by index.
    private(set) var configurations: [(index: LogIndex, configuration: RaftConfiguration)] = []

    static func digest(_ digest: UInt64, _ entry: LogEntry) -> UInt64 {
        var value = (digest ^ entry.index.rawValue) &* 0x100_0000_01B3
        value = (value ^ entry.term.rawValue) &* 0x100_0000_01B3
        for byte in entry.payload.array { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value
    }

    /// The process is gone; its disk knows of `term`.
    mutating func forget(_ member: RaftMember, durable term: Term) {
        seen[member] = Seen(term: term, commit: .zero, leads: false)
    }

    /// Terms never go back, nor does a process's commit index.
    mutating func note(_ instance: RaftInstance) {
        let node = instance.identity.member
        if let before = seen[node] {
            if instance.term < before.term {
                violations.append("\(node) is in \(instance.term) after \(before.term)")
            }
            if instance.commitIndex < before.commit {
                violations.append("\(node) commits \(instance.commitIndex) after \(before.commit)")
            }
            // Only entries of its own term a leader commits by counting (Raft §5.4.2).
            if instance.commitIndex > before.commit, before.leads, before.term == instance.term,
                instance.isLeader, instance.commitIndex != instance.snapshotPosition?.index,
                instance.term(at: instance.commitIndex) != instance.term
            {
                violations.append(
                    "\(node) leads \(instance.term) and counts \(instance.commitIndex)")
            }
        }
        seen[node] = Seen(
            term: instance.term, commit: instance.commitIndex, leads: instance.isLeader)
    }

    /// Election safety and leader completeness.
    mutating func note(leader instance: RaftInstance, of term: Term) {
        let node = instance.identity.node
        if let other = leaders[term], other != node {
            violations.append("\(node) and \(other) lead \(term)")
        }
        leaders[term] = node
        for entry in applied where entry.index >= instance.firstIndex {
            if instance.term(at: entry.index) != entry.term {
                violations.append("\(node) leads \(term) without \(entry.index)@\(entry.term)")
                return
            }
        }
    }

    /// State-machine safety; and what is committed is durable on a quorum.
    mutating func note(applied entry: LogEntry, holders: [RaftMember], by instance: RaftInstance?) {
        let offset = Int(entry.index.rawValue) - 1
        if offset < applied.count {
            if applied[offset] != entry {
                violations.append(
                    "\(entry.index) is \(entry.term) here and \(applied[offset].term) there")
            }
            return
        }
        guard offset == applied.count else {
            violations.append("\(entry.index) is applied before what precedes it")
            return
        }
        applied.append(entry)
        digests.append(Self.digest(digests.last ?? 0, entry))
        if let instance, !Self.isQuorum(holders, of: instance.configuration) {
            violations.append(
                "\(entry.index) is committed with \(list(holders)) of \(instance.configuration)")
        }
    }

    static func isQuorum(_ some: [RaftMember], of configuration: RaftConfiguration) -> Bool {
        [configuration.voters, configuration.outgoing].allSatisfy { voters in
            voters.isEmpty || voters.filter(some.contains).count > voters.count / 2
        }
    }

    /// The last configuration in the log is the one in force, and each is a step from the one
    /// before (I11).
    mutating func checkConfiguration(of instance: RaftInstance) {
        let entries = instance.entries(from: instance.firstIndex, through: instance.lastIndex)
            .filter { $0.kind == .configuration }
        guard let last = entries.last else { return }
        for (one, next) in zip(entries, entries.dropFirst()) {
            do {
                let before = try RaftConfiguration(decoding: one.payload)
                let after = try RaftConfiguration(decoding: next.payload)
                if !Self.isStep(from: before, to: after) {
                    violations.append("from \(before) to \(after) at \(next.index)")
                }
            } catch {
                violations.append("\(one.index) or \(next.index) can not be read")
            }
        }
        if last.payload != instance.configuration.encoded() {
            violations.append(
                "\(instance.identity.member) goes by \(instance.configuration),"
                    + " not by \(last.index)")
        }
    }

    /// Only learners change at once; voters by a joint phase, which ends on one of its two sides.
    private static func isStep(
        from before: RaftConfiguration, to after: RaftConfiguration
    ) -> Bool {
        if before.isJoint {
            return !after.isJoint
                && (after.voters == before.voters || after.voters == before.outgoing)
        }
        return after.isJoint ? after.outgoing == before.voters : after.voters == before.voters
    }

    /// A leader changes nothing before an entry of its own term is committed (Ongaro 2015).
    mutating func checkOwnChange(of instance: RaftInstance) {
        guard instance.isLeader,
            instance.term(at: instance.configurationIndex) == instance.term,
            instance.configurationIndex == instance.lastIndex,
            instance.term(at: instance.commitIndex) != instance.term
        else { return }
        violations.append(
            "\(instance.identity.member) changes members before it has committed anything")
    }

    /// The configuration that a snapshot brought is the one that was committed there.
    mutating func check(installed configuration: RaftConfiguration, at index: LogIndex) {
        if let known = configurations.last(where: { $0.index <= index }),
            known.configuration != configuration
        {
            violations.append("\(index) has \(known.configuration), installed \(configuration)")
        }
    }

    /// What is committed at an index is the same for all, and no quorum of one configuration misses
    /// all of the next one's (I12).
    mutating func note(committed configuration: RaftConfiguration, at index: LogIndex) {
        if let known = configurations.first(where: { $0.index == index }) {
            if known.configuration != configuration {
                violations.append("\(index) is \(configuration) and \(known.configuration)")
            }
            return
        }
        if let before = configurations.last, before.index < index,
            !Self.intersect(before.configuration, configuration)
        {
            violations.append("\(before.configuration) and \(configuration) decide apart")
        }
        configurations.append((index, configuration))
        configurations.sort { $0.index < $1.index }
    }

    /// A majority of one set and one of another of the same configuration pair share a voter.
    static func intersect(_ one: RaftConfiguration, _ other: RaftConfiguration) -> Bool {
        let all = RaftConfiguration.all(one, other)
        for bits in 0..<(1 << all.count) {
            let some = all.indices.filter { bits >> $0 & 1 == 1 }.map { all[$0] }
            let rest = all.filter { !some.contains($0) }
            if isQuorum(some, of: one), isQuorum(rest, of: other) { return false }
        }
        return true
    }

    mutating func check(digest: UInt64, at index: LogIndex, on node: NodeID) {
        let offset = Int(index.rawValue) - 1
        if offset >= digests.count || digests[offset] != digest {
            violations.append("\(node) has another state at \(index)")
        }
    }

    /// Log matching: equal index and term mean equal entries, and equal logs before.
    mutating func compareLogs(_ one: RaftInstance, _ other: RaftInstance) {
        let first = max(one.firstIndex, other.firstIndex)
        let last = min(one.lastIndex, other.lastIndex)
        guard first <= last else { return }
        let left = one.entries(from: first, through: last)
        let right = other.entries(from: first, through: last)
        var agrees = false
        for (mine, theirs) in zip(left, right).reversed() {
            if mine.term == theirs.term { agrees = true }
            if agrees, mine != theirs {
                violations.append(
                    "\(one.identity.node) and \(other.identity.node) differ at \(mine.index)")
                return
            }
        }
    }

    mutating func leaseIsHeld(by node: NodeID, at index: LogIndex) {
        if let last = applied.last?.index, index < last {
            violations.append("\(node) reads at \(index) by its lease, \(last) is committed")
        }
    }

    mutating func readDidBegin(_ read: RequestID) {
        readBounds[read] = applied.last?.index ?? .zero
    }

    mutating func readIsReady(_ read: RequestID, at index: LogIndex) {
        guard let bound = readBounds[read] else { return }
        if index < bound {
            violations.append("\(read) is answered at \(index), \(bound) was committed before")
        }
    }
}

extension RaftConfiguration {
    /// The voters of both, each once.
    static func all(_ one: RaftConfiguration, _ other: RaftConfiguration) -> [RaftMember] {
        var all: [RaftMember] = []
        for member in (one.voters + one.outgoing + other.voters + other.outgoing).sorted()
        where member != all.last {
            all.append(member)
        }
        return all
    }
}
