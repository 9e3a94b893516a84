import Toolbox
public import Vocabulary

// Changes of the members (Raft §6, thesis §4): learners by one entry, voters by a joint phase.
extension RaftInstance {
    /// Begins a change, if this node leads and the group is fit for it. One runs at a time; the
    /// rest of it happens by itself.
    public mutating func change(
        _ change: MembershipChange, at now: Instant, into directives: inout [RaftDirective]
    ) -> MembershipOutcome {
        let outcome = begin(change, at: now, into: &directives)
        finishStep(at: now, into: &directives)
        return outcome
    }

    private mutating func begin(
        _ change: MembershipChange, at now: Instant, into directives: inout [RaftDirective]
    ) -> MembershipOutcome {
        guard let leadership else { return .refused(.notLeader(leader: leader)) }
        if leadership.transfer != nil { return .refused(.transferRunning) }
        // Before that, a change of an earlier leader may be hidden (Ongaro's erratum of 2015).
        guard mayChangeInTerm else { return .refused(.nothingCommittedInTerm) }
        guard !isChangeRunning else { return .refused(.changeRunning) }
        switch configuration.planned(change) {
        case .unchanged: return .unchanged
        case .refused(let refusal): return .refused(refusal)
        case .next(let next):
            if let refusal = risk(of: next, at: now) { return .refused(refusal) }
            append(next, at: now, into: &directives)
            return .accepted(index: log.lastIndex, term: term)
        }
    }

    private var mayChangeInTerm: Bool {
        #if PLANTED_FAULTS
            if plantedFault == .changeBeforeOwnTermCommits { return true }
        #endif
        return hasCommittedInTerm
    }

    private var isChangeRunning: Bool {
        #if PLANTED_FAULTS
            if plantedFault == .secondChangeAllowed { return false }
        #endif
        return !configurations.isCommitted || configuration.isJoint
    }

    /// Why the group could stand still in `next`, or on the way there; nil if nothing shows it.
    private func risk(of next: RaftConfiguration, at now: Instant) -> MembershipRefusal? {
        guard let leadership else { return .notLeader(leader: leader) }
        let heard = heardMembers(within: settings.quorumTimeout, at: now)
        // A new leader gives everybody time to answer; here only who did is known to live.
        func isHeard(_ member: RaftMember) -> Bool {
            guard let position = electorate.position(of: member) else { return false }
            return heard & Electorate.bit(position) != 0
                && (position == electorate.ownPosition
                    || leadership.followers[position].hasAnswered)
        }
        for member in next.voters where !configuration.isVoter(member) {
            guard let position = electorate.position(of: member) else {
                return .unknownMember(member.node)
            }
            let follower = leadership.followers[position]
            guard follower.isCaughtUp, isHeard(member) else {
                return .lagging(member.node, entries: follower.match.distance(to: log.lastIndex))
            }
        }
        for voters in [configuration.voters, next.voters]
        where voters.filter(isHeard).count <= voters.count / 2 {
            let all = RaftConfiguration(voters: configuration.voters, outgoing: next.voters)
            var silent: [NodeID] = []
            for member in all.members where !isHeard(member) && member.node != silent.last {
                silent.append(member.node)
            }
            return .quorumAtRisk(silent: silent)
        }
        return nil
    }

    // MARK: By itself

    /// The joint phase ends as soon as both majorities have it, also under a new leader.
    mutating func leaveJointIfCommitted(at now: Instant, into directives: inout [RaftDirective]) {
        guard role == .leader, configuration.isJoint, configurationIndex <= commitIndex,
            hasCommittedInTerm
        else { return }
        append(configuration.left, at: now, into: &directives)
    }

    /// At each beat.
    mutating func continueMembership(at now: Instant, into directives: inout [RaftDirective]) {
        let last = log.lastIndex
        for position in electorate.members.indices where !electorate.isVoter(position) {
            leadership?.followers[position].measureCatchUp(
                last: last, limit: settings.electionTimeoutMinimum, at: now)
        }
        revertJointIfStuck(at: now, into: &directives)
        // Who comes back under another id takes its own place again. Any leader reads from the
        // configuration alone what is left to do.
        for learner in configuration.learners where configuration.voter(on: learner.node) != nil {
            let outcome = begin(.promote(learner.node), at: now, into: &directives)
            if case .accepted = outcome { return }
        }
    }

