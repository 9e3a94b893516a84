import Vocabulary
import VirtualWorld

/// What was committed in one group stays, everywhere and for ever: leader completeness, and that a
/// committed entry is never lost nor changed (Raft Fig. 3).
struct CommittedLog: Sendable {
    private struct Entry {
        let prefix: UInt64
        /// The term of the node that first called it committed; no earlier leader need have it.
        let seenIn: Term
    }

    private let group: ReplicaGroupID
    private var entries: [Entry] = []

    init(group: ReplicaGroupID) { self.group = group }

    var last: LogIndex { LogIndex(UInt64(entries.count)) }

    /// A replica calls everything up to `commit` committed, and did so before up to `before`.
    ///
    /// - Returns: whether it is the first to go so far.
    mutating func note(
        _ trail: ReplicaTrail, from before: LogIndex, through commit: LogIndex, on node: Int,
        into violations: inout [Violation]
    ) -> Bool {
        if commit > trail.last {
            violations.append(
                Violation(
                    "CommittedIsNeverLost",
                    "n\(node + 1) commits \(group) to \(commit) with a log to \(trail.last)"))
            return false
        }
        let end = entries.count
        var index = before.next
        while index <= commit {
            if let mark = trail.mark(at: index) {
                note(mark, at: index, trail.term, on: node, into: &violations)
            }
            index = index.next
        }
        return entries.count > end
    }

    private mutating func note(
        _ mark: EntryMark, at index: LogIndex, _ term: Term, on node: Int,
        into violations: inout [Violation]
    ) {
        let offset = Int(index.rawValue) - 1
        if offset == entries.count {
            entries.append(Entry(prefix: mark.prefix, seenIn: term))
        } else if offset < entries.count, entries[offset].prefix != mark.prefix {
            violations.append(
                Violation(
                    "CommittedIsNeverLost",
                    "n\(node + 1) commits another entry of \(group) at \(index)@\(mark.term)"))
        }
    }

    /// A node leads from now on: all that earlier leaders committed must be in its log.
    func check(leader node: Int, _ trail: ReplicaTrail, into violations: inout [Violation]) {
        var offset = entries.count - 1
        while offset >= 0, entries[offset].seenIn >= trail.term { offset -= 1 }
        guard offset >= 0 else { return }
        let index = LogIndex(UInt64(offset + 1))
        if index <= trail.base { return }
        guard let mark = trail.mark(at: index), mark.prefix == entries[offset].prefix else {
            violations.append(
                Violation(
                    "LeaderCompleteness",
                    "n\(node + 1) leads \(group) in \(trail.term) without the committed \(index)"))
            return
        }
    }

    /// Whether a log with this hash up to `index` holds what was committed there.
    func holds(_ prefix: UInt64, at index: LogIndex) -> Bool {
        let offset = Int(index.rawValue) - 1
        return offset >= 0 && offset < entries.count && entries[offset].prefix == prefix
    }
}
