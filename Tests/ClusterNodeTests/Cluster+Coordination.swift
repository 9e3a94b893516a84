import ClusterNode
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// A client of the coordination service on one connection.
struct Keeper {
    let socket: Socket
    var decoder = ZooKeeperReplyDecoder()
    /// What was asked and is not answered, by xid.
    var asked: [Int32: OperationCode] = [:]
    var lastXid: Int32 = 0
    var session: ConnectResponse?
    var takenBytes = 0
    /// Events and replies in the order of their coming.
    var heard: [Heard] = []

    enum Heard: Hashable {
        case event(WatchEvent)
        case reply(Int32, ZooKeeperError?, ReplyBody?)
    }

    mutating func hear(_ bytes: Bytes) throws {
        decoder.append(bytes)
        while let output = try decoder.next() {
            switch output {
            case .connected(let response): session = response
            case .event(let event, _): heard.append(.event(event))
            case .reply(let reply):
                let xid = reply.header.xid.rawValue
                let removed = asked.removeValue(forKey: xid)
                let operation = try #require(removed)
                let body =
                    reply.header.error == nil ? try reply.body(answering: operation) : nil
                heard.append(.reply(xid, reply.header.error, body))
            }
        }
    }
}

extension Cluster {
    /// A session's first connection, or another one.
    mutating func keeper(
        at node: Int, resuming old: ConnectResponse? = nil, timeout: Int32 = 4_000
    ) throws -> Keeper {
        let socket = Socket(node: node, connection: nextConnection())
        tell(node, .coordinationClientConnected(socket.connection, address: "127.0.0.1:40000"))
        var keeper = Keeper(socket: socket)
        var writer = ByteWriter(reserving: 64)
        writer.write(
            connect: ConnectRequest(
                timeoutMilliseconds: timeout, session: old?.session ?? .none,
                password: old?.password ?? ConnectResponse.noPassword))
        send(writer.take(), on: socket)
        try wait(for: &keeper) { $0.session != nil }
        return keeper
    }

    @discardableResult
    mutating func ask(_ request: ZooKeeperRequest, of keeper: inout Keeper) -> Int32 {
        keeper.lastXid += 1
        keeper.asked[keeper.lastXid] = request.operation
        var writer = ByteWriter(reserving: 64)
        writer.write(request: RequestFrame(request, xid: Xid(keeper.lastXid)))
        send(writer.take(), on: keeper.socket)
        return keeper.lastXid
    }

    /// Asks and waits for the answer.
    mutating func reply(
        to request: ZooKeeperRequest, for keeper: inout Keeper
    ) throws -> Keeper.Heard {
        let xid = ask(request, of: &keeper)
        try wait(for: &keeper) { $0.asked[xid] == nil }
        return try #require(keeper.heard.last)
    }

    /// Lets time pass until `condition` holds of what the client has heard.
    mutating func wait(
        for keeper: inout Keeper, atMost limit: Duration = .seconds(10),
        until condition: (Keeper) -> Bool
    ) throws {
        var client = keeper
        var failure: (any Error)?
        let isDone = run(atMost: limit) { cluster in
            do {
                let bytes = cluster.sent[client.socket.connection] ?? Bytes()
                try client.hear(bytes.suffix(from: client.takenBytes))
                client.takenBytes = bytes.count
            } catch {
                failure = error
                return true
            }
            return condition(client)
        }
        if let failure { throw failure }
        keeper = client
        #expect(isDone, "\(keeper.heard)")
    }
}
