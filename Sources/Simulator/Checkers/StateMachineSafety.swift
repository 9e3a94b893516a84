import Vocabulary
import VirtualWorld

/// Two replicas that have applied the same number of entries are in the same state (Raft Fig. 3).
struct StateMachineSafety: Sendable {
    private struct Position: Hashable {
        let group: ReplicaGroupID
        let applied: LogIndex
    }

    /// For look-up only.
    private var digests: [Position: UInt64] = [:]

    mutating func note(
        digest: UInt64, of group: ReplicaGroupID, at applied: LogIndex, on node: Int,
        into violations: inout [Violation]
    ) {
        let position = Position(group: group, applied: applied)
        guard let known = digests[position] else {
            digests[position] = digest
            return
        }
        guard known != digest else { return }
        violations.append(
            Violation(
                "StateMachineSafety", "\(group) on n\(node + 1) is in another state at \(applied)"))
    }
}
