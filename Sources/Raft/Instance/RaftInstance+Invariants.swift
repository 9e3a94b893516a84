import Toolbox
import Vocabulary

// What always holds between two steps:
//
// - dropped <= snapshot, applied == commit <= last, durable <= last.
// - No entry has a term above the current one.
// - A leader has a book on each voter, a candidate has a ballot, a follower has neither.
// - A leader leads its own term, voted for itself, and has its first entry in its log.
// - A follower's match is below its next; neither is above what the leader has.
// - Who counts goes by the last configuration in the log; there is a book for each member of it.
// - Only a voter of a whole configuration is handed over to, and nobody else leads meanwhile.
// - A founder that asks holds nothing of the group.
// - Nothing is left to be written, applied or told when a step ends.
extension RaftInstance {
    /// Stops the process when one of the rules above is broken.
    public func checkInvariants() {
        checkLog()
        checkMembership()
        switch role {
        case .follower:
            invariant(leadership == nil, "a follower leads")
            invariant(ballot == nil, "a follower counts votes")
        case .preCandidate, .candidate:
            invariant(leadership == nil, "a candidate leads")
            invariant(ballot != nil, "a candidate counts no votes")
            invariant(leader == nil, "a candidate follows")
        case .leader:
            invariant(ballot == nil, "a leader counts votes")
            checkLeadership()
        }
        invariant(hardState == hardStateIssued, "\(hardState) is not written")
        invariant(log.unwrittenFrom == nil, "entries are not written")
        invariant(recentEntries == nil, "entries are kept between steps")
        invariant(
            barrier.hasWritesInFlight || barrier.heldCount == 0, "something waits for nothing")
    }

    private func checkLog() {
        let dropped = log.base.index
        invariant(
            dropped <= snapshotPosition?.index ?? .zero,
            "dropped through \(dropped), snapshot \(snapshotPosition ?? .zero)")
        invariant(dropped <= appliedIndex, "dropped \(dropped), applied \(appliedIndex)")
        invariant(appliedIndex == commitIndex, "applied \(appliedIndex), commit \(commitIndex)")
        invariant(commitIndex <= lastIndex, "commit \(commitIndex), last \(lastIndex)")
        invariant(durableIndex <= lastIndex, "durable \(durableIndex), last \(lastIndex)")
        invariant(lastTerm <= term, "an entry of \(lastTerm) in \(term)")
        invariant(
            log.termRunsCount <= log.count, "\(log.termRunsCount) runs in \(log.count) entries")
    }

    private func checkMembership() {
        let place = configurations.inForce
        invariant(place.index <= lastIndex, "members of \(place.index), last \(lastIndex)")
        invariant(
            configurations.committed.index <= commitIndex,
            "members committed at \(configurations.committed.index), commit \(commitIndex)")
        invariant(
            electorate.members == place.configuration.members,
            "\(electorate.members) count, \(place.configuration) is in force")
        invariant(founding == nil || !holdsAnything, "a founder asks, and there is a group")
    }

    private func checkTransfer(_ leadership: Leadership) {
        invariant(transferAwaited == nil, "a leader waits for who takes over from it")
        invariant(leadership.leaseFloor <= leadership.round, "a floor above the newest round")
        guard let transfer = leadership.transfer else { return }
        invariant(transfer.target != identity.member, "a leader hands over to itself")
        invariant(
            configurations.isCommitted && configuration.isVoter(transfer.target),
            "\(transfer.target) is to lead, and no voter of \(configuration)")
        invariant(
            transfer.orderedRound ?? 0 <= leadership.round, "an order of a round that is to come")
    }

    private func checkLeadership() {
        guard let leadership else {
            invariant(false, "a leader without its books")
            return
        }
        checkTransfer(leadership)
        invariant(
            leadership.followers.count == electorate.members.count,
            "\(leadership.followers.count) books for \(electorate.members.count) members")
        invariant(leader == identity.node, "a leader follows")
        invariant(hardState.vote == identity.node, "a leader did not vote for itself")
        invariant(
            leadership.firstIndex <= lastIndex,
            "first \(leadership.firstIndex), last \(lastIndex)")
        invariant(!leadership.hasCommitNews, "followers are not told")
        invariant(leadership.uncommittedBytes >= 0, "\(leadership.uncommittedBytes) uncommitted")
        for follower in followers {
            invariant(
                follower.match < follower.next,
                "match \(follower.match), next \(follower.next)")
            invariant(
                follower.next <= lastIndex.next, "next \(follower.next), last \(lastIndex)")
        }
    }
}
