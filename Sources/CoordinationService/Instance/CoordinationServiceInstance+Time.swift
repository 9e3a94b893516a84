public import Coordination
import Toolbox
public import Vocabulary
public import ZooKeeperWire

// Time, leaders, and the sessions that fall silent.
extension CoordinationServiceInstance {
    /// Takes the moment of an event. A gap that the ticks should have filled means that this node
    /// did not run: what clients sent meanwhile may still lie unread, so nobody pays for it.
    mutating func advanceClock(
        to moment: Moment, into directives: inout [CoordinationServiceDirective]
    ) {
        let nanoseconds = moment.monotonic.nanoseconds - now.monotonic.nanoseconds
        now = Moment(
            monotonic: max(now.monotonic, moment.monotonic), wall: moment.wall)
        guard nanoseconds > pauseNanoseconds else { return }
        let gap = Duration.nanoseconds(nanoseconds)
        tracker.pause(gap)
        for slot in table.indices where table[slot].isLive {
            table[slot].heardAt = min(table[slot].heardAt + gap, now.monotonic)
        }
        directives.append(.observe(.pauseNoticed(milliseconds: nanoseconds / 1_000_000)))
    }

    /// `nextDeadline` has come.
    public mutating func timeDidAdvance(
        to moment: Moment, machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        barriers.timeDidAdvance(to: now.monotonic)
        guard now.monotonic >= nextTick else { return }
        nextTick = now.monotonic + settings.tick / 4
        tryWaitingHandshakes(into: &directives)
        watchConnections(into: &directives)
        passTouchesOn(into: &directives)
        loseThoseWithoutLeader(into: &directives)
        closingMark = nil
        continueClosing(machine, into: &directives)
        beginExpiry(into: &directives)
        reap(machine, into: &directives)
    }

    // MARK: Leaders

    /// Who leads the group, each time that what is known of it changes.
    public mutating func leaderChanged(
        to new: CoordinationLeadership, machine: CoordinationMachine, at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        guard new != leadership else { return }
        leadership = new
        expiry = nil
        closingMark = nil
        departed = []
        tracker = SessionTracker(tick: settings.tick)
        barriers.startAgain()
        guard hasLeader else {
            leaderlessSince = leaderlessSince ?? now.monotonic
            return
        }
        leaderlessSince = nil
        reign += 1
        if isReadOnlyMode {
            isReadOnlyMode = false
            directives.append(.observe(.readOnlyEnded))
        }
        // A new leader knows nothing of who was heard: everybody gets a whole time-out.
        if ownTerm != nil { trackAll(machine) }
        for slot in table.indices where table[slot].isLive {
            if table[slot].isReadOnly {
                // Its client finds a session that can write.
                drop(slot, into: &directives)
                continue
            }
            table[slot].isHeard = table[slot].isOpen
            answerHeldPing(slot)
            advance(slot, machine, into: &directives)
        }
        tryWaitingHandshakes(into: &directives)
        continueClosing(machine, into: &directives)
    }

    /// This node's copy has applied an entry of the present leader's own term: what an earlier one
    /// was sent and is unanswered now is lost with it, but for what may lie in a slow link. Its
    /// clients learn at once that nobody knows, and come back; `doubtPatience` is for leaders that
    /// are heard again in the same term.
    public mutating func leaderSettled(
        at moment: Moment, into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        for slot in table.indices where table[slot].isLive && hasUnansweredOfAnotherReign(slot) {
            drop(slot, into: &directives)
        }
    }

    private func hasUnansweredOfAnotherReign(_ slot: Int) -> Bool {
        guard table[slot].reign != reign else { return false }
        switch table[slot].stage {
        case .opening: return true
        case .open: return table[slot].queue.proposedCount > 0
        case .fresh, .asked, .waiting: return false
        }
    }

    mutating func trackAll(_ machine: CoordinationMachine) {
        #if PLANTED_FAULTS
            if plantedFault == .newLeaderGivesNoTimeout {
                let longAgo = Instant(nanoseconds: 0)
                for session in machine.allSessions { tracker.track(session, at: longAgo) }
                return
            }
        #endif
        for session in machine.allSessions { tracker.track(session, at: now.monotonic) }
    }

    /// Another node heard these sessions; for the leader.
    public mutating func touched(
        _ sessions: [CoordinationSessionID], at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        #if PLANTED_FAULTS
            if plantedFault == .touchesOfOtherNodesIgnored { return }
        #endif
        guard ownTerm != nil else { return }
        for session in sessions { tracker.touch(session, at: now.monotonic) }
    }

