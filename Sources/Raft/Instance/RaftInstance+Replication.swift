import Toolbox
import Vocabulary

// A leader and its followers' logs (Raft §5.3), pipelined, with a window for each follower.
extension RaftInstance {
    // MARK: Leading

    mutating func beginLeadership(at now: Instant, into directives: inout [RaftDirective]) {
        let noop = LogEntry(
            index: log.lastIndex.next, term: term, kind: .noop, payload: Bytes())
        let progress = FollowerProgress(next: noop.index, now: now)
        leadership = Leadership(
            followers: Array(repeating: progress, count: electorate.members.count),
            firstIndex: noop.index,
            heartbeatDeadline: nextHeartbeat(after: now))
        // Entries of earlier terms commit only behind one of this term (Raft §5.4.2).
        log.append(CollectionOfOne(noop))
        sendAppendsToAll(into: &directives)
    }

    mutating func sendAppendsToAll(into directives: inout [RaftDirective]) {
        for position in electorate.members.indices where position != electorate.ownPosition {
            sendAppends(to: position, into: &directives)
        }
    }

    private func nextHeartbeat(after now: Instant) -> Instant {
        let interval = settings.heartbeatInterval.nanoseconds
        let (quotient, remainder) = now.nanoseconds.quotientAndRemainder(dividingBy: interval)
        return Instant(nanoseconds: (remainder < 0 ? quotient : quotient + 1) * interval)
    }

    mutating func heartbeatIfDue(at now: Instant, into directives: inout [RaftDirective]) {
        guard let due = leadership?.heartbeatDeadline, now >= due else { return }
        // A node that slept through its beats has not listened either: it judges its followers at
        // the next beat, when it has read what they said meanwhile.
        let overslept = now - due >= settings.quorumTimeout / 2
        guard overslept || isQuorumHeard(within: settings.quorumTimeout, at: now) else {
            follow(nil, because: .quorumSilent, at: now, into: &directives)
            return
        }
        let next = nextHeartbeat(after: now)
        leadership?.heartbeatDeadline = next
        continueTransfer(at: now, into: &directives)
        guard mayLeadOnDisk(at: now, into: &directives) else { return }
        beginRound(at: now, into: &directives)
        continueMembership(at: now, into: &directives)
    }

    /// This node and enough others to make a quorum were heard after `now - duration`.
    ///
    /// While a joint phase is not committed, the outgoing voters are enough: so the leader lives to
    /// take the change back when the incoming ones are gone.
    public func isQuorumHeard(within duration: Duration, at now: Instant) -> Bool {
        let heard = heardMembers(within: duration, at: now)
        if electorate.outgoing != 0, !configurations.isCommitted {
            return Electorate.isMajority(heard, of: electorate.outgoing)
        }
        return electorate.hasQuorum(heard)
    }

    /// The bits of this node and of those that were heard after `now - duration`.
    func heardMembers(within duration: Duration, at now: Instant) -> UInt32 {
        guard let leadership else { return 0 }
        var heard: UInt32 = 0
        for position in electorate.members.indices {
            if position == electorate.ownPosition
                || now - leadership.followers[position].lastHeard < duration
            {
                heard |= Electorate.bit(position)
            }
        }
        return heard
    }

    // MARK: Sending

    /// Sends what the follower lacks, as far as its window allows.
    mutating func sendAppends(to position: Int, into directives: inout [RaftDirective]) {
        // The book is changed where it stands: a copy of it would copy its window at each append.
        while leadership?.followers[position].maySend(settings) == true,
            let next = leadership?.followers[position].next, next <= log.lastIndex
        {
            guard sendAppend(to: position, into: &directives) else { return }
        }
    }

    /// Sends the next append; false if only a snapshot can help.
    private mutating func sendAppend(
        to position: Int, into directives: inout [RaftDirective]
    ) -> Bool {
        guard let next = leadership?.followers[position].next else { return false }
        let entries = entriesToSend(from: next)
        guard send(entries, from: next, to: position, into: &directives) else { return false }
        leadership?.followers[position].didSend(
            through: entries.last?.index ?? next.previous,
            bytes: entries.reduce(0) { $0 + $1.payload.count }, commit: commitIndex)
        return true
    }

    private mutating func send(
        _ entries: [LogEntry], from next: LogIndex, to position: Int,
        into directives: inout [RaftDirective]
    ) -> Bool {
        guard let round = leadership?.round, let previousTerm = log.term(at: next.previous) else {
            leadership?.followers[position].becomeSnapshot()
            directives.append(.sendSnapshot(to: electorate.members[position]))
            return false
        }
        let request = RaftMessage.AppendRequest(
            term: term, previous: SnapshotPosition(index: next.previous, term: previousTerm),
            commit: commitIndex, round: round, entries: entries)
        directives.append(.send(.append(request), to: electorate.members[position]))
        return true
    }

    /// Followers that need the same get the same array.
    private mutating func entriesToSend(from first: LogIndex) -> [LogEntry] {
        guard first > log.base.index else { return [] }
        if let recent = recentEntries, recent.first == first { return recent.entries }
        let entries = log.entries(
            from: first, through: log.lastIndex, countMaximum: settings.appendEntriesMaximum,
            bytesMaximum: settings.appendBytesMaximum)
        recentEntries = (first, entries)
        return entries
    }