    /// A joint phase that the incoming voters do not let commit is taken back. Safe, since nothing
    /// was decided by the incoming ones alone: whoever is elected in the joint phase needs the
    /// outgoing majority, and that one decides on the way back.
    private mutating func revertJointIfStuck(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard configuration.isJoint, !configurations.isCommitted, hasCommittedInTerm else { return }
        let heard = heardMembers(within: settings.jointTimeout, at: now)
        guard !Electorate.isMajority(heard, of: electorate.incoming) else { return }
        append(configuration.reverted, at: now, into: &directives)
    }

    /// A leader that was voted out has committed it: it hands over and leads no more (Raft §6).
    mutating func handOverIfRemoved(at now: Instant, into directives: inout [RaftDirective]) {
        guard role == .leader, !electorate.isOwnVoter, configurations.isCommitted,
            !configuration.isJoint, let leadership
        else { return }
        var best: Int?
        for position in electorate.members.indices where electorate.isVoter(position) {
            if let known = best,
                leadership.followers[position].match
                    <= leadership.followers[known].match
            {
                continue
            }
            best = position
        }
        if let best {
            let order = RaftMessage.TimeoutNow(term: term, round: leadership.round)
            directives.append(.send(.timeoutNow(order), to: electorate.members[best]))
        }
        follow(nil, because: .removed, at: now, into: &directives)
    }

    // MARK: Copies that come and go

    /// A learner that hears no leader asks whether it is one still.
    mutating func announceToVoters(at now: Instant, into directives: inout [RaftDirective]) {
        electionDeadline = now + settings.electionTimeoutMaximum
        sendToVoters(.announcement(.init(term: term)), into: &directives)
    }

    /// A copy says that it is what its node has now.
    mutating func receiveAnnouncement(
        from sender: RaftMember, at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard role == .leader, sender.replica != .none else { return }
        let heard = heardMembers(within: settings.quorumTimeout, at: now)
        // A late word of an earlier copy is none of the one that answers now.
        let others = electorate.members.indices.filter {
            electorate.members[$0].node == sender.node && electorate.members[$0] != sender
        }
        guard others.allSatisfy({ heard & Electorate.bit($0) == 0 }) else { return }
        if configuration.contains(sender) {
            dropLearner(replacedBy: sender, at: now, into: &directives)
        } else if !others.isEmpty {
            _ = begin(.addLearner(sender), at: now, into: &directives)
        } else {
            tellRemoved(sender, into: &directives)
        }
    }

    private mutating func dropLearner(
        replacedBy member: RaftMember, at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let learner = configuration.learner(on: member.node), learner != member,
            mayChangeInTerm, !isChangeRunning, leadership?.transfer == nil
        else { return }
        let rest = configuration.learners.filter { $0 != learner }
        append(
            RaftConfiguration(voters: configuration.voters, learners: rest), at: now,
            into: &directives)
    }

    /// Who asks and is no member was one: a configuration that holds it brought it to ask, and such
    /// a one is only ever begun with members of a committed one.
    mutating func tellRemoved(_ member: RaftMember, into directives: inout [RaftDirective]) {
        guard role == .leader, hasCommittedInTerm, configurations.isCommitted,
            !configuration.contains(member)
        else { return }
        let notice = RaftMessage.RemovalNotice(term: term, index: configurationIndex)
        directives.append(.send(.removalNotice(notice), to: member))
    }

    /// No id is ever taken in again, so that a late notice is as true as a fresh one.
    mutating func receiveRemovalNotice(at now: Instant, into directives: inout [RaftDirective]) {
        guard !isPassive, role != .leader, !isRemoved else { return }
        isRemoved = true
        if role != .follower { follow(nil, because: .removed, at: now, into: &directives) }
        directives.append(.observe(.removedFromGroup))
    }
}
