internal import ReplicatedState
internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

/// Who writes, and the change that it would be.
struct WriteContext {
    let session: CoordinationSessionID
    let identities: [AccessIdentity]
    let zxid: Zxid
    let time: WallTime
}

// Each operation checks in the order in which ZooKeeper does: the first thing that is wrong is the
// answer. Nothing is changed before the last check.
extension CoordinationMachine {
    mutating func outcome(
        of write: CoordinationWrite, into effects: inout [CoordinationEffect]
    ) -> CoordinationOutcome {
        let requester = write.requester
        do throws(ZooKeeperError) {
            if case .one(.create(let request)) = write.operation {
                _ = try Self.kind(of: request, for: requester.session)
            }
            try checkSession(of: requester)
            let context = WriteContext(
                session: requester.session, identities: write.identities, zxid: zxid,
                time: applied.time)
            switch write.operation {
            case .one(.check): throw .unimplemented
            case .one(let operation):
                return CoordinationOutcome(
                    try carryOut(operation, for: context, into: &effects))
            case .setACL(let request): return .accessSet(try setAccess(request, for: context))
            case .multi(let operations):
                return .multi(carryOut(operations, for: context, into: &effects))
            }
        } catch {
            return .refused(error)
        }
    }

    private func checkSession(of requester: CoordinationRequester) throws(ZooKeeperError) {
        if requester.session == .none { return }
        guard let session = sessions[requester.session], session.closing == nil else {
            throw .sessionExpired
        }
        #if PLANTED_FAULTS
            if plantedFault == .movedOwnerMayWrite { return }
        #endif
        guard session.owner == requester.owner else { throw .sessionMoved }
    }

    mutating func carryOut(
        _ operation: MultiOperation, for context: WriteContext,
        into effects: inout [CoordinationEffect]
    ) throws(ZooKeeperError) -> MultiResult {
        switch operation {
        case .create(let request):
            let slot = try create(request, for: context, into: &effects)
            let path = tree[slot].path
            return request.variant == .create
                ? .created(path) : .createdWithStat(path, tree[slot].stat)
        case .delete(let request):
            try delete(request, for: context, into: &effects)
            return .deleted
        case .setData(let request):
            return .dataSet(try setData(request, for: context, into: &effects))
        case .check(let request):
            try check(request, for: context)
            return .checked
        }
    }

    // MARK: Delete

    private mutating func delete(
        _ request: DeleteRequest, for context: WriteContext,
        into effects: inout [CoordinationEffect]
    ) throws(ZooKeeperError) {
        let path = request.path
        guard path.hasSlash, !path.containsNull, !ReservedPaths.isLasting(path) else {
            throw .badArguments
        }
        guard let parent = tree.slot(at: path.parent ?? .root) else { throw .noNode }
        try require(.delete, on: parent, writing: path, for: context)
        guard let slot = tree.slot(at: path) else { throw .noNode }
        try Self.require(request.version, tree[slot].version)
        guard tree[slot].childrenCount == 0 else { throw .notEmpty }
        remove(slot, by: context.zxid, into: &effects)
    }

    /// Takes a node out that has no children, and tells of it.
    mutating func remove(
        _ slot: UInt32, by zxid: Zxid, into effects: inout [CoordinationEffect]
    ) {
        let parent = tree[slot].parent
        let wasFirst = tree[parent].firstChild == slot
        let node = tree.remove(slot)
        if let session = node.kind.session { forget(slot, of: session) }
        journal?.append(
            .deleted(
                node, slot: slot, wasFirst: wasFirst,
                parentChangedBy: tree[parent].childrenChangedBy))
        tree[parent].childrenChangedBy = zxid
        effects.append(
            .changed(
                ZnodeChange(
                    .deleted, at: node.path, by: zxid, access: node.access,
                    parentAccess: tree[parent].access)))
    }

    // MARK: Data, ACL, check

    private mutating func setData(
        _ request: SetDataRequest, for context: WriteContext,
        into effects: inout [CoordinationEffect]
    ) throws(ZooKeeperError) -> NodeStat {
        let slot = try slot(at: request.path)
        try require(.write, on: slot, writing: request.path, for: context)
        #if PLANTED_FAULTS
            if plantedFault != .versionNotChecked {
                try Self.require(request.version, tree[slot].version)
            }
        #else
            try Self.require(request.version, tree[slot].version)
        #endif
        setData(request.data?.detached(), in: slot, at: context.time, into: &effects)
        return tree[slot].stat
    }

