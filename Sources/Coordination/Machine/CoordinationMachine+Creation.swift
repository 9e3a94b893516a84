internal import Toolbox
internal import Vocabulary
internal import ZooKeeperWire

extension CoordinationMachine {
    /// The slot of the new node.
    mutating func create(
        _ request: CreateRequest, for context: WriteContext,
        into effects: inout [CoordinationEffect]
    ) throws(ZooKeeperError) -> UInt32 {
        let kind = try Self.kind(of: request, for: context.session)
        guard request.path.hasSlash, !request.path.containsNull else { throw .badArguments }
        var access = try ZnodeAccess.asked(request.access, by: context.identities)
        let parentPath = request.path.parent ?? .root
        let parent = try self.parent(at: parentPath)
        let isSequential = request.mode?.isSequential ?? false
        try require(
            .create, on: parent, writing: isSequential ? parentPath : request.path, for: context)
        let path =
            isSequential
            ? request.path.appending(counter: counter(of: parent)) : request.path.detached()
        guard path.fault == nil else { throw .badArguments }
        let hash = PathIndex.hash(path.bytes)
        guard tree.slot(at: path, hash: hash) == nil else { throw .nodeExists }
        guard tree[parent].kind.session == nil else { throw .noChildrenForEphemerals }
        // Whole subtrees have one ACL; they may share its memory.
        if access != .open, access == tree[parent].access { access = tree[parent].access }
        let node = Znode(
            path: path, data: request.data?.detached(), access: access, kind: kind,
            by: context.zxid, at: context.time)
        return insert(node, under: parent, hash: hash, into: &effects)
    }

    private mutating func insert(
        _ node: Znode, under parent: UInt32, hash: UInt64,
        into effects: inout [CoordinationEffect]
    ) -> UInt32 {
        let slot = tree.insert(node, under: parent, hash: hash)
        journal?.append(
            .created(slot: slot, parentChangedBy: tree[parent].childrenChangedBy))
        tree[parent].childrenCreated &+= 1
        tree[parent].childrenChangedBy = node.createdBy
        if let session = node.kind.session {
            sessions.update(session) { $0.ephemerals.insert(slot) }
        }
        effects.append(
            .changed(
                ZnodeChange(
                    .created, at: node.path, by: node.createdBy, access: node.access,
                    parentAccess: tree[parent].access)))
        return slot
    }

    private func parent(at path: ZnodePath) throws(ZooKeeperError) -> UInt32 {
        if let slot = tree.slot(at: path) { return slot }
        #if PLANTED_FAULTS
            if plantedFault == .deletedParentAccepted { return ZnodeTree.root }
        #endif
        throw .noNode
    }

    private func counter(of parent: UInt32) -> Int32 {
        #if PLANTED_FAULTS
            if plantedFault == .sequenceNumberRepeats { return tree[parent].childrenCount }
        #endif
        return tree[parent].childrenCreated
    }

    /// What the operation and its flags ask for, if they go together.
    static func kind(
        of request: CreateRequest, for session: CoordinationSessionID
    ) throws(ZooKeeperError) -> ZnodeKind {
        guard let mode = request.mode else { throw .badArguments }
        switch request.variant {
        case .timeToLive:
            let longest = CoordinationBounds.timeToLiveMillisecondsMaximum
            guard mode.hasTimeToLive, (1...longest).contains(request.timeToLiveMilliseconds)
            else { throw .badArguments }
            return .timeToLive(milliseconds: request.timeToLiveMilliseconds)
        case .container:
            guard mode == .container else { throw .badArguments }
            return .container
        case .create, .create2:
            guard !mode.hasTimeToLive else { throw .badArguments }
            if mode == .container { return .container }
            guard mode.isEphemeral else { return .persistent }
            guard session != .none else { throw .ephemeralOnLocalSession }
            return .ephemeral(session)
        }
    }
}
