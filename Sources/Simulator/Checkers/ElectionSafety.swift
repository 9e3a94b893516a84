import Vocabulary
import VirtualWorld

/// At most one leader per group and term (Raft Fig. 3).
struct ElectionSafety: Sendable {
    private struct Reign: Hashable {
        let group: ReplicaGroupID
        let term: Term
    }

    /// For look-up only.
    private var leaders: [Reign: Int] = [:]
    private(set) var electionsCount = 0

    mutating func note(
        leader node: Int, of group: ReplicaGroupID, in term: Term,
        into violations: inout [Violation]
    ) {
        let reign = Reign(group: group, term: term)
        guard let other = leaders[reign] else {
            electionsCount += 1
            leaders[reign] = node
            return
        }
        guard other != node else { return }
        violations.append(
            Violation(
                "ElectionSafety", "n\(other + 1) and n\(node + 1) both led \(group) in \(term)"))
    }
}
