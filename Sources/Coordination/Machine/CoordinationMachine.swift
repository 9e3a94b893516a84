public import ReplicatedState
public import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// The rule book of the coordination group: a tree of nodes as ZooKeeper has it, and the sessions
/// that some of them live with. The number of a change is its index in the log.
public struct CoordinationMachine: ReplicatedMachine {
    public typealias Effect = CoordinationEffect
    public typealias Reply = CoordinationReply

    public let group: ReplicaGroupID
    var tree: ZnodeTree
    var sessions = SessionTable()
    /// Sessions with nodes left to delete, in the order of their ends.
    var closing: [CoordinationSessionID] = []
    /// The latest term that expired sessions.
    var expiryTerm = Term.zero
    /// What a multi has changed so far, to be undone backwards; nil outside of one.
    var journal: [TreeUndo]?
    /// Of the last command; neither part ever goes back.
    public internal(set) var applied: AppliedPosition
    #if PLANTED_FAULTS
        /// Set again after a restore: a snapshot does not carry it.
        public var plantedFault: PlantedCoordinationFault?
    #endif

    public init(group: ReplicaGroupID, limits: MachineLimits) {
        self.init(group: group, tree: ZnodeTree())
    }

    init(group: ReplicaGroupID, tree: ZnodeTree) {
        self.group = group
        self.tree = tree
        applied = AppliedPosition(index: .zero, time: WallTime(milliseconds: 0))
    }

    public func needs(_ command: Bytes) -> [MachineKey] { [] }

    public mutating func apply(
        _ command: Bytes, at position: AppliedPosition, into effects: inout [CoordinationEffect]
    ) -> CoordinationReply {
        applied = AppliedPosition(
            index: max(applied.index, position.index), time: max(applied.time, position.time))
        let decoded: CoordinationCommand
        do throws(DecodeFailure) {
            decoded = try CoordinationCommand(decoding: command)
        } catch {
            return reply(.refused(.marshallingError), to: nil)
        }
        return carryOut(decoded, into: &effects)
    }

    /// How much there is: `CoordinationCounts`, whatever is asked. All else is read where the
    /// replica is, see `data(at:for:)` and its neighbours.
    public func answer(_ query: Bytes) -> Bytes { counts.encoded() }

    public var snapshot: any MachineSnapshot { held }

    public var digest: UInt64 { XXH64.hash(held.encode()) }

    private var held: CoordinationSnapshot {
        CoordinationSnapshot(
            applied: applied, expiryTerm: expiryTerm, nodes: tree.nodes, sessions: sessions,
            closing: closing)
    }

    /// The number of the last change.
    public var zxid: Zxid { Zxid(Int64(bitPattern: applied.index.rawValue)) }

    public var counts: CoordinationCounts {
        CoordinationCounts(
            through: applied.index, nodes: tree.count, ephemerals: tree.ephemeralsCount,
            sessions: sessions.count,
            contentBytes: tree.contentBytes)
    }

    // MARK: Commands

    private mutating func carryOut(
        _ command: CoordinationCommand, into effects: inout [CoordinationEffect]
    ) -> CoordinationReply {
        switch command {
        case .write(let write):
            let outcome = outcome(of: write, into: &effects)
            return answer(outcome, to: write.requester, into: &effects)
        case .openSession(let id, let timeout, let owner):
            return open(id, timeoutMilliseconds: timeout, owner: owner, into: &effects)
        case .attachSession(let id, let timeout, let owner):
            let outcome = attach(
                id, timeoutMilliseconds: timeout, owner: owner, into: &effects)
            return answer(
                outcome, to: CoordinationRequester(session: id, owner: owner, xid: Xid(0)),
                into: &effects)
        case .closeSession(let requester): return close(requester, into: &effects)
        case .expireSessions(let expiring, let term):
            let count = expire(expiring, term: term, into: &effects)
            return reply(.sessionsExpired(count: count), to: nil)
        case .continueClosing:
            continueClosing(into: &effects)
            return reply(.closingContinued, to: nil)
        case .reap(let paths):
            return reply(.reaped(count: reap(paths, into: &effects)), to: nil)
        case .publishConfiguration(let data, let requester):
            let outcome = publishConfiguration(data, into: &effects)
            guard let requester else { return reply(outcome, to: nil) }
            return answer(outcome, to: requester, into: &effects)
        }
    }

    func reply(
        _ outcome: CoordinationOutcome, to requester: CoordinationRequester?
    ) -> CoordinationReply {
        CoordinationReply(zxid: zxid, requester: requester, outcome: outcome)
    }

    /// The reply, given out as an effect as well.
    func answer(
        _ outcome: CoordinationOutcome, to requester: CoordinationRequester,
        into effects: inout [CoordinationEffect]
    ) -> CoordinationReply {
        let reply = reply(outcome, to: requester)
        effects.append(.replied(reply))
        return reply
    }
}