    // MARK: Answers

    mutating func receiveAppendResponse(
        _ response: RaftMessage.AppendResponse, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard let position = noteAnswer(response.term, round: response.round, from: sender, at: now)
        else { return }
        switch response.outcome {
        case .matched(let index):
            guard index <= log.lastIndex else {
                directives.append(.observe(.nonsense(from: sender.node)))
                return
            }
            let firstIndex = log.firstIndex
            if leadership?.followers[position].didMatch(index, firstIndex: firstIndex) == true {
                advanceCommit()
                leadership?.hasCommitNews = true
                targetDidMatch(position, into: &directives)
            }
        case .rejected(let previous, let hint):
            // What the follower has of later terms than ours there can not match either.
            let agreement = log.lastPosition(upTo: hint.index, termAtMost: hint.term).index
            _ = leadership?.followers[position].didReject(
                previous: previous, agreement: agreement)
        }
        sendAppends(to: position, into: &directives)
        answerReads(at: now, into: &directives)
    }

    mutating func receiveHeartbeatResponse(
        _ response: RaftMessage.HeartbeatResponse, from sender: RaftMember, at now: Instant,
        into directives: inout [RaftDirective]
    ) {
        guard let position = noteAnswer(response.term, round: response.round, from: sender, at: now)
        else { return }
        if leadership?.followers[position].didAnswerHeartbeat(last: log.lastIndex) == true,
            let next = leadership?.followers[position].next
        {
            // Asks, past a full window, whether the follower has what it was sent; if what it was
            // sent is cut from the log by now, a snapshot goes.
            _ = send([], from: next, to: position, into: &directives)
        }
        sendAppends(to: position, into: &directives)
        answerReads(at: now, into: &directives)
    }

    /// The sender's position if it answers this leader in this term.
    private mutating func noteAnswer(
        _ answerTerm: Term, round: UInt64, from sender: RaftMember, at now: Instant
    ) -> Int? {
        guard role == .leader, answerTerm == term, let newest = leadership?.round,
            let position = electorate.position(of: sender), round <= newest
        else { return nil }
        leadership?.followers[position].lastHeard = now
        leadership?.followers[position].hasAnswered = true
        if let known = leadership?.followers[position].round, known < round {
            leadership?.followers[position].round = round
            if leadership?.unreleased.isEmpty == false {
                leadership?.unreleased.removeAll { $0.member == sender && $0.round < round }
            }
        }
        return position
    }

    // MARK: Committing

    /// Commits what a quorum has durable. This node's own disk is one voter among the others, so
    /// that entries may commit before it has them (thesis §10.2.1).
    mutating func advanceCommit() {
        guard let leadership else { return }
        let own = electorate.ownPosition
        let durable = log.durableIndex.rawValue
        let reached = LogIndex(
            electorate.reached {
                $0 == own ? durable : leadership.followers[$0].match.rawValue
            })
        guard reached > commitIndex, mayCommitByCounting(reached, in: leadership) else { return }
        let counted = max(commitIndex, leadership.firstIndex).next
        self.leadership?.uncommittedBytes -= log.payloadBytes(from: counted, through: reached)
        commitIndex = reached
        self.leadership?.hasCommitNews = true
    }

    /// Entries of earlier terms are never committed by counting (Raft §5.4.2, Figure 8).
    private func mayCommitByCounting(_ index: LogIndex, in leadership: Leadership) -> Bool {
        #if PLANTED_FAULTS
            if plantedFault == .oldTermCommittedByCounting { return true }
        #endif
        return index >= leadership.firstIndex
    }

    /// Followers learn of a greater commit index, and that it holds for what they acknowledged: by
    /// the next append or heartbeat, or if none goes soon, by a heartbeat that asks for no answer.
    ///
    /// Nobody waits for it: who proposed or reads is answered by the leader.
    mutating func tellCommit(at now: Instant, into directives: inout [RaftDirective]) {
        let isAwaited = leadership?.commitNoticeDeadline != nil
        guard isAwaited || leadership?.hasCommitNews == true else { return }
        leadership?.hasCommitNews = false
        let deadline = leadership?.commitNoticeDeadline ?? now + settings.commitNoticeDelay
        var isTold = true
        for position in electorate.members.indices where position != electorate.ownPosition {
            guard let match = leadership?.followers[position].match,
                let told = leadership?.followers[position].commitTold
            else { return }
            let commit = min(commitIndex, match)
            guard commit > told else { continue }
            guard deadline <= now else {
                isTold = false
                break
            }
            leadership?.followers[position].didTell(commit: commit)
            let heartbeat = RaftMessage.Heartbeat(term: term, commit: commit, round: 0)
            directives.append(.send(.heartbeat(heartbeat), to: electorate.members[position]))
        }
        leadership?.commitNoticeDeadline = isTold ? nil : deadline
    }

    /// Hands out what was committed, in batches of bounded size.
    mutating func applyCommitted(into directives: inout [RaftDirective]) {
        while appliedIndex < commitIndex {
            let entries = log.entries(
                from: appliedIndex.next, through: commitIndex,
                countMaximum: settings.applyEntriesMaximum,
                bytesMaximum: settings.applyBytesMaximum)
            appliedIndex = appliedIndex.advanced(by: entries.count)
            directives.append(.apply(entries))
        }
    }
}
