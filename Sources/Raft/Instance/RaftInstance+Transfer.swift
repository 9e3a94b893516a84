import Toolbox
public import Vocabulary

// Handing leadership over without a time-out (thesis §3.10).
extension RaftInstance {
    /// Catches the node's voter up, gives the lease up and tells it to stand. Proposals are refused
    /// until it leads, or for `RaftSettings.electionTimeoutMinimum`.
    public mutating func transferLeadership(
        to node: NodeID, at now: Instant, into directives: inout [RaftDirective]
    ) -> TransferOutcome {
        guard let leadership else { return .refused(.notLeader(leader: leader)) }
        if node == identity.node { return .alreadyLeader }
        if let transfer = leadership.transfer {
            let target = transfer.target.node
            return target == node ? .begun : .refused(.transferRunning(to: target))
        }
        guard configurations.isCommitted, !configuration.isJoint else {
            return .refused(.changeRunning)
        }
        guard let target = configuration.voter(on: node),
            let position = electorate.position(of: target)
        else {
            let isLearner = configuration.learner(on: node) != nil
            return .refused(isLearner ? .notAVoter(node) : .unknownMember(node))
        }
        let follower = leadership.followers[position]
        guard now - follower.lastHeard < settings.quorumTimeout, follower.mode != .snapshot else {
            return .refused(.unreachable(node))
        }
        self.leadership?.transfer = LeadershipTransfer(
            target: target, deadline: now + settings.electionTimeoutMinimum)
        directives.append(.observe(.transferBegan(to: node)))
        targetDidMatch(position, into: &directives)
        sendAppends(to: position, into: &directives)
        finishStep(at: now, into: &directives)
        return .begun
    }

    /// The follower at `position` confirmed entries, or the time came to say it again.
    mutating func targetDidMatch(_ position: Int, into directives: inout [RaftDirective]) {
        guard let transfer = leadership?.transfer,
            electorate.members[position] == transfer.target,
            leadership?.followers[position].match == log.lastIndex, let round = leadership?.round
        else { return }
        leadership?.transfer?.orderedRound = round
        let order = RaftMessage.TimeoutNow(term: term, round: round)
        directives.append(.send(.timeoutNow(order), to: transfer.target))
    }

    /// At each beat.
    mutating func continueTransfer(at now: Instant, into directives: inout [RaftDirective]) {
        guard let transfer = leadership?.transfer else { return }
        guard now >= transfer.deadline else {
            if let position = electorate.position(of: transfer.target) {
                targetDidMatch(position, into: &directives)
            }
            return
        }
        let round = leadership?.round ?? 0
        leadership?.transfer = nil
        leadership?.leaseFloor = round
        // The order may still arrive, as long as the target has not confirmed a later round.
        if let round = transfer.orderedRound {
            leadership?.unreleased.removeAll { $0.member == transfer.target }
            leadership?.unreleased.append((transfer.target, round))
        }
        directives.append(.observe(.transferEnded(to: transfer.target.node, succeeded: false)))
    }

    /// `leader` leads now; nil if nobody is known to.
    mutating func transferDidEnd(under leader: NodeID?, into directives: inout [RaftDirective]) {
        guard let target = transferAwaited else { return }
        transferAwaited = nil
        directives.append(.observe(.transferEnded(to: target, succeeded: leader == target)))
    }

    /// The leader asks this node to stand. It needs no pre-vote: nobody's leader is disturbed.
    mutating func receiveTimeoutNow(
        _ order: RaftMessage.TimeoutNow, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        // An order older than a round that was confirmed here was taken back, and the lease with
        // it. Just after a start nobody knows what was confirmed before.
        guard order.term == term, role == .follower, leaderMember == sender,
            order.round >= leaderRound, electorate.isOwnVoter, now >= votesRefusedUntil
        else { return }
        standsByTransfer = true
        stand(at: now, into: &directives)
    }
}
