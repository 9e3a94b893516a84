public import Toolbox
public import ZooKeeperWire

// Reads of the state as of the last command applied here, with ZooKeeper's errors. They check no
// path: what names no node is no node. The empty path is the root.
extension CoordinationMachine {
    /// For `exists`. The right to read is needed, as since ZooKeeper 3.8.4 (CVE-2024-23944).
    public func stat(
        at path: ZnodePath, for identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> NodeStat {
        if path.containsNull { throw .badArguments }
        return tree[try readable(path, .read, identities)].stat
    }

    public func data(
        at path: ZnodePath, for identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> (data: Bytes?, stat: NodeStat) {
        let slot = try readable(path, .read, identities)
        return (tree[slot].data, tree[slot].stat)
    }

    /// The children's names, in the order of their creation.
    public func children(
        at path: ZnodePath, for identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> (names: [Bytes], stat: NodeStat) {
        let slot = try readable(path, .read, identities)
        return (tree.children(of: slot).map { tree[$0].path.name }, tree[slot].stat)
    }

    /// The ACL, to those who may read or administer the node; only the latter see the hashes of
    /// passwords.
    public func access(
        at path: ZnodePath, for identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> (entries: [AccessEntry], stat: NodeStat) {
        let slot = try readable(path, [.read, .admin], identities)
        let access = tree[slot].access
        let isAdministrator = access.allows(.admin, for: identities)
        return (isAdministrator ? access.entries : access.masked, tree[slot].stat)
    }

    /// All nodes below, at any depth. O(that number).
    public func descendantsCount(
        at path: ZnodePath, for identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> Int {
        tree.descendantsCount(of: try readable(path, .read, identities))
    }

    /// The results of a multiRead: each operation for itself.
    public func results(
        of operations: [MultiReadOperation], for identities: [AccessIdentity]
    ) -> [MultiResult] {
        operations.map { operation in
            do throws(ZooKeeperError) {
                switch operation {
                case .getData(let path):
                    let (data, stat) = try data(at: path, for: identities)
                    return .data(data, stat)
                case .getChildren(let path):
                    return .children(try children(at: path, for: identities).names)
                }
            } catch {
                return .failed(error)
            }
        }
    }

    /// A session's nodes whose paths begin with `prefix`, by path.
    public func ephemerals(
        of session: CoordinationSessionID, prefix: Bytes = Bytes()
    ) -> [ZnodePath] {
        guard let state = sessions[session] else { return [] }
        let slots = state.closing?.remaining ?? state.ephemerals.slots
        return slots.map { tree[$0].path }.filter { path in
            path.bytes.count >= prefix.count && path.bytes.slice(0..<prefix.count) == prefix
        }.sorted()
    }

    // MARK: Sessions

    /// Nil once it is closed and its last node is gone.
    public func session(_ id: CoordinationSessionID) -> CoordinationSession? {
        sessions[id]?.described(as: id)
    }

    /// All of them, by id.
    public var allSessions: [CoordinationSession] {
        sessions.ids.compactMap { session($0) }
    }

    /// Sessions that wait for `CoordinationCommand.continueClosing`.
    public var closingSessionsCount: Int { closing.count }

    private func readable(
        _ path: ZnodePath, _ permissions: Permissions, _ identities: [AccessIdentity]
    ) throws(ZooKeeperError) -> UInt32 {
        let path = path.bytes.isEmpty ? .root : path
        guard let slot = tree.slot(at: path) else { throw .noNode }
        guard tree[slot].access.allows(permissions, for: identities) else { throw .noAuth }
        return slot
    }
}
