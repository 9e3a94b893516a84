import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// A machine and the log in front of it.
struct Grove {
    var machine = CoordinationMachine(group: ReplicaGroupID(0), limits: MachineLimits())
    var index: UInt64 = 0
    var now: Int64 = 1_000
    /// Of the last command.
    var effects: [CoordinationEffect] = []

    static func owner(_ number: UInt64) -> CoordinationOwner {
        CoordinationOwner(
            node: NodeID(UInt16(number % 5 + 1)), incarnation: Incarnation(7),
            connection: ConnectionID(number))
    }

    init() {}

    /// With sessions 1... of the owners of the same numbers.
    init(sessions: Int64) {
        for session in 1...sessions { open(session) }
    }

    @discardableResult
    mutating func apply(_ command: CoordinationCommand) -> CoordinationReply {
        apply(bytes: command.encoded())
    }

    @discardableResult
    mutating func apply(bytes: Bytes) -> CoordinationReply {
        index += 1
        effects = []
        let position = AppliedPosition(
            index: LogIndex(index), time: WallTime(milliseconds: now))
        return machine.apply(bytes, at: position, into: &effects)
    }

    @discardableResult
    mutating func open(_ session: Int64) -> CoordinationOutcome {
        apply(
            .openSession(
                CoordinationSessionID(session), timeoutMilliseconds: 4_000,
                owner: Self.owner(UInt64(session)))
        ).outcome
    }

    @discardableResult
    mutating func close(_ session: Int64) -> CoordinationOutcome {
        apply(.closeSession(Self.requester(session))).outcome
    }

    static func requester(
        _ session: Int64, owner: UInt64? = nil, xid: Int32 = 5
    ) -> CoordinationRequester {
        CoordinationRequester(
            session: CoordinationSessionID(session),
            owner: Self.owner(owner ?? UInt64(session)), xid: Xid(xid))
    }

    @discardableResult
    mutating func write(
        _ operation: CoordinationOperation, session: Int64 = 1, owner: UInt64? = nil,
        as identities: [AccessIdentity] = []
    ) -> CoordinationOutcome {
        apply(
            .write(
                CoordinationWrite(
                    operation, by: Self.requester(session, owner: owner), as: identities))
        ).outcome
    }

    @discardableResult
    mutating func create(
        _ path: ZnodePath, _ data: Bytes? = "", mode: CreateMode = .persistent,
        access: [AccessEntry] = AccessEntry.openToAll, session: Int64 = 1,
        as identities: [AccessIdentity] = []
    ) -> CoordinationOutcome {
        write(
            .one(.create(CreateRequest(path: path, data: data, access: access, mode: mode))),
            session: session, as: identities)
    }

    @discardableResult
    mutating func delete(
        _ path: ZnodePath, version: Int32 = -1, as identities: [AccessIdentity] = []
    ) -> CoordinationOutcome {
        write(.one(.delete(DeleteRequest(path: path, version: version))), as: identities)
    }

    @discardableResult
    mutating func set(
        _ path: ZnodePath, _ data: Bytes? = "", version: Int32 = -1,
        as identities: [AccessIdentity] = []
    ) -> CoordinationOutcome {
        write(
            .one(.setData(SetDataRequest(path: path, data: data, version: version))),
            as: identities)
    }

    @discardableResult
    mutating func setACL(
        _ path: ZnodePath, _ access: [AccessEntry], version: Int32 = -1,
        as identities: [AccessIdentity] = []
    ) -> CoordinationOutcome {
        write(
            .setACL(SetACLRequest(path: path, access: access, version: version)),
            as: identities)
    }

    @discardableResult
    mutating func multi(
        _ operations: [MultiOperation], as identities: [AccessIdentity] = []
    ) -> CoordinationOutcome {
        write(.multi(operations), as: identities)
    }

    // MARK: Looking

    func stat(_ path: ZnodePath) throws -> NodeStat { try machine.stat(at: path, for: []) }

    func children(_ path: ZnodePath) throws -> [String] {
        try machine.children(at: path, for: []).names.map { ZnodePath($0).description }
    }

    func exists(_ path: ZnodePath) -> Bool { error { _ = try stat(path) } != .noNode }

    func error(_ body: () throws -> Void) -> ZooKeeperError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ZooKeeperError
        }
    }

    /// What the last command changed, in words: `created /a`.
    var changes: [String] {
        effects.compactMap { effect in
            guard case .changed(let change) = effect else { return nil }
            return "\(change.kind) \(change.path)"
        }
    }

    var replies: [CoordinationReply] {
        effects.compactMap { effect in
            guard case .replied(let reply) = effect else { return nil }
            return reply
        }
    }

    func restored() throws -> Grove {
        var copy = self
        copy.machine = try CoordinationMachine(
            group: ReplicaGroupID(0), limits: MachineLimits(),
            restoring: machine.snapshot.encode())
        return copy
    }
}

extension AccessEntry {
    static func of(
        _ scheme: Bytes, _ id: Bytes, _ permissions: Permissions = .all
    ) -> AccessEntry {
        AccessEntry(
            permissions: permissions, identity: AccessIdentity(scheme: scheme, id: id))
    }
}

extension AccessIdentity {
    static let bob = AccessIdentity(scheme: "digest", id: "bob:ikIaKsbtGweaHnb/jKn7OHqbunM=")
    static let eve = AccessIdentity(scheme: "digest", id: "eve:x")
    static let superuser = AccessIdentity(scheme: "super", id: "")
    static let cluster = AccessIdentity(scheme: "rookery", id: "")
}
