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

    let quorum: Int
    var violations: [String] = []
    /// For look-up only.
    private var leaders: [Term: NodeID] = [:]
    private var seen: [NodeID: Seen] = [:]
    private var readBounds: [RequestID: LogIndex] = [:]
    /// The entries that somebody applied, and the digest of all up to each.
    private(set) var applied: [LogEntry] = []
    private var digests: [UInt64] = []

    init(quorum: Int) { self.quorum = quorum }

    static func digest(_ digest: UInt64, _ entry: LogEntry) -> UInt64 {
        var value = (digest ^ entry.index.rawValue) &* 0x100_0000_01B3
        value = (value ^ entry.term.rawValue) &* 0x100_0000_01B3
        for byte in entry.payload.array { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value
    }

    mutating func forget(_ node: NodeID) {
        if let term = seen[node]?.term {
            seen[node] = Seen(term: term, commit: .zero, leads: false)
        }
    }

    /// Terms never go back, nor does a process's commit index.
    mutating func note(_ instance: RaftInstance) {
        let node = instance.identity.node
        if let before = seen[node] {
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
    mutating func note(applied entry: LogEntry, durableCopies: Int) {
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
        if durableCopies < quorum {
            violations.append("\(entry.index) is committed with \(durableCopies) durable copies")
        }
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
