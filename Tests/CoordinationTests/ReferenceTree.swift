import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

/// The rules once more, as slowly and plainly as they can be written: a dictionary of paths, and a
/// multi that works on a copy of everything.
struct ReferenceTree {
    struct Node: Equatable {
        var data: Bytes?
        var access: [AccessEntry]
        var session: Int64?
        var timeToLive: Int64?
        var isContainer = false
        var czxid: Int64
        var mzxid: Int64
        var pzxid: Int64
        var ctime: Int64
        var mtime: Int64
        var version: Int32 = 0
        var aversion: Int32 = 0
        var created: Int32 = 0
        var children: [String] = []
    }

    struct Session {
        var owner: CoordinationOwner
        var attachment: Int64
    }

    /// The root is the empty path here.
    var nodes: [String: Node] = [:]
    var sessions: [Int64: Session] = [:]
    var term: UInt64 = 0
    var zxid: Int64 = 0
    var time: Int64 = 0
    /// Of the last command.
    var changes: [String] = []

    init() {
        for path in ["", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"] {
            let access =
                path == "/zookeeper/config"
                ? [AccessEntry.of("world", "anyone", .read)] : AccessEntry.openToAll
            nodes[path] = Node(
                data: "", access: access, czxid: 0, mzxid: 0, pzxid: 0, ctime: 0, mtime: 0)
            if path != "" { nodes[parent(path)]?.children.append(path) }
        }
    }

    func parent(_ path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast()
        return parts.joined(separator: "/")
    }

    func key(_ path: ZnodePath) -> String { path.isRoot ? "" : path.description }

    func stat(_ node: Node) -> NodeStat {
        NodeStat(
            czxid: Zxid(node.czxid), mzxid: Zxid(node.mzxid),
            ctime: WallTime(milliseconds: node.ctime), mtime: WallTime(milliseconds: node.mtime),
            version: node.version, cversion: node.created * 2 - Int32(node.children.count),
            aversion: node.aversion, ephemeralOwner: CoordinationSessionID(node.session ?? 0),
            dataLength: Int32(node.data?.count ?? 0), numChildren: Int32(node.children.count),
            pzxid: Zxid(node.pzxid))
    }

    func allows(
        _ access: [AccessEntry], _ permission: Permissions, _ identities: [AccessIdentity]
    ) -> Bool {
        identities.contains(.superuser)
            || access.contains { entry in
                entry.permissions.contains(permission)
                    && (entry.identity == .anyone || identities.contains(entry.identity))
            }
    }

    /// Of the paths that come up here.
    func isWellFormed(_ path: ZnodePath) -> Bool {
        path.isRoot || !path.description.hasSuffix("/")
    }

    func isFixed(_ access: [AccessEntry]) -> Bool {
        !access.isEmpty && access.allSatisfy { $0.identity.scheme != "wrong" }
    }

    // MARK: Sessions

    mutating func apply(_ command: CoordinationCommand) -> CoordinationOutcome? {
        changes = []
        switch command {
        case .openSession(let id, let timeout, let owner):
            if let session = sessions[id.rawValue] {
                return session.owner == owner
                    ? .sessionOpened(timeoutMilliseconds: timeout) : .refused(.sessionMoved)
            }
            sessions[id.rawValue] = Session(owner: owner, attachment: zxid)
            return .sessionOpened(timeoutMilliseconds: timeout)
        case .attachSession(let id, let timeout, let owner):
            guard sessions[id.rawValue] != nil else { return .refused(.sessionExpired) }
            sessions[id.rawValue] = Session(owner: owner, attachment: zxid)
            return .sessionAttached(timeoutMilliseconds: timeout)
        case .closeSession(let requester):
            if let error = refusal(of: requester) { return .refused(error) }
            end(requester.session.rawValue)
            return .sessionClosed
        case .expireSessions(let expiring, let term):
            guard term.rawValue >= self.term else { return .sessionsExpired(count: 0) }
            self.term = term.rawValue
            var count = 0
            for entry in expiring
            where sessions[entry.session.rawValue]?.attachment == entry.attachment.rawValue {
                end(entry.session.rawValue)
                count += 1
            }
            return .sessionsExpired(count: count)
        case .reap(let paths):
            let before = nodes.count
            for path in paths { reap(key(path)) }
            return .reaped(count: before - nodes.count)
        case .write(let write): return apply(write)
        case .continueClosing: return .closingContinued
        case .publishConfiguration: return nil
        }
    }

    func refusal(of requester: CoordinationRequester) -> ZooKeeperError? {
        guard let session = sessions[requester.session.rawValue] else { return .sessionExpired }
        return session.owner == requester.owner ? nil : .sessionMoved
    }

    mutating func end(_ session: Int64) {
        sessions[session] = nil
        for path in nodes.keys.filter({ nodes[$0]?.session == session }).sorted() { drop(path) }
    }

    mutating func reap(_ path: String) {
        guard let node = nodes[path], node.children.isEmpty else { return }
        let isOver = node.timeToLive.map { time - node.mtime > $0 } ?? false
        if isOver || node.isContainer && node.created > 0 { drop(path) }
    }

    mutating func drop(_ path: String) {
        nodes[path] = nil
        nodes[parent(path)]?.children.removeAll { $0 == path }
        nodes[parent(path)]?.pzxid = zxid
        changes.append("deleted \(path)")
    }

    // MARK: Writes

