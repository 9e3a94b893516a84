import Toolbox
import Vocabulary

// Who leads (Raft §5.2, §5.4.1; pre-vote: thesis §9.6; check-quorum: thesis §6.2).
extension RaftInstance {
    // MARK: Terms

    /// A greater term ends whatever role this node had, except where a vote is only asked about.
    mutating func adoptTerm(
        of message: RaftMessage, from sender: NodeID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard message.term > term else { return }
        switch message {
        case .preVoteRequest: return
        case .preVoteResponse(let response) where response.isGranted: return
        case .voteRequest where isVotePromised(at: now): return
        case .append, .heartbeat:
            hardState = HardState(term: message.term, vote: nil)
            follow(sender, because: .higherTerm, at: now, into: &directives)
        case .preVoteResponse, .voteRequest, .voteResponse, .appendResponse, .heartbeatResponse:
            let asked = role == .preCandidate
            hardState = HardState(term: message.term, vote: nil)
            follow(nil, because: .higherTerm, at: now, into: &directives)
            // It asked for a term that is over; it may ask for the next one soon.
            if asked { askAgainSoon(within: settings.heartbeatInterval * 3, at: now) }
        }
    }

    /// Becomes a follower of `leader` in the current term. The vote stays what it is.
    mutating func follow(
        _ newLeader: NodeID?, because reason: StepDownReason, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        let isNews = role != .follower || leader != newLeader
        let led = role == .leader
        if let reads = leadership?.reads.takeAll(), !reads.isEmpty {
            directives.append(.readRefused(reads))
        }
        leadership = nil
        ballot = nil
        role = .follower
        leader = newLeader
        leaderHeard = newLeader == nil ? nil : now
        drawElectionTimeout()
        // Only a leader's word, never a candidate's, puts an election off.
        if led || newLeader != nil { electionDeadline = now + electionTimeout }
        if isNews {
            directives.append(
                .observe(.becameFollower(of: newLeader, term: term, because: reason)))
        }
    }

    /// Notes a word of the leader of this term; false if that can not be the leader.
    mutating func hearLeader(
        _ sender: NodeID, at now: Instant, into directives: inout [RaftDirective]
    ) -> Bool {
        if role != .follower || leader == nil {
            guard role != .leader else {
                directives.append(.observe(.nonsense(from: sender)))
                return false
            }
            follow(sender, because: .heardLeader, at: now, into: &directives)
        }
        guard leader == sender else {
            directives.append(.observe(.nonsense(from: sender)))
            return false
        }
        leaderHeard = now
        electionDeadline = now + electionTimeout
        return true
    }

    // MARK: Asking

    mutating func electionTimeoutElapsed(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        // A vote that is on its way to the disk counts as given; the timer starts when it is there.
        // A candidate whose disk is slow would otherwise give each term up before it could ask.
        if role == .follower || role == .candidate, barrier.holdsVote {
            electionDeadline = now + electionTimeout
            return
        }
        askWhetherToStand(at: now, into: &directives)
    }

    /// The pre-vote: asks whether a quorum would vote, and changes nothing at anybody.
    private mutating func askWhetherToStand(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let ownPosition else { return }
        // Grants of an earlier attempt in this term still hold, unless they are old.
        if role != .preCandidate || ballotIsOld(at: now) {
            ballot = Ballot(began: now)
            ballot?.note(isGranted: true, by: ownPosition)
        }
        ballot?.forgetRefusals()
        if role != .preCandidate {
            role = .preCandidate
            directives.append(.observe(.becamePreCandidate(term: term)))
        }
        leader = nil
        leaderHeard = nil
        drawElectionTimeout()
        electionDeadline = now + electionTimeout
        let request = RaftMessage.preVoteRequest(
            .init(term: term.next, lastIndex: log.lastIndex, lastTerm: log.lastTerm))
        for node in voters.nodes where node != identity.node {
            directives.append(.send(request, to: node))
        }
        standIfWanted(at: now, into: &directives)
    }

    private func ballotIsOld(at now: Instant) -> Bool {
        guard let ballot else { return true }
        return now - ballot.began > settings.electionTimeoutMaximum
    }

    private mutating func standIfWanted(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let ballot, ballot.grantedCount >= voters.quorum else { return }
        hardState = HardState(term: term.next, vote: identity.node)
        role = .candidate
        self.ballot = Ballot(began: now)
        drawElectionTimeout()
        electionDeadline = now + electionTimeout
        directives.append(.observe(.becameCandidate(term: term)))
        holdCandidacy()
    }

    /// The own vote, and with it the whole log that the requests tell of, is durable. Only now may
    /// others vote for it: an advertised tail that could still be lost might elect a shorter log.
    mutating func candidacyDidPersist(at now: Instant, into directives: inout [RaftDirective]) {
        guard let ownPosition else { return }
        let request = RaftMessage.voteRequest(
            .init(term: term, lastIndex: log.lastIndex, lastTerm: log.lastTerm))
        for node in voters.nodes where node != identity.node {
            directives.append(.send(request, to: node))
        }
        ballot?.note(isGranted: true, by: ownPosition)
        leadIfElected(at: now, into: &directives)
    }

