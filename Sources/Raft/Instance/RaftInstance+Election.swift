import Toolbox
import Vocabulary

// Who leads (Raft §5.2, §5.4.1; pre-vote: thesis §9.6; check-quorum: thesis §6.2).
extension RaftInstance {
    // MARK: Terms

    /// A greater term ends whatever role this node had, except where a vote is only asked about.
    mutating func adoptTerm(
        of message: RaftMessage, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard message.term > term else { return }
        switch message {
        case .preVoteRequest, .announcement, .removalNotice, .foundingQuestion, .foundingAnswer:
            return
        case .preVoteResponse(let response) where response.isGranted: return
        case .voteRequest(let request) where isVotePromised(for: request, of: sender, at: now):
            return
        case .append, .heartbeat, .timeoutNow:
            hardState = HardState(term: message.term, vote: nil)
            leaderRound = 0
            follow(sender, because: .higherTerm, at: now, into: &directives)
        case .preVoteResponse, .voteRequest, .voteResponse, .appendResponse, .heartbeatResponse:
            let asked = role == .preCandidate
            hardState = HardState(term: message.term, vote: nil)
            leaderRound = 0
            follow(nil, because: .higherTerm, at: now, into: &directives)
            // It asked for a term that is over; it may ask for the next one soon.
            if asked { askAgainSoon(within: settings.heartbeatInterval * 3, at: now) }
        }
    }

    /// Becomes a follower of `leader` in the current term. The vote stays what it is.
    mutating func follow(
        _ newLeader: RaftMember?, because reason: StepDownReason, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        let isNews = role != .follower || leaderMember != newLeader
        let led = role == .leader
        if let reads = leadership?.reads.takeAll(), !reads.isEmpty {
            directives.append(.readRefused(reads))
        }
        if let transfer = leadership?.transfer { transferAwaited = transfer.target.node }
        leadership = nil
        ballot = nil
        standsByTransfer = false
        role = .follower
        leaderMember = newLeader
        if let newLeader { promiseVote(to: newLeader, at: now) }
        drawElectionTimeout()
        // Only a leader's word, never a candidate's, puts an election off.
        if led || newLeader != nil { electionDeadline = now + electionTimeout }
        if isNews {
            directives.append(
                .observe(.becameFollower(of: newLeader?.node, term: term, because: reason)))
        }
        if let newLeader { transferDidEnd(under: newLeader.node, into: &directives) }
    }

    private mutating func promiseVote(to leader: RaftMember, at now: Instant) {
        promise = (leader, now + settings.electionTimeoutMinimum)
    }

    /// Notes a word of the leader of this term; false if that can not be the leader.
    mutating func hearLeader(
        _ sender: RaftMember, at now: Instant, into directives: inout [RaftDirective]
    ) -> Bool {
        if role != .follower || leaderMember == nil {
            guard role != .leader else {
                directives.append(.observe(.nonsense(from: sender.node)))
                return false
            }
            follow(sender, because: .heardLeader, at: now, into: &directives)
        }
        guard leaderMember == sender else {
            directives.append(.observe(.nonsense(from: sender.node)))
            return false
        }
        promiseVote(to: sender, at: now)
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
        transferDidEnd(under: nil, into: &directives)
        // Grants of an earlier attempt in this term still hold, unless they are old.
        if role != .preCandidate || ballotIsOld(at: now) {
            ballot = Ballot(began: now)
            noteOwnVote()
        }
        ballot?.forgetRefusals()
        if role != .preCandidate {
            role = .preCandidate
            directives.append(.observe(.becamePreCandidate(term: term)))
        }
        leaderMember = nil
        standsByTransfer = false
        drawElectionTimeout()
        electionDeadline = now + electionTimeout
        let request = RaftMessage.preVoteRequest(
            .init(term: term.next, lastIndex: log.lastIndex, lastTerm: log.lastTerm))
        sendToVoters(request, into: &directives)
        standIfWanted(at: now, into: &directives)
    }

    private func ballotIsOld(at now: Instant) -> Bool {
        guard let ballot else { return true }
        return now - ballot.began > settings.electionTimeoutMaximum
    }

    private mutating func standIfWanted(
        at now: Instant, into directives: inout [RaftDirective]
    ) {
        guard let ballot, electorate.hasQuorum(ballot.granted) else { return }
        stand(at: now, into: &directives)
    }

    mutating func stand(at now: Instant, into directives: inout [RaftDirective]) {
        hardState = HardState(term: term.next, vote: identity.node)
        voteReplica = identity.replica
        role = .candidate
        leaderMember = nil
        leaderRound = 0
        ballot = Ballot(began: now)
        drawElectionTimeout()
        electionDeadline = now + electionTimeout
        directives.append(.observe(.becameCandidate(term: term)))
        holdCandidacy()
        #if PLANTED_FAULTS
            if plantedFault == .candidateAsksBeforePersist { askForVotes(into: &directives) }
        #endif
    }

    /// Who is no voter any more stands without a vote of its own.
    private mutating func noteOwnVote() {
        guard let position = electorate.ownPosition else { return }
        ballot?.note(isGranted: true, by: position)
    }

    private mutating func askForVotes(into directives: inout [RaftDirective]) {
        let request = RaftMessage.voteRequest(
            .init(
                term: term, lastIndex: log.lastIndex, lastTerm: log.lastTerm,
                isTransfer: standsByTransfer))
        sendToVoters(request, into: &directives)
    }

    mutating func sendToVoters(_ message: RaftMessage, into directives: inout [RaftDirective]) {
        for position in electorate.members.indices
        where position != electorate.ownPosition && electorate.isVoter(position) {
            directives.append(.send(message, to: electorate.members[position]))
        }
    }

