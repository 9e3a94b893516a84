import Raft
import Toolbox
import Vocabulary

/// A voter grants its vote to one candidate per term, whatever happens to its process (Raft §5.2).
///
/// Read off the wire, where a promise that memory has forgotten still stands.
struct VotesOnce: Sendable {
    private struct Vote: Hashable {
        let group: ReplicaGroupID
        let term: Term
        let voter: Int
    }

    /// For look-up only.
    private var candidates: [Vote: Int] = [:]

    mutating func note(
        _ message: RaftMessage, group: ReplicaGroupID, from voter: Int, to candidate: Int,
        into violations: inout [Violation]
    ) {
        guard case .voteResponse(let response) = message, response.isGranted else { return }
        let vote = Vote(group: group, term: response.term, voter: voter)
        guard let other = candidates[vote] else {
            candidates[vote] = candidate
            return
        }
        guard other != candidate else { return }
        violations.append(
            Violation(
                "VotesOnce",
                "n\(voter + 1) voted for n\(other + 1) and for n\(candidate + 1) in \(response.term)"
                    + " of \(group)"))
    }
}
