public import Coordination
import Toolbox
public import Vocabulary
public import ZooKeeperWire

// Requests that go to the log, and what comes back.
extension CoordinationServiceInstance {
    /// Whether a command may leave now. While commands are under way to an earlier leader, none
    /// goes to the next: it could be applied where an earlier one of the same client is lost.
    func mayPropose(_ slot: Int) -> Bool {
        guard hasLeader, table[slot].isOpen, !table[slot].isReadOnly else { return false }
        return table[slot].queue.proposedCount == 0 || table[slot].reign == reign
    }

    func requester(_ slot: Int, sequence: Int32) -> CoordinationRequester {
        CoordinationRequester(
            session: table[slot].session, owner: owner(of: slot), xid: Xid(sequence))
    }

    mutating func propose(
        _ operation: CoordinationOperation, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) -> Int32 {
        let sequence = table[slot].nextSequence()
        let write = CoordinationWrite(
            operation, by: requester(slot, sequence: sequence), as: table[slot].identities)
        propose(.write(write), slot, reserving: Self.room(for: operation), into: &directives)
        return sequence
    }

    /// Bytes that a write takes in the log, or a little more: so that it is not moved as it grows.
    private static func room(for operation: CoordinationOperation) -> Int {
        let envelope = 192
        switch operation {
        case .one(.create(let create)):
            return envelope + create.path.bytes.count + (create.data?.count ?? 0)
        case .one(.setData(let set)):
            return envelope + set.path.bytes.count + (set.data?.count ?? 0)
        case .one(.delete), .one(.check), .setACL: return envelope + 64
        case .multi(let operations): return envelope + 128 * operations.count
        }
    }

    mutating func propose(
        _ command: CoordinationCommand, _ slot: Int, reserving bytes: Int = 256,
        into directives: inout [CoordinationServiceDirective]
    ) {
        table[slot].reign = reign
        directives.append(
            .propose(
                Self.bytes(of: command, reserving: bytes), .connection(table[slot].id)))
    }

    static func bytes(of command: CoordinationCommand, reserving bytes: Int = 256) -> Bytes {
        var writer = ByteWriter(reserving: bytes)
        command.encode(into: &writer)
        return writer.take()
    }

    /// False if it must wait.
    mutating func proposeClosing(
        _ slot: Int, into directives: inout [CoordinationServiceDirective]
    ) -> Bool {
        if table[slot].isReadOnly {
            guard let request = table[slot].queue.popFirst() else { return false }
            counters.outstanding -= 1
            answer(.sessionClosed, zxid: zxid, request, slot, into: &directives)
            return true
        }
        guard mayPropose(slot) else { return false }
        let sequence = table[slot].nextSequence()
        propose(.closeSession(requester(slot, sequence: sequence)), slot, into: &directives)
        table[slot].queue.nextIsProposed(as: sequence)
        return true
    }

    mutating func reconfigure(
        _ request: ReconfigRequest, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        let sequence = table[slot].nextSequence()
        table[slot].reign = reign
        table[slot].queue.nextIsProposed(as: sequence)
        directives.append(
            .reconfigure(
                CoordinationReconfiguration(
                    connection: table[slot].id, requester: requester(slot, sequence: sequence),
                    identities: table[slot].identities, request: request)))
    }

    /// The voters stay as they are.
    public mutating func reconfigurationRefused(
        _ reconfiguration: CoordinationReconfiguration, _ error: ZooKeeperError,
        machine: CoordinationMachine, into directives: inout [CoordinationServiceDirective]
    ) {
        receive(
            CoordinationReply(
                zxid: zxid, requester: reconfiguration.requester, outcome: .refused(error)),
            machine, into: &directives)
        advanceReady(machine, into: &directives)
    }

    /// A command of a stream will not be applied, or nobody knows whether it will. ZooKeeper's
    /// clients expect to lose the connection then: they connect again, and whatever is still under
    /// way in the name of this connection is refused once they have.
    public mutating func commandFailed(
        _ stream: CoordinationStream, why: CommandFailure, at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        switch stream {
        case .housekeeping: break
        case .connection(let id):
            if let slot = table.slot(of: id) { drop(slot, into: &directives) }
        }
    }

    // MARK: Replies

    /// What was applied, if it was asked for here.
    mutating func receive(
        _ reply: CoordinationReply, _ machine: CoordinationMachine,
        into directives: inout [CoordinationServiceDirective]
    ) {
        guard let requester = reply.requester, requester.owner.node == node,
            requester.owner.incarnation == incarnation,
            let slot = table.slot(of: requester.owner.connection)
        else { return }
        if !table[slot].isOpen, case .opening(let request) = table[slot].stage {
            return opened(reply, answering: request, slot, into: &directives)
        }
        guard let first = table[slot].queue.first, case .proposed(let sequence) = first.work,
            requester.session == table[slot].session
        else { return }
        guard Xid(sequence) == requester.xid else {
            // An earlier number is a repetition; a later one means that a command is lost.
            if requester.xid.rawValue &- sequence > 0 { drop(slot, into: &directives) }
            return
        }
        if case .sessionClosing = reply.outcome { return }
        guard let request = table[slot].queue.popFirst() else { return }
        counters.outstanding -= 1
        note(request, slot)
        if request.operation == .reconfig, case .dataSet(let stat) = reply.outcome {
            return answerReconfiguration(stat, zxid: reply.zxid, request, slot, machine)
        }
        answer(reply.outcome, zxid: reply.zxid, request, slot, into: &directives)
    }

    private mutating func answer(
        _ outcome: CoordinationOutcome, zxid: Zxid, _ request: PendingRequest, _ slot: Int,
        into directives: inout [CoordinationServiceDirective]
    ) {
        var header = ReplyHeader(xid: request.xid, zxid: zxid)
        table[slot].counters.lastZxid = zxid
        switch outcome {
        case .created(let path): reply(header, .path(path), slot)
        case .createdWithStat(let path, let stat): reply(header, .created(path, stat), slot)
        case .deleted: reply(header, .nothing, slot)
        case .dataSet(let stat), .accessSet(let stat): reply(header, .stat(stat), slot)
        case .multi(let results): reply(header, .results(results), slot)
        case .sessionClosed:
            reply(header, .nothing, slot)
            drop(slot, into: &directives)
        case .refused(.sessionMoved): drop(slot, into: &directives)
        case .refused(let error):
            header.error = error
            reply(header, .nothing, slot)
            if error == .sessionExpired { drop(slot, into: &directives) }
        case .sessionOpened, .sessionAttached, .sessionClosing, .sessionsExpired,
            .closingContinued, .reaped:
            // Nothing of these was asked for by a request.
            drop(slot, into: &directives)
        }
        ready.append(slot)
    }

    @inline(__always)
    mutating func reply(_ header: ReplyHeader, _ body: ReplyBody, _ slot: Int) {
        write(slot) { $0.write(reply: header, body) }
    }

    private mutating func answerReconfiguration(
        _ stat: NodeStat, zxid: Zxid, _ request: PendingRequest, _ slot: Int,
        _ machine: CoordinationMachine
    ) {
        let header = ReplyHeader(xid: request.xid, zxid: zxid)
        do throws(ZooKeeperError) {
            let found = try machine.data(
                at: "/zookeeper/config", for: [AccessIdentity(scheme: "super", id: Bytes())])
            reply(header, .data(found.data, stat), slot)
        } catch {
            reply(ReplyHeader(xid: request.xid, zxid: zxid, error: error), .nothing, slot)
        }
        ready.append(slot)
    }
}
