public import ReplicatedState
public import Toolbox
public import Vocabulary
internal import ZooKeeperWire

// What a snapshot leaves out follows from the rest: paths, links, counts of children, the nodes of
// each session.
extension CoordinationMachine {
    public init(
        group: ReplicaGroupID, limits: MachineLimits, restoring bytes: Bytes
    ) throws(DecodeFailure) {
        self.init(group: group, tree: .empty)
        var reader = ByteReader(bytes)
        let version = try reader.read(UInt8.self)
        try reader.expect(
            version == CoordinationSnapshot.formatVersion, "snapshot format \(version)")
        applied = AppliedPosition(index: try reader.read(), time: try reader.read())
        expiryTerm = Term(try reader.read(UInt64.self))
        try restoreSessions(from: &reader)
        try restoreNodes(from: &reader)
        try reader.expectEnd()
        for id in closing { restoreRemaining(of: id) }
    }

    private mutating func restoreSessions(from reader: inout ByteReader) throws(DecodeFailure) {
        var last: CoordinationSessionID?
        let count = try reader.read(UInt32.self)
        for _ in 0..<count {
            let id = CoordinationSessionID(try reader.read(Int64.self))
            try reader.expect(
                id != .none && last.map { $0 < id } ?? true, "session \(id)")
            last = id
            let timeout = try reader.read(Int32.self)
            try reader.expect(timeout >= 0, "a session's time-out")
            sessions[id] = SessionState(
                timeoutMilliseconds: timeout, owner: try reader.read(),
                attachment: Zxid(try reader.read(Int64.self)), openedAt: try reader.read())
        }
        let closingCount = try reader.read(UInt32.self)
        for _ in 0..<closingCount {
            let id = CoordinationSessionID(try reader.read(Int64.self))
            let requester = try reader.readOptional(CoordinationRequester.self)
            let isFound: Void? = sessions.update(id) { state in
                state.closing = SessionState.Closing(remaining: [], requester: requester)
            }
            try reader.expect(isFound != nil && !closing.contains(id), "closing session \(id)")
            closing.append(id)
        }
    }

    private mutating func restoreNodes(from reader: inout ByteReader) throws(DecodeFailure) {
        let count = try reader.read(UInt32.self)
        var previous = Znode.none
        for _ in 0..<count {
            let parent = try reader.read(UInt32.self)
            previous = try restoreNode(from: &reader, under: parent, behind: previous)
        }
        for path in ReservedPaths.lasting {
            let isThere = tree.slot(at: path) != nil
            try reader.expect(isThere, "no \(path)")
        }
    }

    /// Nodes come in the order of their slots, so the place of a parent is its slot.
    private mutating func restoreNode(
        from reader: inout ByteReader, under parent: UInt32, behind previous: UInt32
    ) throws(DecodeFailure) -> UInt32 {
        // The parent is the node before or one above it.
        var above = previous
        while above != parent, above != Znode.none { above = tree[above].parent }
        try reader.expect(above == parent, "a node's parent")
        try reader.expect((parent == Znode.none) == (previous == Znode.none), "a second root")
        let node: Znode
        if parent == Znode.none {
            node = try Znode(from: &reader, parent: nil, parentAccess: .open)
        } else {
            try reader.expect(tree[parent].kind.session == nil, "child of an ephemeral node")
            node = try Znode(
                from: &reader, parent: tree[parent].path, parentAccess: tree[parent].access)
        }
        let isNew = tree.slot(at: node.path) == nil
        try reader.expect(isNew, "second node \(node.path)")
        let slot = tree.insert(node, under: parent)
        if let session = node.kind.session {
            let isFound: Void? = sessions.update(session) { $0.ephemerals.insert(slot) }
            try reader.expect(isFound != nil, "session \(session) of \(node.path)")
        }
        return slot
    }

    private mutating func restoreRemaining(of id: CoordinationSessionID) {
        guard var state = sessions[id] else { return }
        var slots = state.ephemerals.slots
        slots.sort { tree[$1].path < tree[$0].path }
        state.ephemerals.removeAll()
        state.closing?.remaining = slots
        sessions[id] = state
    }
}