    mutating func apply(_ write: CoordinationWrite) -> CoordinationOutcome {
        if case .one(.create(let request)) = write.operation, let error = flagsError(request) {
            return .refused(error)
        }
        if let error = refusal(of: write.requester) { return .refused(error) }
        let session = write.requester.session.rawValue
        switch write.operation {
        case .one(.check): return .refused(.unimplemented)
        case .one(let operation):
            switch apply(operation, session, write.identities) {
            case .created(let path): return .created(path)
            case .createdWithStat(let path, let stat): return .createdWithStat(path, stat)
            case .deleted: return .deleted
            case .dataSet(let stat): return .dataSet(stat)
            case .failed(let error): return .refused(error)
            case .checked, .data, .children, .rolledBack: return .refused(.systemError)
            }
        case .setACL(let request): return setACL(request, write.identities)
        case .multi(let operations):
            let before = self
            var results: [MultiResult] = []
            for (index, operation) in operations.enumerated() {
                let result = apply(operation, session, write.identities)
                if case .failed(let error) = result {
                    self = before
                    return .multi(
                        operations.indices.map { other in
                            if other < index { return .rolledBack }
                            return .failed(other == index ? error : .runtimeInconsistency)
                        })
                }
                results.append(result)
            }
            return .multi(results)
        }
    }

    mutating func setACL(
        _ request: SetACLRequest, _ identities: [AccessIdentity]
    ) -> CoordinationOutcome {
        guard isWellFormed(request.path) else { return .refused(.badArguments) }
        guard isFixed(request.access) else { return .refused(.invalidACL) }
        let path = key(request.path)
        guard var node = nodes[path] else { return .refused(.noNode) }
        guard allows(node.access, .admin, identities) else { return .refused(.noAuth) }
        guard request.version == -1 || request.version == node.aversion else {
            return .refused(.badVersion)
        }
        node.access = request.access
        node.aversion += 1
        nodes[path] = node
        return .accessSet(stat(node))
    }

    mutating func apply(
        _ operation: MultiOperation, _ session: Int64, _ identities: [AccessIdentity]
    ) -> MultiResult {
        let path = key(operation.path)
        switch operation {
        case .create(let request): return create(request, session, identities)
        case .delete(let request):
            if ["", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"].contains(path) {
                return .failed(.badArguments)
            }
            guard let above = nodes[parent(path)] else { return .failed(.noNode) }
            guard allows(above.access, .delete, identities) else { return .failed(.noAuth) }
            guard let node = nodes[path] else { return .failed(.noNode) }
            guard request.version == -1 || request.version == node.version else {
                return .failed(.badVersion)
            }
            guard node.children.isEmpty else { return .failed(.notEmpty) }
            drop(path)
            return .deleted
        case .setData(let request):
            guard isWellFormed(request.path) else { return .failed(.badArguments) }
            guard var node = nodes[path] else { return .failed(.noNode) }
            guard allows(node.access, .write, identities) else { return .failed(.noAuth) }
            guard request.version == -1 || request.version == node.version else {
                return .failed(.badVersion)
            }
            node.data = request.data
            node.version += 1
            node.mzxid = zxid
            node.mtime = time
            nodes[path] = node
            changes.append("dataChanged \(operation.path)")
            return .dataSet(stat(node))
        case .check(let request):
            guard isWellFormed(request.path) else { return .failed(.badArguments) }
            guard let node = nodes[path] else { return .failed(.noNode) }
            guard allows(node.access, .read, identities) else { return .failed(.noAuth) }
            guard request.version == -1 || request.version == node.version else {
                return .failed(.badVersion)
            }
            return .checked
        }
    }

    func flagsError(_ request: CreateRequest) -> ZooKeeperError? {
        switch (request.variant, request.flags) {
        case (.create, 0...4), (.create2, 0...4), (.container, 4): return nil
        case (.timeToLive, 5...6): return request.timeToLiveMilliseconds > 0 ? nil : .badArguments
        default: return .badArguments
        }
    }

    mutating func create(
        _ request: CreateRequest, _ session: Int64, _ identities: [AccessIdentity]
    ) -> MultiResult {
        if let error = flagsError(request) { return .failed(error) }
        guard isFixed(request.access) else { return .failed(.invalidACL) }
        var path = request.path.description
        let above = parent(path)
        guard var parentNode = nodes[above] else { return .failed(.noNode) }
        guard allows(parentNode.access, .create, identities) else { return .failed(.noAuth) }
        if [2, 3, 6].contains(request.flags) {
            let digits = String(parentNode.created)
            path += String(repeating: "0", count: 10 - digits.count) + digits
        } else if path == "/" {
            return .failed(.nodeExists)
        }
        guard !path.hasSuffix("/") else { return .failed(.badArguments) }
        guard nodes[path] == nil else { return .failed(.nodeExists) }
        guard parentNode.session == nil else { return .failed(.noChildrenForEphemerals) }
        var node = Node(
            data: request.data, access: request.access, czxid: zxid, mzxid: zxid, pzxid: zxid,
            ctime: time, mtime: time)
        if [1, 3].contains(request.flags) { node.session = session }
        if request.variant == .timeToLive { node.timeToLive = request.timeToLiveMilliseconds }
        node.isContainer = request.flags == 4
        nodes[path] = node
        parentNode.children.append(path)
        parentNode.created += 1
        parentNode.pzxid = zxid
        nodes[above] = parentNode
        changes.append("created \(path)")
        let created = ZnodePath(Bytes(path))
        return request.variant == .create
            ? .created(created) : .createdWithStat(created, stat(node))
    }
}
