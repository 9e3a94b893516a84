public import Coordination
import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// The coordination tree as its log makes it: slow and plain, by other means than the machine's,
/// and with all of its past, so that any answer can be compared with the state that it speaks of.
public struct CoordinationModel: Sendable {
    struct Node: Sendable {
        var data: Bytes?
        var owner = CoordinationSessionID.none
        /// Nothing below it may be deleted.
        var keepsChildren = false
        var createdBy: Zxid
        var setBy: Zxid
        var childrenChangedBy: Zxid
        var version: Int32 = 0
        var childrenCreated: Int32 = 0
        var children: [Bytes] = []
    }

    struct Session: Sendable {
        var timeoutMilliseconds: Int32
        var owner: CoordinationOwner
        var attachment: Zxid
        var end: Zxid?
    }

    /// What became of one client's write or farewell.
    struct Decision: Sendable {
        let session: CoordinationSessionID
        /// Nil for a farewell.
        let operation: CoordinationOperation?
        let answer: Answer
    }

    /// As a client is told it, without times of day.
    public struct Answer: Hashable, Sendable {
        public var error: ZooKeeperError?
        public var body: ReplyBody

        public init(error: ZooKeeperError? = nil, body: ReplyBody = .nothing) {
            self.error = error
            self.body = body
        }
    }

    private struct Past: Sendable {
        let zxid: Zxid
        let node: Node?
    }

    /// The last entry that was read.
    private(set) var through = LogIndex.zero
    /// The session that the last entry opened or attached.
    private(set) var attached: CoordinationSessionID?
    private(set) var sessions = SortedMap<CoordinationSessionID, Session>()
    /// By the number of the change; for look-up only.
    private(set) var decisions: [Zxid: Decision] = [:]
    var nodes = SortedMap<ZnodePath, Node>()
    private var past: [ZnodePath: [Past]] = [:]
    private var expiryTerm = Term.zero

    /// The nodes that are always there.
    public init() {
        let lasting: [(ZnodePath, [Bytes])] = [
            ("/", ["zookeeper"]), ("/zookeeper", ["config", "quota"]), ("/zookeeper/config", []),
            ("/zookeeper/quota", []),
        ]
        for (path, children) in lasting {
            var node = Node(
                data: Bytes(), createdBy: .zero, setBy: .zero, childrenChangedBy: .zero)
            node.children = children
            put(node, at: path)
        }
    }

    var zxid: Zxid { Zxid(Int64(bitPattern: through.rawValue)) }

    /// All paths at which there ever was a node, ascending.
    var paths: [ZnodePath] { past.keys.sorted() }

