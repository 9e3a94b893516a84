import Coordination
import Toolbox
import Vocabulary
public import ZooKeeperWire

// What single operations do and answer. The first thing that is wrong is the answer, in the order
// in which ZooKeeper looks.
extension CoordinationModel {
    mutating func carryOut(
        _ operation: MultiOperation, for session: CoordinationSessionID, _ isCluster: Bool
    ) throws(ZooKeeperError) -> MultiResult {
        switch operation {
        case .create(let request):
            let path = try create(request, for: session, isCluster)
            guard request.variant != .create, let node = nodes[path] else { return .created(path) }
            return .createdWithStat(path, node.stat)
        case .delete(let request):
            try delete(request, isCluster)
            return .deleted
        case .setData(let request):
            guard var node = nodes[request.path] else { throw .noNode }
            try Self.checkRights(request.path, isCluster)
            try Self.check(request.version, node)
            node.set(request.data, by: zxid)
            put(node, at: request.path)
            return .dataSet(node.stat)
        case .check(let request):
            guard let node = nodes[request.path] else { throw .noNode }
            try Self.check(request.version, node)
            return .checked
        }
    }

    private mutating func create(
        _ request: CreateRequest, for session: CoordinationSessionID, _ isCluster: Bool
    ) throws(ZooKeeperError) -> ZnodePath {
        let above = request.path.parent ?? .root
        let isSequential = request.mode?.isSequential ?? false
        guard var parent = nodes[above] else { throw .noNode }
        try Self.checkRights(isSequential ? above : request.path, isCluster)
        let path =
            isSequential
            ? request.path.appending(counter: parent.childrenCreated) : request.path
        guard nodes[path] == nil else { throw .nodeExists }
        guard parent.owner == .none else { throw .noChildrenForEphemerals }
        var node = Node(
            data: request.data, createdBy: zxid, setBy: zxid, childrenChangedBy: zxid)
        if request.mode?.isEphemeral == true { node.owner = session }
        node.keepsChildren = !request.access.contains { $0.permissions.contains(.delete) }
        put(node, at: path)
        parent.children.append(path.name)
        parent.childrenCreated += 1
        parent.childrenChangedBy = zxid
        put(parent, at: above)
        return path
    }

    private mutating func delete(
        _ request: DeleteRequest, _ isCluster: Bool
    ) throws(ZooKeeperError) {
        guard let parent = nodes[request.path.parent ?? .root] else { throw .noNode }
        if parent.keepsChildren { throw .noAuth }
        try Self.checkRights(request.path, isCluster)
        guard let node = nodes[request.path] else { throw .noNode }
        try Self.check(request.version, node)
        guard node.children.isEmpty else { throw .notEmpty }
        remove(request.path)
    }

    private static func checkRights(
        _ path: ZnodePath, _ isCluster: Bool
    ) throws(ZooKeeperError) {
        let isReserved = path == "/rookery" || path.isDescendant(of: "/rookery")
        if isReserved, !isCluster { throw .noAuth }
    }

    private static func check(_ version: Int32, _ node: Node) throws(ZooKeeperError) {
        guard version == -1 || version == node.version else { throw .badVersion }
    }

    // MARK: Reads

    /// What a read is answered from the state behind `zxid`; nil for what is no read of the tree.
    public func answer(to request: ZooKeeperRequest, asOf zxid: Zxid) -> Answer? {
        switch request {
        case .exists(let read):
            guard let node = node(at: read.path, asOf: zxid) else { return Answer(error: .noNode) }
            return Answer(body: .stat(node.stat))
        case .getData(let read):
            guard let node = node(at: read.path, asOf: zxid) else { return Answer(error: .noNode) }
            return Answer(body: .data(node.data, node.stat))
        case .getChildren(let read):
            guard let node = node(at: read.path, asOf: zxid) else { return Answer(error: .noNode) }
            return Answer(body: .children(node.children))
        case .getChildren2(let read):
            guard let node = node(at: read.path, asOf: zxid) else { return Answer(error: .noNode) }
            return Answer(body: .childrenWithStat(node.children, node.stat))
        case .sync(let path): return Answer(body: .path(path))
        case .create, .delete, .setData, .getACL, .setACL, .ping, .multi, .multiRead, .reconfig,
            .checkWatches, .removeWatches, .auth, .setWatches, .setWatches2, .addWatch, .sasl,
            .getEphemerals, .getAllChildrenNumber, .whoAmI, .closeSession:
            return nil
        }
    }
}

extension ReplyBody {
    /// Without times of day, which the log's entries bring.
    var timeless: ReplyBody {
        switch self {
        case .created(let path, let stat): .created(path, stat.timeless)
        case .stat(let stat): .stat(stat.timeless)
        case .data(let data, let stat): .data(data, stat.timeless)
        case .childrenWithStat(let names, let stat): .childrenWithStat(names, stat.timeless)
        case .results(let results): .results(results.map(\.timeless))
        case .nothing, .path, .access, .children, .ephemerals, .count, .watchAdded, .identities,
            .token:
            self
        }
    }
}

extension MultiResult {
    fileprivate var timeless: MultiResult {
        switch self {
        case .createdWithStat(let path, let stat): .createdWithStat(path, stat.timeless)
        case .dataSet(let stat): .dataSet(stat.timeless)
        case .data(let data, let stat): .data(data, stat.timeless)
        case .created, .deleted, .checked, .children, .rolledBack, .failed: self
        }
    }
}

extension NodeStat {
    var timeless: NodeStat {
        var stat = self
        stat.ctime = .init(milliseconds: 0)
        stat.mtime = .init(milliseconds: 0)
        return stat
    }
}