    mutating func setData(
        _ data: Bytes?, in slot: UInt32, at time: WallTime,
        into effects: inout [CoordinationEffect]
    ) {
        if journal != nil {
            journal?.append(.dataSet(DataBefore(tree[slot]), slot: slot))
        }
        tree.setData(data, in: slot)
        tree[slot].version = Znode.version(after: tree[slot].version)
        tree[slot].setBy = zxid
        tree[slot].setAt = time
        #if PLANTED_FAULTS
            if plantedFault == .watchChangeOmitted, journal != nil { return }
        #endif
        let parent = tree[slot].parent
        let access = tree[slot].access
        effects.append(
            .changed(
                ZnodeChange(
                    .dataChanged, at: tree[slot].path, by: zxid, access: access,
                    parentAccess: parent == Znode.none ? access : tree[parent].access)))
    }

    private mutating func setAccess(
        _ request: SetACLRequest, for context: WriteContext
    ) throws(ZooKeeperError) -> NodeStat {
        guard request.path.fault == nil else { throw .badArguments }
        let access = try ZnodeAccess.asked(request.access, by: context.identities)
        let slot = try slot(at: request.path)
        try require(.admin, on: slot, writing: request.path, for: context)
        try Self.require(request.version, tree[slot].accessVersion)
        tree[slot].access = access
        tree[slot].accessVersion = Znode.version(after: tree[slot].accessVersion)
        return tree[slot].stat
    }

    private func check(
        _ request: CheckRequest, for context: WriteContext
    ) throws(ZooKeeperError) {
        let slot = try slot(at: request.path)
        guard tree[slot].access.allows(.read, for: context.identities) else { throw .noAuth }
        try Self.require(request.version, tree[slot].version)
    }

    /// What `/zookeeper/config` says is the cluster's word: no permission is asked.
    mutating func publishConfiguration(
        _ data: Bytes, into effects: inout [CoordinationEffect]
    ) -> CoordinationOutcome {
        guard let slot = tree.slot(at: ReservedPaths.configuration) else {
            unreachable("no \(ReservedPaths.configuration)")
        }
        setData(data.detached(), in: slot, at: applied.time, into: &effects)
        return .dataSet(tree[slot].stat)
    }

    // MARK: Common checks

    private func slot(at path: ZnodePath) throws(ZooKeeperError) -> UInt32 {
        guard path.fault == nil else { throw .badArguments }
        guard let slot = tree.slot(at: path) else { throw .noNode }
        return slot
    }

    /// - Parameter path: what would be changed, which may be the cluster's alone.
    func require(
        _ permission: Permissions, on slot: UInt32, writing path: ZnodePath,
        for context: WriteContext
    ) throws(ZooKeeperError) {
        #if PLANTED_FAULTS
            if plantedFault == .permissionNotChecked, permission == .delete { return }
        #endif
        guard tree[slot].access.allows(permission, for: context.identities) else {
            throw .noAuth
        }
        guard ReservedPaths.isOfTheCluster(path) else { return }
        let mayRepair = context.identities.contains {
            $0.scheme == AccessScheme.cluster || $0.scheme == AccessScheme.superuser
        }
        guard mayRepair else { throw .noAuth }
    }

    private static func require(_ asked: Int32, _ version: Int32) throws(ZooKeeperError) {
        guard asked == -1 || asked == version else { throw .badVersion }
    }
}

extension CoordinationOutcome {
    /// - Precondition: the result of an operation that was carried out alone.
    fileprivate init(_ result: MultiResult) {
        switch result {
        case .created(let path): self = .created(path)
        case .createdWithStat(let path, let stat): self = .createdWithStat(path, stat)
        case .deleted: self = .deleted
        case .dataSet(let stat): self = .dataSet(stat)
        case .failed(let error): self = .refused(error)
        case .checked, .data, .children, .rolledBack: unreachable("\(result) of a write")
        }
    }
}
