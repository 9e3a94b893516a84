public import Coordination
import Toolbox
public import Vocabulary
import ZooKeeperWire

// Requests that are answered from the tree here, and the barriers that make that right.
extension CoordinationServiceInstance {
    /// Everything through `index` was committed when the barrier was answered.
    public mutating func readReached(
        _ barrier: CoordinationBarrier, at index: LogIndex, machine: CoordinationMachine,
        at moment: Moment, into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        barriers.reach(barrier, at: index)
        passBarriers(machine, into: &directives)
    }

    /// Nobody answered; it is asked for again a little later.
    public mutating func readFailed(
        _ barrier: CoordinationBarrier, at moment: Moment,
        into directives: inout [CoordinationServiceDirective]
    ) {
        advanceClock(to: moment, into: &directives)
        barriers.fail(barrier, at: moment.monotonic)
    }

    /// Serves the reads whose barriers are passed.
    mutating func passBarriers(
        _ machine: CoordinationMachine, into directives: inout [CoordinationServiceDirective]
    ) {
        guard barriers.advance(through: appliedThrough) else { return }
        finishExpiry(into: &directives)
        let waiting = awaitingBarrier
        awaitingBarrier.removeAll(keepingCapacity: true)
        for slot in waiting where table[slot].isLive && table[slot].isAwaitingBarrier {
            table[slot].isAwaitingBarrier = false
            advance(slot, machine, into: &directives)
            resume(slot, machine, into: &directives)
        }
    }

    /// Answers a request whose turn has come.
    mutating func read(
        _ request: ZooKeeperRequest, _ xid: Xid, _ slot: Int, _ machine: CoordinationMachine
    ) {
        table[slot].counters.lastZxid = zxid
        let header = ReplyHeader(xid: xid, zxid: zxid)
        do throws(ZooKeeperError) {
            let body = try answer(to: request, slot, machine)
            reply(header, body, slot)
        } catch {
            reply(ReplyHeader(xid: xid, zxid: zxid, error: error), .nothing, slot)
        }
    }

    private mutating func answer(
        to request: ZooKeeperRequest, _ slot: Int, _ machine: CoordinationMachine
    ) throws(ZooKeeperError) -> ReplyBody {
        let identities = table[slot].identities
        switch request {
        case .getData(let read):
            let (data, stat) = try machine.data(at: read.path, for: identities)
            if read.setsWatch { watch(.data, at: read.path, slot) }
            return .data(data, stat)
        case .exists(let read): return .stat(try exists(read, identities, slot, machine))
        case .getChildren(let read):
            let (names, _) = try machine.children(at: read.path, for: identities)
            if read.setsWatch { watch(.child, at: read.path, slot) }
            return .children(names)
        case .getChildren2(let read):
            let (names, stat) = try machine.children(at: read.path, for: identities)
            if read.setsWatch { watch(.child, at: read.path, slot) }
            return .childrenWithStat(names, stat)
        case .getACL(let path):
            let (entries, stat) = try machine.access(at: path, for: identities)
            return .access(entries, stat)
        case .sync(let path): return .path(path)
        case .multiRead(let operations):
            return .results(machine.results(of: operations, for: identities))
        case .getEphemerals(let prefix):
            return .ephemerals(machine.ephemerals(of: table[slot].session, prefix: prefix))
        case .getAllChildrenNumber(let path):
            return .count(Int32(try machine.descendantsCount(at: path, for: identities)))
        case .whoAmI: return .identities(shownIdentities(slot))
        case .addWatch(let add):
            self.add(add, slot)
            return .watchAdded
        case .checkWatches(let selection): try check(selection, slot)
        case .removeWatches(let selection): try remove(selection, slot)
        case .setWatches(let set), .setWatches2(let set): setAgain(set, slot, machine)
        case .create, .delete, .setData, .setACL, .multi, .reconfig, .closeSession, .ping, .auth,
            .sasl:
            // Answered by the log, or where they arrive.
            throw .unimplemented
        }
        return .nothing
    }

    /// A watch is set whether or not there is a node.
    private mutating func exists(
        _ read: ReadRequest, _ identities: [AccessIdentity], _ slot: Int,
        _ machine: CoordinationMachine
    ) throws(ZooKeeperError) -> NodeStat {
        do throws(ZooKeeperError) {
            let stat = try machine.stat(at: read.path, for: identities)
            if read.setsWatch { watch(.data, at: read.path, slot) }
            return stat
        } catch {
            if read.setsWatch, error == .noNode { watch(.data, at: read.path, slot) }
            throw error
        }
    }

    /// Users of `digest` without the hash of their password.
    private func shownIdentities(_ slot: Int) -> [AccessIdentity] {
        table[slot].identities.map { identity in
            guard identity.scheme == "digest" else { return identity }
            let id = identity.id.array
            let colon = id.firstIndex(of: UInt8(ascii: ":")) ?? id.count
            return AccessIdentity(scheme: identity.scheme, id: Bytes(Array(id[..<colon])))
        }
    }
}