    /// The own vote, and with it the whole log that the requests tell of, is durable. Only now may
    /// others vote for it: an advertised tail that could still be lost might elect a shorter log.
    mutating func candidacyDidPersist(at now: Instant, into directives: inout [RaftDirective]) {
        askForVotes(into: &directives)
        noteOwnVote()
        leadIfElected(at: now, into: &directives)
    }

    // MARK: Answering

    mutating func receivePreVoteRequest(
        _ request: RaftMessage.VoteRequest, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        let isFree = request.term > term || request.term == term && mayVote(for: sender)
        let isGranted =
            isFree && isUpToDate(request) && !isVotePromised(for: request, of: sender, at: now)
        let response = RaftMessage.VoteResponse(
            term: isGranted ? request.term : term, isGranted: isGranted)
        // Nothing changed, so nothing need be durable.
        directives.append(.send(.preVoteResponse(response), to: sender))
        tellRemoved(sender, into: &directives)
    }

    mutating func receiveVoteRequest(
        _ request: RaftMessage.VoteRequest, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        // Its term was not adopted: the promise to another leader stands.
        guard request.term <= term else { return }
        let isGranted =
            request.term == term && mayVote(for: sender) && isUpToDate(request)
            && !isVotePromised(for: request, of: sender, at: now)
        if isGranted {
            hardState = HardState(term: term, vote: sender.node)
            voteReplica = sender.replica
        }
        let response = RaftMessage.VoteResponse(term: term, isGranted: isGranted)
        sendWhenDurable(.voteResponse(response), to: sender, into: &directives)
    }

    /// The timer is put off only by a vote that was given and is durable (RATIS-980).
    mutating func voteDidPersist(at now: Instant) {
        guard role == .follower, leaderMember == nil else { return }
        electionDeadline = now + electionTimeout
    }

    private func mayVote(for candidate: RaftMember) -> Bool {
        guard let vote = hardState.vote else { return leaderMember == nil }
        return vote == candidate.node && voteReplica == candidate.replica
    }

    /// The later last term wins, then the longer log (Raft §5.4.1).
    private func isUpToDate(_ request: RaftMessage.VoteRequest) -> Bool {
        (request.lastTerm, request.lastIndex) >= (log.lastTerm, log.lastIndex)
    }

    /// A leader lives that was heard lately, or may have been before this process started.
    private func isVotePromised(
        for request: RaftMessage.VoteRequest, of candidate: RaftMember, at now: Instant
    ) -> Bool {
        // The leader that counts on the promise has released it, or asks itself.
        if request.isTransfer { return false }
        #if PLANTED_FAULTS
            if plantedFault == .anyVotePassesThePromise { return false }
        #endif
        if now < votesRefusedUntil { return true }
        if role == .leader {
            return isQuorumHeard(within: settings.electionTimeoutMinimum, at: now)
        }
        guard let promise, promise.leader != candidate else { return false }
        return now < promise.until
    }

    // MARK: Counting

    mutating func receivePreVoteResponse(
        _ response: RaftMessage.VoteResponse, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        #if PLANTED_FAULTS
            if plantedFault == .preVoteCountedAsVote, role == .candidate {
                return receiveVoteResponse(response, from: sender, at: now, into: &directives)
            }
        #endif
        guard role == .preCandidate, let position = electorate.position(of: sender) else { return }
        guard !response.isGranted || response.term == term.next else { return }
        ballot?.note(isGranted: response.isGranted, by: position)
        standIfWanted(at: now, into: &directives)
        if role == .preCandidate {
            hastenIfHopeless(delay: settings.heartbeatInterval * 3, at: now)
        }
    }

    mutating func receiveVoteResponse(
        _ response: RaftMessage.VoteResponse, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard role == .candidate, response.term == term,
            let position = electorate.position(of: sender)
        else { return }
        ballot?.note(isGranted: response.isGranted, by: position)
        leadIfElected(at: now, into: &directives)
        guard role == .candidate, let ballot else { return }
        hastenIfHopeless(delay: settings.electionTimeoutMinimum, at: now)
        if electorate.isLost(refused: ballot.refused) {
            follow(nil, because: .electionLost, at: now, into: &directives)
        }
    }

    /// Once one more refusal, or one dead voter, would be too many, it asks again sooner than after
    /// a whole timeout: pre-vote makes that harmless, and a split vote is mended sooner.
    private mutating func hastenIfHopeless(delay: Duration, at now: Instant) {
        guard let ballot, electorate.isLost(refused: ballot.refused, margin: 1) else { return }
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
        guard let ballot, electorate.hasQuorum(ballot.granted) else { return }
        self.ballot = nil
        standsByTransfer = false
        role = .leader
        leaderMember = identity.member
        promise = nil
        directives.append(.observe(.becameLeader(term: term)))
        beginLeadership(at: now, into: &directives)
    }

    // MARK: Chance

    mutating func drawElectionTimeout() {
        electionTimeout = drawDuration(
            from: settings.electionTimeoutMinimum, to: settings.electionTimeoutMaximum)
        // Who has less priority waits longer by up to the whole spread, and so comes first only if
        // the others are silent.
        let spread = settings.electionTimeoutMaximum - settings.electionTimeoutMinimum
        electionTimeout += spread * Int(UInt8.max - priority) / Int(UInt8.max)
    }

    /// 255 asks first, 0 last, from the next time on that this node waits for its leader. Alone the
    /// lowest still wins.
    public mutating func setPriority(_ priority: UInt8) {
        self.priority = priority
        drawElectionTimeout()
    }

    mutating func drawDuration(from shortest: Duration, to longest: Duration) -> Duration {
        let spread = UInt64(longest.nanoseconds - shortest.nanoseconds)
        return .nanoseconds(shortest.nanoseconds + Int64(random.below(spread + 1)))
    }
}
