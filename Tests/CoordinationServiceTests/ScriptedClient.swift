import Toolbox
import Vocabulary
import ZooKeeperWire

/// A ZooKeeper client that does what a test says, and keeps what it is sent.
struct ScriptedClient {
    let connection: ConnectionID
    let node: Int
    private(set) var isClosed = false
    private(set) var isPaused = false
    private(set) var response: ConnectResponse?
    /// Replies and events in the order of their arrival, not yet taken.
    private(set) var outputs: [ZooKeeperOutput] = []
    /// What came instead of frames, after a four-letter word.
    private(set) var text = ""
    /// Requests that are not answered, in order.
    private(set) var waiting: [(xid: Xid, operation: OperationCode)] = []
    private var decoder = ZooKeeperReplyDecoder()
    private var xid: Int32 = 0
    private let isAsking: Bool

    init(_ connection: ConnectionID, node: Int, isAsking: Bool = false) {
        self.connection = connection
        self.node = node
        self.isAsking = isAsking
    }

    var session: CoordinationSessionID { response?.session ?? .none }
    var isOpen: Bool { (response?.timeoutMilliseconds ?? 0) > 0 && !isClosed }

    /// A frame, and its number.
    mutating func frame(_ request: ZooKeeperRequest) -> (bytes: Bytes, xid: Xid) {
        let number: Xid
        switch request {
        case .ping: number = .ping
        case .auth: number = .auth
        case .setWatches, .setWatches2: number = .setWatches
        default:
            xid += 1
            number = Xid(xid)
        }
        if number != .ping { waiting.append((number, request.operation)) }
        var writer = ByteWriter()
        writer.write(request: RequestFrame(request, xid: number))
        return (writer.take(), number)
    }

    /// A frame of any bytes behind a new number.
    mutating func raw(_ operation: Int32, _ record: Bytes) -> Bytes {
        xid += 1
        waiting.append((Xid(xid), .ping))
        var writer = ByteWriter()
        writer.writeBigEndian(Int32(8 + record.count))
        writer.writeBigEndian(xid)
        writer.writeBigEndian(operation)
        writer.writeRaw(record)
        return writer.take()
    }

    mutating func receive(_ bytes: Bytes) throws {
        guard !isAsking else {
            text += bytes.text ?? ""
            return
        }
        decoder.append(bytes)
        while let output = try decoder.next() {
            switch output {
            case .connected(let connected): response = connected
            case .reply(let reply):
                outputs.append(output)
                if reply.header.xid != .ping, !waiting.isEmpty {
                    answered.append(waiting.removeFirst())
                }
            case .event: outputs.append(output)
            }
        }
    }

    /// Requests whose replies lie in `outputs`, in order.
    private(set) var answered: [(xid: Xid, operation: OperationCode)] = []

    mutating func close() { isClosed = true }
    mutating func setPaused(_ value: Bool) { isPaused = value }

    /// What came since the last time, readably.
    mutating func take() throws -> [Heard] {
        var heard: [Heard] = []
        for output in outputs {
            switch output {
            case .connected: break
            case .event(let event, let zxid): heard.append(.event(event, zxid))
            case .reply(let reply):
                guard reply.header.xid != .ping else {
                    heard.append(.pong(reply.header.zxid))
                    continue
                }
                let request = answered.isEmpty ? nil : answered.removeFirst()
                let body: ReplyBody =
                    reply.header.error == nil && request?.xid == reply.header.xid
                    ? try reply.body(answering: request?.operation ?? .ping) : .nothing
                heard.append(
                    .reply(
                        Answer(
                            expected: request?.xid, header: reply.header, body: body)))
            }
        }
        outputs = []
        return heard
    }
}

/// What a client was sent.
enum Heard: Equatable {
    case event(WatchEvent, Zxid)
    case reply(Answer)
    case pong(Zxid)

    var answer: Answer? {
        if case .reply(let answer) = self { answer } else { nil }
    }

    var event: WatchEvent? {
        if case .event(let event, _) = self { event } else { nil }
    }

    /// One word and a path, for comparing whole sequences.
    var sketch: String {
        switch self {
        case .event(let event, _): "\(event.kind) \(event.path)"
        case .pong: "pong"
        case .reply(let answer): answer.error.map { "\($0)" } ?? "ok"
        }
    }
}

struct Answer: Equatable {
    /// The number of the oldest request that was not answered.
    let expected: Xid?
    let header: ReplyHeader
    let body: ReplyBody

    var error: ZooKeeperError? { header.error }

    var stat: NodeStat? {
        switch body {
        case .stat(let stat), .created(_, let stat), .data(_, let stat), .access(_, let stat),
            .childrenWithStat(_, let stat):
            stat
        default: nil
        }
    }

    var data: Bytes? {
        if case .data(let data, _) = body { data } else { nil }
    }
}
