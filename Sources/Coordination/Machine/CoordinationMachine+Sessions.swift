internal import ReplicatedState
internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

extension CoordinationMachine {
    mutating func open(
        _ asked: CoordinationSessionID, timeoutMilliseconds: Int32, owner: CoordinationOwner,
        into effects: inout [CoordinationEffect]
    ) -> CoordinationReply {
        let id = asked == .none ? numberedSession : asked
        let requester = CoordinationRequester(session: id, owner: owner, xid: Xid(0))
        guard Self.isUsable(id) else {
            return answer(.refused(.badArguments), to: requester, into: &effects)
        }
        if let state = sessions[id] {
            // The same opening, sent again because its reply was lost.
            let isSame = state.owner == owner && state.closing == nil
            let outcome: CoordinationOutcome =
                isSame
                ? .sessionOpened(timeoutMilliseconds: state.timeoutMilliseconds)
                : .refused(.sessionMoved)
            return answer(outcome, to: requester, into: &effects)
        }
        let state = SessionState(
            timeoutMilliseconds: max(timeoutMilliseconds, 0), owner: owner, attachment: zxid,
            openedAt: applied.time)
        sessions[id] = state
        effects.append(.sessionOpened(state.described(as: id)))
        return answer(
            .sessionOpened(timeoutMilliseconds: state.timeoutMilliseconds), to: requester,
            into: &effects)
    }

    mutating func attach(
        _ id: CoordinationSessionID, timeoutMilliseconds: Int32, owner: CoordinationOwner,
        into effects: inout [CoordinationEffect]
    ) -> CoordinationOutcome {
        guard var state = sessions[id], state.closing == nil else {
            return .refused(.sessionExpired)
        }
        let before = state.owner
        state.timeoutMilliseconds = max(timeoutMilliseconds, 0)
        state.owner = owner
        state.attachment = zxid
        sessions[id] = state
        effects.append(.sessionMoved(state.described(as: id), from: before))
        return .sessionAttached(timeoutMilliseconds: state.timeoutMilliseconds)
    }

    mutating func close(
        _ requester: CoordinationRequester, into effects: inout [CoordinationEffect]
    ) -> CoordinationReply {
        guard let state = sessions[requester.session], state.closing == nil else {
            return answer(.refused(.sessionExpired), to: requester, into: &effects)
        }
        guard state.owner == requester.owner else {
            return answer(.refused(.sessionMoved), to: requester, into: &effects)
        }
        var budget = CoordinationBounds.ephemeralsDeletedPerEntryMaximum
        let isDone = end(
            requester.session, .closed, for: requester, budget: &budget, into: &effects)
        guard isDone else { return reply(.sessionClosing, to: requester) }
        return answer(.sessionClosed, to: requester, into: &effects)
    }

    /// How many sessions it ended.
    mutating func expire(
        _ expiring: [ExpiringSession], term: Term, into effects: inout [CoordinationEffect]
    ) -> Int {
        // A leader's judgement is worth nothing once a later one judges.
        guard term >= expiryTerm else { return 0 }
        expiryTerm = term
        var budget = CoordinationBounds.ephemeralsDeletedPerEntryMaximum
        var count = 0
        for entry in expiring.prefix(CoordinationBounds.sessionsExpiredPerEntryMaximum) {
            guard let state = sessions[entry.session], state.closing == nil,
                isSilent(state, since: entry.attachment)
            else { continue }
            _ = end(entry.session, .expired, for: nil, budget: &budget, into: &effects)
            count += 1
        }
        return count
    }

    private func isSilent(_ state: SessionState, since attachment: Zxid) -> Bool {
        #if PLANTED_FAULTS
            if plantedFault == .expiryOfAReattachedSession { return true }
        #endif
        return state.attachment == attachment
    }

    /// Goes on with what `end` left, sessions in the order of their ends.
    mutating func continueClosing(into effects: inout [CoordinationEffect]) {
        let whole = CoordinationBounds.ephemeralsDeletedPerEntryMaximum
        var budget = whole
        while let id = closing.first, let state = sessions[id], let rest = state.closing {
            let count = rest.remaining.count
            // What fits into one entry goes in one entry.
            if count > budget, count <= whole { return }
            guard deleteRemaining(of: id, budget: &budget, into: &effects) else { return }
            sessions[id] = nil
            closing.removeFirst()
            if let requester = rest.requester {
                effects.append(.replied(reply(.sessionClosed, to: requester)))
            }
        }
    }

    /// Ends a session and deletes its nodes, all or as many as one entry may. False if some are
    /// left.
    private mutating func end(
        _ id: CoordinationSessionID, _ end: CoordinationEnd,
        for requester: CoordinationRequester?, budget: inout Int,
        into effects: inout [CoordinationEffect]
    ) -> Bool {
        guard let state = sessions[id] else { return true }
        let owner = state.owner
        var slots = state.ephemerals.slots
        slots.sort { tree[$1].path < tree[$0].path }
        #if PLANTED_FAULTS
            if plantedFault == .ephemeralsOutliveTheirSession { slots = [] }
        #endif
        sessions.update(id) { state in
            state.ephemerals.removeAll()
            state.closing = SessionState.Closing(remaining: slots, requester: requester)
        }
        var isDone = false
        let fitsLater = slots.count <= CoordinationBounds.ephemeralsDeletedPerEntryMaximum
        if slots.count <= budget || !fitsLater {
            isDone = deleteRemaining(of: id, budget: &budget, into: &effects)
        }
        if isDone { sessions[id] = nil } else { closing.append(id) }
        effects.append(.sessionClosed(id, owner: owner, end))
        return isDone
    }

    /// False if some are left.
    private mutating func deleteRemaining(
        of id: CoordinationSessionID, budget: inout Int,
        into effects: inout [CoordinationEffect]
    ) -> Bool {
        while budget > 0 {
            let slot = sessions.update(id) { $0.closing?.remaining.popLast() } ?? nil
            guard let slot else { return true }
            remove(slot, by: zxid, into: &effects)
            budget -= 1
        }
        return sessions[id]?.closing?.remaining.isEmpty ?? true
    }

    /// An id that no other session can have, made of the number of this change.
    private var numberedSession: CoordinationSessionID {
        CoordinationSessionID(zxid.rawValue & 0x00FF_FFFF_FFFF_FFFF | 0x0100_0000_0000_0000)
    }

    /// ZooKeeper's marks of containers and of nodes with a time to live are no ids.
    private static func isUsable(_ id: CoordinationSessionID) -> Bool {
        id != .none && id.rawValue != .min && UInt64(bitPattern: id.rawValue) >> 56 != 0xFF
    }
}
