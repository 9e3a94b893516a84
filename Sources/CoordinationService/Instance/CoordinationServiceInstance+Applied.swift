public import Coordination
import Toolbox
public import Vocabulary
import ZooKeeperWire

// What the log says: the one place where watches, replies and reads meet, in this order.
extension CoordinationServiceInstance {
    /// This node's copy applied entries.
    ///
    /// For each entry its watch events go first, then its reply; reads that waited for it come
    /// behind all of them, for they see the state behind the last.
    ///
    /// - Parameters:
    ///   - effects: of all entries since the last call, in order.
    ///   - index: the last entry, whether or not it was a command.
    ///   - machine: the copy, with exactly these entries applied.
    public mutating func applied(
        _ effects: [CoordinationEffect], through index: LogIndex, machine: CoordinationMachine,
        at moment: Moment, into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        appliedThrough = max(appliedThrough, index)
        #if PLANTED_FAULTS
            if plantedFault == .watchAfterReply {
                for effect in effects where !effect.isChange {
                    follow(effect, machine, into: &directives)
                }
                for effect in effects where effect.isChange {
                    follow(effect, machine, into: &directives)
                }
            } else {
                for effect in effects { follow(effect, machine, into: &directives) }
            }
        #else
            for effect in effects { follow(effect, machine, into: &directives) }
        #endif
        tryWaitingHandshakes(into: &directives)
        advanceReady(machine, into: &directives)
        passBarriers(machine, into: &directives)
        continueClosing(machine, into: &directives)
    }

    /// This node's copy was replaced by a snapshot: what changed meanwhile was not told, so every
    /// client connects again and says what it watches.
    public mutating func restored(
        through index: LogIndex, machine: CoordinationMachine, at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        appliedThrough = max(appliedThrough, index)
        for slot in table.indices where table[slot].isLive {
            switch table[slot].stage {
            case .opening, .open: drop(slot, into: &directives)
            case .fresh, .asked, .waiting: break
            }
        }
        if ownTerm != nil {
            tracker = SessionTracker(tick: settings.tick)
            trackAll(machine)
        }
        tryWaitingHandshakes(into: &directives)
        passBarriers(machine, into: &directives)
    }

    private mutating func follow(
        _ effect: CoordinationEffect, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        switch effect {
        case .changed(let change):
            if !watches.isEmpty { fire(change) }
        case .replied(let reply): receive(reply, machine, into: &directives)
        case .sessionOpened(let session):
            if ownTerm != nil { tracker.track(session, at: now.monotonic) }
        case .sessionMoved(let session, let old):
            if ownTerm != nil { tracker.track(session, at: now.monotonic) }
            if old != session.owner { dropOwner(old, into: &directives) }
        case .sessionClosed(let id, let owner, let end):
            tracker.forget(id)
            switch end {
            // Its connection waits for the reply.
            case .closed: break
            case .expired: dropOwner(owner, into: &directives)
            }
        }
    }

    /// Closes the connection of a session that is another's now, or nobody's.
    private mutating func dropOwner(
        _ owner: CoordinationOwner, into directives: inout [CoordinationServiceDirective]
    ) {
        guard owner.node == node, owner.incarnation == incarnation,
            let slot = table.slot(of: owner.connection)
        else { return }
        drop(slot, into: &directives)
    }

    /// Goes on with the connections whose requests were answered.
    mutating func advanceReady(
        _ machine: CoordinationMachine, into directives: inout [CoordinationServiceDirective]
    ) {
        var place = 0
        while place < ready.count {
            let slot = ready[place]
            place += 1
            guard table[slot].isLive else { continue }
            if !table[slot].queue.isAllProposed { advance(slot, machine, into: &directives) }
            if table[slot].isPaused { resume(slot, machine, into: &directives) }
        }
        ready.removeAll(keepingCapacity: true)
    }

    /// A session left more nodes than one entry may delete: the leader asks for the next part.
    mutating func continueClosing(
        _ machine: CoordinationMachine, into directives: inout [CoordinationServiceDirective]
    ) {
        guard let term = ownTerm, machine.closingSessionsCount > 0 else {
            closingMark = nil
            return
        }
        let left = machine.counts.ephemerals
        guard closingMark != left else { return }
        closingMark = left
        directives.append(.propose(Self.bytes(of: .continueClosing), .housekeeping(term)))
    }
}

#if PLANTED_FAULTS
    extension CoordinationEffect {
        fileprivate var isChange: Bool {
            if case .changed = self { true } else { false }
        }
    }
#endif
