import Toolbox
import VirtualWorld
import Vocabulary
import ZooKeeperWire

/// What clients of the coordination service do of their own accord: on few paths, so that they get
/// in each other's way.
extension CoordinationWorkload {
    private static let paths: [ZnodePath] = ["/app/a", "/app/b", "/app/c", "/app/d"]
    private static let kept: ZnodePath = "/app/kept"
    private static let queue: ZnodePath = "/app/queue"
    private static let below: [ZnodePath] = ["/app/a/x", "/app/b/x", "/app/kept/x"]
    private static let parents: [ZnodePath] = ["/app", "/app/a", queue, "/rookery/nodes"]
    /// Everybody may read and create there, nobody delete.
    private static let keeping = [
        AccessEntry(permissions: [.read, .write, .create], identity: .anyone)
    ]
    private static let numberedMaximum = 6

    /// What a new session begins with; others may have done it before.
    static let beginnings: [ZooKeeperRequest] = [
        .create(CreateRequest(path: "/app", data: nil, mode: .persistent)),
        .create(CreateRequest(path: queue, data: nil, mode: .persistent)),
        .create(CreateRequest(path: kept, data: nil, access: keeping, mode: .persistent)),
    ]

    /// Everybody writes once more and reads everything.
    mutating func askOnceMore(_ cluster: inout SimulatedCluster) {
        for index in clients.indices {
            let path = Self.paths[index % Self.paths.count]
            let data = Bytes("the last of \(index + 1)")
            clients[index].errands += [
                .create(CreateRequest(path: path, data: data, mode: .persistent)),
                .setData(SetDataRequest(path: path, data: data)),
            ]
            clients[index].errands += Self.paths.map { .getData(ReadRequest(path: $0)) }
            clients[index].errands += Self.parents.map { .getChildren2(ReadRequest(path: $0)) }
            wake(index, at: cluster.now.advanced(by: 1), &cluster)
        }
    }

    mutating func beginOperation(_ client: Int, _ cluster: inout SimulatedCluster) {
        switch clients[client].random.below(1_000) {
        case 0..<6: sleep(client, &cluster)
        case 6..<22: disconnect(client, &cluster)
        case 22..<26: intrude(client, &cluster)
        case 26..<32: ask(.closeSession, client, &cluster)
        default:
            for _ in 0..<1 + clients[client].random.below(4) {
                ask(request(client, cluster.now), client, &cluster)
            }
        }
    }

    /// For so long that the session may be over, or nearly.
    private mutating func sleep(_ client: Int, _ cluster: inout SimulatedCluster) {
        let percent = clients[client].random.within(40...200 as ClosedRange<Int64>)
        let span = clients[client].timeout / 100 * percent
        clients[client].sleepsUntil = cluster.now.advanced(by: span)
        cluster.transcript.note(
            cluster.now, "coordinator \(client + 1) sleeps for \(span / 1_000_000) ms")
    }

    private mutating func request(_ client: Int, _ now: WorldTime) -> ZooKeeperRequest {
        let path = clients[client].random.choice(of: Self.paths)
        let data = Bytes("\(client + 1) at \(now)")
        switch clients[client].random.below(100) {
        case 0..<10: return .create(create(path, data, .persistent, client))
        case 10..<18: return .create(create(path, data, .ephemeral, client))
        case 18..<24: return number(data, client)
        case 24..<42:
            let version = version(path, client)
            return .setData(SetDataRequest(path: path, data: data, version: version))
        case 42..<50:
            return .delete(DeleteRequest(path: path, version: version(path, client)))
        case 50..<58: return .multi(operations(path, data, client))
        case 58..<62: return .create(create(below(client), data, .persistent, client))
        case 62..<65: return .delete(DeleteRequest(path: below(client)))
        case 65..<66: return .create(create("/rookery/mine", data, .persistent, client))
        case 66..<76: return .exists(read(path, client))
        case 76..<88: return .getData(read(path, client))
        case 88..<92: return .getChildren(read(parent(client), client))
        case 92..<96: return .getChildren2(read(parent(client), client))
        default: return .sync(path)
        }
    }

    private mutating func below(_ client: Int) -> ZnodePath {
        clients[client].random.choice(of: Self.below)
    }

    private mutating func parent(_ client: Int) -> ZnodePath {
        clients[client].random.choice(of: Self.parents)
    }

    private mutating func read(_ path: ZnodePath, _ client: Int) -> ReadRequest {
        ReadRequest(path: path, setsWatch: clients[client].random.chance(0.5))
    }

    private mutating func create(
        _ path: ZnodePath, _ data: Bytes, _ mode: CreateMode, _ client: Int
    ) -> CreateRequest {
        CreateRequest(
            clients[client].random.chance(0.5) ? .create : .create2, path: path, data: data,
            mode: mode)
    }

    /// The version that the client believes to be there, or any.
    private mutating func version(_ path: ZnodePath, _ client: Int) -> Int32 {
        guard clients[client].random.chance(0.5) else { return -1 }
        return clients[client].versions[path] ?? 0
    }

    /// A numbered node more in the queue, or one less.
    private mutating func number(_ data: Bytes, _ client: Int) -> ZooKeeperRequest {
        let count = clients[client].numbered.count
        if count >= Self.numberedMaximum || count > 0 && clients[client].random.chance(0.4) {
            let place = clients[client].random.below(count)
            return .delete(DeleteRequest(path: clients[client].numbered.remove(at: place)))
        }
        let mode: CreateMode =
            clients[client].random.chance(0.8) ? .ephemeralSequential : .persistentSequential
        let path = Self.queue.child(named: "n-")
        return .create(create(path, data, mode, client))
    }

    private mutating func operations(
        _ path: ZnodePath, _ data: Bytes, _ client: Int
    ) -> [MultiOperation] {
        let other = clients[client].random.choice(of: Self.paths)
        let third = clients[client].random.choice(of: Self.paths)
        var operations: [MultiOperation] = [
            .setData(SetDataRequest(path: path, data: data, version: version(path, client)))
        ]
        if clients[client].random.chance(0.5) {
            operations.insert(
                .check(CheckRequest(path: other, version: version(other, client))), at: 0)
        }
        switch clients[client].random.below(4) {
        case 0: operations.append(.create(create(other, data, .ephemeral, client)))
        case 1: operations.append(.delete(DeleteRequest(path: other)))
        case 2: operations.append(.create(create(third, data, .persistent, client)))
        default: operations.append(.setData(SetDataRequest(path: third, data: data)))
        }
        return operations
    }
}