    // MARK: Answering

    mutating func receivePreVoteRequest(
        _ request: RaftMessage.VoteRequest, from sender: NodeID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        let isFree = request.term > term || request.term == term && mayVote(for: sender)
        let isGranted = isFree && isUpToDate(request) && !isVotePromised(at: now)
        let response = RaftMessage.VoteResponse(
            term: isGranted ? request.term : term, isGranted: isGranted)
        // Nothing changed, so nothing need be durable.
        directives.append(.send(.preVoteResponse(response), to: sender))
    }

    mutating func receiveVoteRequest(
        _ request: RaftMessage.VoteRequest, from sender: NodeID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        // Its term was not adopted: the promise to another leader stands.
        guard request.term <= term else { return }
        let isGranted =
            request.term == term && mayVote(for: sender) && isUpToDate(request)
            && now >= votesRefusedUntil
        if isGranted {
            hardState = HardState(term: term, vote: sender)
        }
        let response = RaftMessage.VoteResponse(term: term, isGranted: isGranted)
        sendWhenDurable(.voteResponse(response), to: sender, into: &directives)
    }

    /// The timer is put off only by a vote that was given and is durable (RATIS-980).
    mutating func voteDidPersist(at now: Instant) {
        guard role == .follower, leader == nil else { return }
        electionDeadline = now + electionTimeout
    }

    private func mayVote(for candidate: NodeID) -> Bool {
        switch hardState.vote {
        case candidate: true
        case nil: leader == nil
        case .some: false
        }
    }

    /// The later last term wins, then the longer log (Raft §5.4.1).
    private func isUpToDate(_ request: RaftMessage.VoteRequest) -> Bool {
        (request.lastTerm, request.lastIndex) >= (log.lastTerm, log.lastIndex)
    }

    /// A leader lives that was heard lately, or may have been before this process started.
    private func isVotePromised(at now: Instant) -> Bool {
        if now < votesRefusedUntil { return true }
        if role == .leader {
            return isQuorumHeard(within: settings.electionTimeoutMinimum, at: now)
        }
        guard let leaderHeard else { return false }
        return now - leaderHeard < settings.electionTimeoutMinimum
    }

    // MARK: Counting

    mutating func receivePreVoteResponse(
        _ response: RaftMessage.VoteResponse, from sender: NodeID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard role == .preCandidate, let position = voters.position(of: sender) else { return }
        guard !response.isGranted || response.term == term.next else { return }
        ballot?.note(isGranted: response.isGranted, by: position)
        standIfWanted(at: now, into: &directives)
        if role == .preCandidate {
            hastenIfHopeless(delay: settings.heartbeatInterval * 3, at: now)
        }
    }

    mutating func receiveVoteResponse(
        _ response: RaftMessage.VoteResponse, from sender: NodeID, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard role == .candidate, response.term == term,
            let position = voters.position(of: sender)
        else { return }
        ballot?.note(isGranted: response.isGranted, by: position)
        leadIfElected(at: now, into: &directives)
        guard role == .candidate, let ballot else { return }
        hastenIfHopeless(delay: settings.electionTimeoutMinimum, at: now)
        if ballot.refusedCount > voters.count - voters.quorum {
            follow(nil, because: .electionLost, at: now, into: &directives)
        }
    }

    /// Once one more refusal, or one dead voter, would be too many, it asks again sooner than after
    /// a whole timeout: pre-vote makes that harmless, and a split vote is mended sooner.
    private mutating func hastenIfHopeless(delay: Duration, at now: Instant) {
        guard let ballot, ballot.refusedCount >= max(1, voters.count - voters.quorum) else {
            return
        }
        askAgainSoon(within: delay, at: now)
    }

    private mutating func askAgainSoon(within delay: Duration, at now: Instant) {
        let shortest = settings.heartbeatInterval
        let again = now + drawDuration(from: shortest, to: max(shortest, delay))
        electionDeadline = min(electionDeadline, again)
    }

    private mutating func leadIfElected(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let ballot, ballot.grantedCount >= voters.quorum else { return }
        self.ballot = nil
        role = .leader
        leader = identity.node
        leaderHeard = nil
        directives.append(.observe(.becameLeader(term: term)))
        beginLeadership(at: now, into: &directives)
    }

    // MARK: Chance

    mutating func drawElectionTimeout() {
        electionTimeout = drawDuration(
            from: settings.electionTimeoutMinimum, to: settings.electionTimeoutMaximum)
    }

    mutating func drawDuration(from shortest: Duration, to longest: Duration) -> Duration {
        let spread = UInt64(longest.nanoseconds - shortest.nanoseconds)
        return .nanoseconds(shortest.nanoseconds + Int64(random.below(spread + 1)))
    }
}