    /// Without a leader nothing can be promised: connections are closed, and those who are content
    /// with an old tree are served from now on.
    private mutating func loseThoseWithoutLeader(
        into directives: inout [CoordinationServiceDirective]
    ) {
        guard let since = leaderlessSince, !isReadOnlyMode,
            now.monotonic - since >= settings.leaderlessPatience
        else { return }
        for slot in table.indices where table[slot].isLive {
            switch table[slot].stage {
            case .opening, .open: drop(slot, into: &directives)
            case .waiting:
                if !settings.servesReadOnly { drop(slot, into: &directives) }
            case .fresh, .asked: break
            }
        }
        guard settings.servesReadOnly else { return }
        isReadOnlyMode = true
        directives.append(.observe(.readOnlyBegan))
        tryWaitingHandshakes(into: &directives)
    }

    // MARK: Connections

    /// Closes connections whose clients are gone, or whose writes will never be answered.
    private mutating func watchConnections(
        into directives: inout [CoordinationServiceDirective]
    ) {
        for slot in table.indices where table[slot].isLive {
            let silence = now.monotonic - table[slot].heardAt
            let isOver =
                switch table[slot].stage {
                case .fresh, .asked: silence > settings.handshakePatience
                case .waiting: false
                case .opening:
                    silence > settings.handshakePatience
                        || table[slot].reign != reign && hasLeader
                            && silence > settings.doubtPatience
                case .open:
                    silence > .milliseconds(Int64(table[slot].timeoutMilliseconds))
                        + settings.tick || isDoubtful(slot)
                }
            if isOver { drop(slot, into: &directives) }
        }
    }

    /// Whether a write went to an earlier leader and has not been heard of for too long.
    private func isDoubtful(_ slot: Int) -> Bool {
        guard hasLeader, table[slot].reign != reign,
            let first = table[slot].queue.first, case .proposed = first.work
        else { return false }
        return now.monotonic - first.arrivedAt > settings.doubtPatience
    }

    /// Tells the leader, if need be itself, whom this node has heard.
    private mutating func passTouchesOn(
        into directives: inout [CoordinationServiceDirective]
    ) {
        guard hasLeader else { return }
        var heard = departed
        departed = []
        for slot in table.indices
        where table[slot].isHeard && table[slot].isLive && !table[slot].isReadOnly {
            guard let session = provedSession(slot) else { continue }
            table[slot].isHeard = false
            heard.append(session)
        }
        switch leadership {
        case .unknown: break
        case .own: for session in heard { tracker.touch(session, at: now.monotonic) }
        case .other(let leader, _):
            if !heard.isEmpty { directives.append(.tellLeader(leader, heard)) }
        }
    }

    /// The session that a connection is of, or will be: its client has shown the password.
    func provedSession(_ slot: Int) -> CoordinationSessionID? {
        switch table[slot].stage {
        case .open: table[slot].session
        case .waiting(let request, _), .opening(let request):
            request.session == .none ? nil : request.session
        case .fresh, .asked: nil
        }
    }

    // MARK: Expiry

    /// Sessions are over; but first this node proves, by a barrier that it joins only now, that it
    /// still leads.
    private mutating func beginExpiry(into directives: inout [CoordinationServiceDirective]) {
        guard let term = ownTerm, expiry == nil else { return }
        let overdue = tracker.overdue(
            at: now.monotonic, maximum: CoordinationBounds.sessionsExpiredPerEntryMaximum)
        guard !overdue.isEmpty else { return }
        #if PLANTED_FAULTS
            if plantedFault == .sessionExpiredWithoutProof {
                return expire(overdue, term, into: &directives)
            }
        #endif
        expiry = PendingExpiry(barrier: barriers.join(), term: term, sessions: overdue)
    }

    /// The barrier is passed: who is still silent is expired.
    mutating func finishExpiry(into directives: inout [CoordinationServiceDirective]) {
        guard let pending = expiry, pending.barrier <= barriers.passed else { return }
        expiry = nil
        guard ownTerm == pending.term else { return }
        expire(pending.sessions, pending.term, into: &directives)
    }

    private mutating func expire(
        _ sessions: [CoordinationSessionID], _ term: Term,
        into directives: inout [CoordinationServiceDirective]
    ) {
        let silent = tracker.stillOverdue(sessions, at: now.monotonic)
        guard !silent.isEmpty else { return }
        directives.append(.observe(.sessionsExpiring(count: silent.count)))
        directives.append(
            .propose(Self.bytes(of: .expireSessions(silent, term: term)), .housekeeping(term)))
    }

    /// Deletes containers that are empty again and nodes whose time is over.
    private mutating func reap(
        _ machine: CoordinationMachine, into directives: inout [CoordinationServiceDirective]
    ) {
        guard let term = ownTerm, now.monotonic >= nextReaping else { return }
        nextReaping = now.monotonic + settings.tick
        let paths = machine.reapCandidates(
            at: now.wall, maximum: CoordinationBounds.pathsReapedPerEntryMaximum)
        guard !paths.isEmpty else { return }
        directives.append(.propose(Self.bytes(of: .reap(paths)), .housekeeping(term)))
    }
}
