import Vocabulary
import VirtualWorld

/// Two logs that have an entry of the same index and term are equal up to there (Raft Fig. 3).
struct LogsMatch: Sendable {
    private struct Position: Hashable {
        let group: ReplicaGroupID
        let index: LogIndex
        let term: Term
    }

    /// The hash of the log up to a position, by whoever had it first. For look-up only.
    private var prefixes: [Position: UInt64] = [:]

    func prefix(_ group: ReplicaGroupID, _ index: LogIndex, _ term: Term) -> UInt64? {
        prefixes[Position(group: group, index: index, term: term)]
    }

    mutating func note(
        _ mark: EntryMark, at index: LogIndex, of group: ReplicaGroupID, on node: Int,
        into violations: inout [Violation]
    ) {
        let position = Position(group: group, index: index, term: mark.term)
        guard let known = prefixes[position] else {
            prefixes[position] = mark.prefix
            return
        }
        guard known != mark.prefix else { return }
        violations.append(
            Violation(
                "LogsMatch",
                "the log of \(group) on n\(node + 1) is another one up to \(index)@\(mark.term)"))
    }
}
