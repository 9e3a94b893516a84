import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

// A connection's requests, one behind the other: replies leave in the order in which they came.
extension CoordinationServiceInstance {
    mutating func accept(
        _ frame: Bytes, _ slot: Int, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        counters.received += 1
        table[slot].counters.received += 1
        do throws(RequestFailure) {
            let decoded = try RequestFrame.decode(frame)
            table[slot].counters.lastXid = decoded.xid
            table[slot].counters.lastOperation = decoded.request.operation
            if case .ping = decoded.request { return ping(slot) }
            enqueue(decoded, slot, into: &directives)
        } catch {
            guard let xid = error.xid else { return drop(slot, into: &directives) }
            append(
                .refusal(error.error, closes: error.closes), xid: xid, for: .ping, slot)
        }
        advance(slot, machine, into: &directives)
    }

    /// Answered at once, past everything that waits: clients take it as a sign of life, which it
    /// must not be while no leader is heard.
    private mutating func ping(_ slot: Int) {
        let answers = table[slot].isOpen && (hasLeader || table[slot].isReadOnly)
        guard answers else {
            table[slot].isPingHeld = true
            return
        }
        let zxid = zxid
        write(slot) { $0.write(reply: ReplyHeader(xid: .ping, zxid: zxid)) }
    }

    /// Answers a ping that waited for a leader.
    mutating func answerHeldPing(_ slot: Int) {
        guard table[slot].isPingHeld, table[slot].isOpen else { return }
        table[slot].isPingHeld = false
        ping(slot)
    }

    private mutating func enqueue(
        _ frame: RequestFrame, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        let operation = frame.request.operation
        if table[slot].isReadOnly, operation.isWrite || operation == .sync {
            // A session of the whole cluster cannot be closed without it.
            guard operation == .closeSession, Self.isLocal(table[slot].session) else {
                return append(
                    .refusal(.notReadOnly, closes: false), xid: frame.xid, for: operation, slot)
            }
        }
        let work = work(for: frame.request, slot)
        // The shortest way: nothing waits in front, so it goes straight to the log.
        if case .write(let write) = work, table[slot].queue.isAllProposed, mayPropose(slot) {
            let sequence = propose(write, slot, into: &directives)
            return append(.proposed(sequence: sequence), xid: frame.xid, for: operation, slot)
        }
        append(work, xid: frame.xid, for: operation, slot)
    }

    private mutating func append(
        _ work: PendingRequest.Work, xid: Xid, for operation: OperationCode, _ slot: Int
    ) {
        counters.outstanding += 1
        table[slot].queue.append(
            PendingRequest(
                xid: xid, operation: operation, arrivedAt: now.monotonic, work: work))
    }

    private mutating func work(
        for request: ZooKeeperRequest, _ slot: Int
    ) -> PendingRequest.Work {
        switch request {
        case .create(let create): return .write(.one(.create(create)))
        case .delete(let delete): return .write(.one(.delete(delete)))
        case .setData(let set): return .write(.one(.setData(set)))
        case .setACL(let set): return .write(.setACL(set))
        case .multi(let operations): return .write(.multi(operations))
        case .closeSession: return .closeSession
        case .reconfig(let request): return .reconfigure(request)
        case .exists, .getData, .getACL, .getChildren, .getChildren2, .getEphemerals,
            .getAllChildrenNumber, .multiRead:
            let isLocal = table[slot].readsLocally || table[slot].isReadOnly
            return .read(request, barrier: isLocal ? .none : barriers.join())
        case .sync: return .read(request, barrier: barriers.join())
        case .ping, .checkWatches, .removeWatches, .auth, .setWatches, .setWatches2, .addWatch,
            .sasl, .whoAmI:
            return .read(request, barrier: .none)
        }
    }

    /// Answers and proposes what can be, from the front.
    mutating func advance(
        _ slot: Int, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        let id = table[slot].id
        while table[slot].isLive, table[slot].id == id, table[slot].isOpen,
            let next = table[slot].queue.next
        {
            switch next.work {
            case .write(let operation):
                guard mayPropose(slot) else { return }
                let sequence = propose(operation, slot, into: &directives)
                table[slot].queue.nextIsProposed(as: sequence)
            case .closeSession:
                guard proposeClosing(slot, into: &directives) else { return }
            case .reconfigure(let request):
                guard mayPropose(slot) else { return }
                reconfigure(request, slot, into: &directives)
            case .proposed: return
            case .read, .refusal:
                guard mayServe(next, slot) else { return }
                finish(next, slot)
                serve(next, slot, machine, into: &directives)
            }
        }
    }

    /// Whether a read's turn has come: every earlier request is answered, and its barrier passed.
    private mutating func mayServe(_ request: PendingRequest, _ slot: Int) -> Bool {
        #if PLANTED_FAULTS
            let isEager = plantedFault == .readBeforeEarlierWrite
        #else
            let isEager = false
        #endif
        guard table[slot].queue.proposedCount == 0 || isEager else { return false }
        guard !table[slot].isChoked else { return false }
        guard case .read(_, let barrier) = request.work, barrier > barriers.passed else {
            return true
        }
        if !table[slot].isAwaitingBarrier {
            table[slot].isAwaitingBarrier = true
            awaitingBarrier.append(slot)
        }
        return false
    }

    /// Takes the request out that is answered now.
    private mutating func finish(_ request: PendingRequest, _ slot: Int) {
        #if PLANTED_FAULTS
            if plantedFault == .readBeforeEarlierWrite {
                table[slot].queue.removeNext()
                counters.outstanding -= 1
                return
            }
        #endif
        _ = table[slot].queue.popFirst()
        counters.outstanding -= 1
        note(request, slot)
    }

    /// Counts an answer.
    mutating func note(_ request: PendingRequest, _ slot: Int) {
        let nanoseconds = max(now.monotonic.nanoseconds - request.arrivedAt.nanoseconds, 0)
        table[slot].counters.latency.add(nanoseconds: nanoseconds)
        counters.latency.add(nanoseconds: nanoseconds)
    }

    private mutating func serve(
        _ request: PendingRequest, _ slot: Int, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        switch request.work {
        case .read(let read, _):
            switch read {
            case .auth(let proof): authenticate(proof, slot, into: &directives)
            case .sasl(let token): exchange(token, request.xid, slot, into: &directives)
            default: self.read(read, request.xid, slot, machine)
            }
        case .refusal(let error, let closes):
            let header = ReplyHeader(xid: request.xid, zxid: zxid, error: error)
            write(slot) { $0.write(reply: header) }
            if closes { drop(slot, into: &directives) }
        case .write, .closeSession, .reconfigure, .proposed: break
        }
    }
}