    /// What stood at a path when the change `zxid` had happened.
    func node(at path: ZnodePath, asOf zxid: Zxid) -> Node? {
        guard let states = past[path] else { return nil }
        var (low, high) = (0, states.count)
        while low < high {
            let middle = (low + high) / 2
            if states[middle].zxid <= zxid { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : states[low - 1].node
    }

    mutating func put(_ node: Node?, at path: ZnodePath) {
        nodes[path] = node
        var states = past.removeValue(forKey: path) ?? []
        if states.last?.zxid == zxid { states.removeLast() }
        states.append(Past(zxid: zxid, node: node))
        past[path] = states
    }

    // MARK: The log

    /// An entry that is no command.
    mutating func skip(_ index: LogIndex) {
        through = index
        attached = nil
    }

    /// The entry at `index`, which is the next but for such as are no commands.
    public mutating func apply(_ command: CoordinationCommand, at index: LogIndex) {
        skip(index)
        switch command {
        case .write(let write):
            let answer = answer(to: write)
            decisions[zxid] = Decision(
                session: write.requester.session, operation: write.operation, answer: answer)
        case .openSession(let id, let timeout, let owner):
            let number = zxid.rawValue & 0x00FF_FFFF_FFFF_FFFF | 0x0100_0000_0000_0000
            let id = id == .none ? CoordinationSessionID(number) : id
            guard sessions[id] == nil else { return }
            attach(id, timeout, owner)
        case .attachSession(let id, let timeout, let owner):
            guard let session = sessions[id], session.end == nil else { return }
            attach(id, timeout, owner)
        case .closeSession(let requester):
            let answer = close(requester)
            decisions[zxid] = Decision(session: requester.session, operation: nil, answer: answer)
        case .expireSessions(let expiring, let term):
            guard term >= expiryTerm else { return }
            expiryTerm = term
            for one in expiring {
                guard let session = sessions[one.session], session.end == nil,
                    session.attachment == one.attachment
                else { continue }
                end(one.session)
            }
        case .publishConfiguration(let data, _):
            guard var node = nodes["/zookeeper/config"] else { return }
            node.set(data, by: zxid)
            put(node, at: "/zookeeper/config")
        // No node of a run goes by itself, and no session has so many that one entry is too short.
        case .continueClosing, .reap: break
        }
    }

    private mutating func attach(
        _ id: CoordinationSessionID, _ timeout: Int32, _ owner: CoordinationOwner
    ) {
        sessions[id] = Session(timeoutMilliseconds: timeout, owner: owner, attachment: zxid)
        attached = id
    }

    private mutating func close(_ requester: CoordinationRequester) -> Answer {
        guard let session = sessions[requester.session], session.end == nil else {
            return Answer(error: .sessionExpired)
        }
        guard session.owner == requester.owner else { return Answer(error: .sessionMoved) }
        end(requester.session)
        return Answer()
    }

    private mutating func end(_ id: CoordinationSessionID) {
        let zxid = zxid
        _ = sessions.update(id) { $0.end = zxid }
        for (path, node) in nodes where node.owner == id { remove(path) }
    }

    mutating func remove(_ path: ZnodePath) {
        put(nil, at: path)
        guard let above = path.parent, var parent = nodes[above] else { return }
        parent.children.removeAll { $0 == path.name }
        parent.childrenChangedBy = zxid
        put(parent, at: above)
    }

    private mutating func answer(to write: CoordinationWrite) -> Answer {
        let requester = write.requester
        if requester.session != .none {
            guard let session = sessions[requester.session], session.end == nil else {
                return Answer(error: .sessionExpired)
            }
            guard session.owner == requester.owner else { return Answer(error: .sessionMoved) }
        }
        let isCluster = write.identities.contains { $0.scheme == "rookery" }
        do throws(ZooKeeperError) {
            switch write.operation {
            case .one(let operation):
                let result = try carryOut(operation, for: requester.session, isCluster)
                return Answer(body: ReplyBody(result))
            case .multi(let operations):
                let results = carryOut(operations, for: requester.session, isCluster)
                return Answer(body: .results(results))
            case .setACL: return Answer(error: .unimplemented)
            }
        } catch {
            return Answer(error: error)
        }
    }

    /// All or none.
    private mutating func carryOut(
        _ operations: [MultiOperation], for session: CoordinationSessionID, _ isCluster: Bool
    ) -> [MultiResult] {
        let (nodesBefore, pastBefore) = (nodes, past)
        var results: [MultiResult] = []
        for (index, operation) in operations.enumerated() {
            do throws(ZooKeeperError) {
                results.append(try carryOut(operation, for: session, isCluster))
            } catch {
                (nodes, past) = (nodesBefore, pastBefore)
                return MultiResult.failure(at: index, of: operations.count, error)
            }
        }
        return results
    }
}

extension CoordinationModel.Node {
    mutating func set(_ data: Bytes?, by zxid: Zxid) {
        self.data = data
        version += 1
        setBy = zxid
    }

    var stat: NodeStat {
        NodeStat(
            czxid: createdBy, mzxid: setBy, ctime: .init(milliseconds: 0),
            mtime: .init(milliseconds: 0), version: version,
            cversion: childrenCreated * 2 - Int32(children.count), ephemeralOwner: owner,
            dataLength: Int32(data?.count ?? 0), numChildren: Int32(children.count),
            pzxid: childrenChangedBy)
    }
}

extension ReplyBody {
    /// Of an operation that was carried out alone.
    fileprivate init(_ result: MultiResult) {
        switch result {
        case .created(let path): self = .path(path)
        case .createdWithStat(let path, let stat): self = .created(path, stat)
        case .dataSet(let stat): self = .stat(stat)
        case .deleted, .checked, .data, .children, .rolledBack, .failed: self = .nothing
        }
    }
}
