import Toolbox
import Vocabulary
import ZooKeeperWire

/// This node as a client of the coordination service: a session, and an ephemeral
/// `/rookery/nodes/<id>` that tells the others where the node is and which life of it.
///
/// It speaks to its own node's service as a client on a socket would, so that everybody sees the
/// node for exactly as long as it can reach the group's leader.
struct NodeRegistrar: Sendable {
    /// What is to be done with the connection that it has, or wants.
    enum Wish: Sendable {
        case connect(ConnectionID)
        case send(Bytes)
        case disconnect(ConnectionID)
    }

    enum Stage: Hashable, Sendable {
        case away
        case greeting
        case registering
        case registered
    }

    static let timeout: Duration = .seconds(6)
    private static let retryInterval: Duration = .milliseconds(500)
    private static let lasting: [ZnodePath] = ["/rookery", "/rookery/nodes"]

    private let path: ZnodePath
    private let data: Bytes
    private(set) var stage = Stage.away
    private(set) var connection: ConnectionID?
    private var session: ConnectResponse?
    private var decoder = ZooKeeperReplyDecoder()
    private var lastXid: Int32 = 0
    private var creation: Int32 = 0
    /// Since when this connection has been silent.
    private var patientSince: Instant
    private var nextPing: Instant
    private var retryAt: Instant
    private var connectionsCount: UInt64 = 0

    init(node: NodeID, data: Bytes, at now: Instant) {
        path = ZnodePath(Bytes("/rookery/nodes/\(node.rawValue)"))
        self.data = data
        patientSince = now
        nextPing = now
        retryAt = now
    }

    var nextDeadline: Instant {
        stage == .away ? retryAt : min(nextPing, patientSince + Self.timeout)
    }

    mutating func timeDidAdvance(to now: Instant) -> [Wish] {
        switch stage {
        case .away:
            guard now >= retryAt else { return [] }
            return connect(at: now)
        case .greeting, .registering, .registered:
            // Whoever answers nothing for so long has lost the leader.
            if now - patientSince >= Self.timeout {
                let last = connection
                closed(at: now)
                return last.map { [.disconnect($0)] } ?? []
            }
            guard now >= nextPing else { return [] }
            nextPing = now + Self.timeout / 3
            guard stage != .greeting else { return [] }
            return [.send(frame(.ping, xid: Xid.ping.rawValue))]
        }
    }

    private mutating func connect(at now: Instant) -> [Wish] {
        connectionsCount += 1
        // Above all numbers that sockets get.
        let id = ConnectionID(1 << 62 | connectionsCount)
        connection = id
        stage = .greeting
        decoder = ZooKeeperReplyDecoder()
        nextPing = now + Self.timeout / 3
        patientSince = now
        var writer = ByteWriter(reserving: 64)
        writer.write(
            connect: ConnectRequest(
                timeoutMilliseconds: Int32(clamping: Self.timeout.nanoseconds / 1_000_000),
                session: session?.session ?? .none,
                password: session?.password ?? ConnectResponse.noPassword))
        return [.connect(id), .send(writer.take())]
    }

    /// The service closed the connection.
    mutating func closed(at now: Instant) {
        connection = nil
        stage = .away
        retryAt = now + Self.retryInterval
    }

    /// What the service sends; anything unexpected ends the connection and begins anew.
    mutating func received(_ bytes: Bytes, at now: Instant) -> [Wish] {
        guard let last = connection else { return [] }
        decoder.append(bytes)
        var wishes: [Wish] = []
        do throws(ZooKeeperStreamFailure) {
            while let output = try decoder.next() { take(output, at: now, into: &wishes) }
        } catch {
            closed(at: now)
            session = nil
            return [.disconnect(last)]
        }
        return wishes
    }

    private mutating func take(
        _ output: ZooKeeperOutput, at now: Instant, into wishes: inout [Wish]
    ) {
        patientSince = now
        switch output {
        case .connected(let response) where response.timeoutMilliseconds <= 0:
            // The session is over, and its node gone: the next one is another.
            session = nil
        case .connected(let response):
            session = response
            stage = .registering
            register(into: &wishes)
        case .event: break
        case .reply(let reply):
            guard stage == .registering, reply.header.xid.rawValue == creation else { return }
            switch reply.header.error {
            case nil: stage = .registered
            // An earlier life's session still has it, or this one's does already.
            case .nodeExists, .noNode: replace(into: &wishes)
            default: break
            }
        }
    }

    private mutating func register(into wishes: inout [Wish]) {
        for path in Self.lasting {
            wishes.append(
                .send(request(.create(CreateRequest(path: path, data: nil, mode: .persistent)))))
        }
        createOwn(into: &wishes)
    }

    /// Whatever stands there is of this node, and this is its present life.
    private mutating func replace(into wishes: inout [Wish]) {
        wishes.append(.send(request(.delete(DeleteRequest(path: path)))))
        createOwn(into: &wishes)
    }

    private mutating func createOwn(into wishes: inout [Wish]) {
        wishes.append(
            .send(request(.create(CreateRequest(path: path, data: data, mode: .ephemeral)))))
        creation = lastXid
    }

    private mutating func request(_ request: ZooKeeperRequest) -> Bytes {
        lastXid += 1
        return frame(request, xid: lastXid)
    }

    private func frame(_ request: ZooKeeperRequest, xid: Int32) -> Bytes {
        var writer = ByteWriter(reserving: 256)
        writer.write(request: RequestFrame(request, xid: Xid(xid)))
        return writer.take()
    }
}
