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
        /// A node that lost its disk is another voter.
        let copy: ReplicaID
    }

    /// For look-up only.
    private var candidates: [Vote: Int] = [:]

    public init() {}

    public mutating func note(
        _ message: RaftMessage, group: ReplicaGroupID, from voter: Int,
        _ copy: ReplicaID = .none, to candidate: Int, into violations: inout [Violation]
    ) {
        switch message {
        // Who asks has voted for himself.
        case .voteRequest(let request):
            note(
                Vote(group: group, term: request.term, voter: voter, copy: copy), voter, &violations
            )
        case .voteResponse(let response) where response.isGranted:
            let vote = Vote(group: group, term: response.term, voter: voter, copy: copy)
            note(vote, candidate, &violations)
        case .voteResponse, .preVoteRequest, .preVoteResponse, .append, .appendResponse,
            .heartbeat, .heartbeatResponse, .timeoutNow, .announcement, .removalNotice,
            .foundingQuestion, .foundingAnswer:
            break
        }
    }

    private mutating func note(
        _ vote: Vote, _ candidate: Int, _ violations: inout [Violation]
    ) {
        guard let other = candidates[vote] else {
            candidates[vote] = candidate
            return
        }
        guard other != candidate else { return }
        violations.append(
            Violation(
                "VotesOnce",
                "n\(vote.voter + 1) voted for n\(other + 1) and for n\(candidate + 1) in"
                    + " \(vote.term) of \(vote.group)"))
    }
}
