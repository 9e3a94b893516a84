public import Raft
import Toolbox
public import Vocabulary
import VirtualWorld

/// A voter grants its vote to one candidate per term, whatever happens to its process (Raft §5.2).
///
/// Read off the wire, where a promise that memory has forgotten still stands.
public struct VotesOnce: Sendable {
    private struct Vote: Hashable {
        let group: ReplicaGroupID
        let term: Term
        let voter: Int
    }

    /// For look-up only.
    private var candidates: [Vote: Int] = [:]

    public init() {}

    public mutating func note(
        _ message: RaftMessage, group: ReplicaGroupID, from voter: Int, to candidate: Int,
        into violations: inout [Violation]
    ) {
        switch message {
        // Who asks has voted for himself.
        case .voteRequest(let request): note(group, request.term, voter, voter, &violations)
        case .voteResponse(let response) where response.isGranted:
            note(group, response.term, voter, candidate, &violations)
        case .voteResponse, .preVoteRequest, .preVoteResponse, .append, .appendResponse,
            .heartbeat, .heartbeatResponse, .timeoutNow, .announcement, .removalNotice,
            .foundingQuestion, .foundingAnswer:
            break
        }
    }

    private mutating func note(
        _ group: ReplicaGroupID, _ term: Term, _ voter: Int, _ candidate: Int,
        _ violations: inout [Violation]
    ) {
        let vote = Vote(group: group, term: term, voter: voter)
        guard let other = candidates[vote] else {
            candidates[vote] = candidate
            return
        }
        guard other != candidate else { return }
        violations.append(
            Violation(
                "VotesOnce",
                "n\(voter + 1) voted for n\(other + 1) and for n\(candidate + 1) in \(term)"
                    + " of \(group)"))
    }
}
