public import Toolbox
public import Vocabulary

/// What the node with a client's socket (its edge) and the node that owns the user's arc (its home)
/// tell each other. Connections are the edge's.
///
/// Sends, reads and marks are asked by the edge itself and do not need the home; the home keeps
/// what is pushed: the session's counter, its queue, and who of a user is here.
public enum EdgeHomeMessage: Hashable, Sendable {
    // From the edge.

    /// A client said `hello` with a good token, or its home is back. Repeated until answered.
    case attach(ConnectionID, Attachment)
    /// Of the bytes pushed in this attempt the edge got `received`; of these and of its own
    /// answers, `queued` still wait for the socket.
    case credit(ConnectionID, attempt: UInt32, received: UInt64, queued: UInt32)
    /// The socket is gone.
    case detach(ConnectionID)

    // From the home.

    /// The session gets all that is committed from now on.
    case attached(ConnectionID, attempt: UInt32)
    /// Texts for the client, in order; the last carries `push`.
    case frames(ConnectionID, attempt: UInt32, push: UInt64, [Bytes])
    /// Close the WebSocket with this code.
    case close(ConnectionID, attempt: UInt32, code: UInt16)
    /// The home knows of no such attachment: it has started anew.
    case unknown(ConnectionID, attempt: UInt32)
    /// The user's home is elsewhere, by a ring of this epoch, which is not older than the one by
    /// which the edge asked.
    case moved(ConnectionID, attempt: UInt32, epoch: RingEpoch)
}

/// A session as its home sees it.
public struct Attachment: Hashable, Sendable {
    public var session: ClientSessionID
    public var user: UserID
    public var device: DeviceID
    /// Counts the connection's attachments from 1. What belongs to an earlier one is ignored, so
    /// that nothing still on its way is mistaken for the present one's.
    public var attempt: UInt32
    /// The highest `push` that the client was sent; 0 for a new session.
    public var push: UInt64
    /// The session missed pushes: each of the user's chats becomes a `gap`.
    public var hasMissed: Bool
    /// Of the ring by which the edge chose the home.
    public var epoch = RingEpoch(0)

    public init(
        session: ClientSessionID, user: UserID, device: DeviceID, attempt: UInt32, push: UInt64,
        hasMissed: Bool
    ) {
        self.session = session
        self.user = user
        self.device = device
        self.attempt = attempt
        self.push = push
        self.hasMissed = hasMissed
    }
}

extension EdgeHomeMessage {
    public func encode() -> Bytes {
        var writer = ByteWriter(reserving: 32)
        encode(into: &writer)
        return writer.take()
    }

    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .attach(let connection, let attachment):
            Self.begin(0, connection, &writer)
            attachment.encode(into: &writer)
        case .credit(let connection, let attempt, let received, let queued):
            Self.begin(1, connection, &writer)
            writer.write(attempt)
            writer.write(received)
            writer.write(queued)
        case .detach(let connection): Self.begin(2, connection, &writer)
        case .attached(let connection, let attempt):
            Self.begin(3, connection, &writer)
            writer.write(attempt)
        case .frames(let connection, let attempt, let push, let texts):
            Self.begin(4, connection, &writer)
            writer.write(attempt)
            writer.write(push)
            writer.writeList(texts) { $0.writeCounted($1) }
        case .close(let connection, let attempt, let code):
            Self.begin(5, connection, &writer)
            writer.write(attempt)
            writer.write(code)
        case .unknown(let connection, let attempt):
            Self.begin(6, connection, &writer)
            writer.write(attempt)
        case .moved(let connection, let attempt, let epoch):
            Self.begin(7, connection, &writer)
            writer.write(attempt)
            writer.write(epoch.rawValue)
        }
    }

    private static func begin(
        _ tag: UInt8, _ connection: ConnectionID, _ writer: inout ByteWriter
    ) {
        writer.write(tag)
        writer.write(connection.rawValue)
    }

    /// Reads what `encode` wrote; nothing may follow.
    public init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.expectEnd()
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        let tag = try reader.read(UInt8.self)
        let connection = ConnectionID(try reader.read(UInt64.self))
        switch tag {
        case 0: self = .attach(connection, try Attachment(from: &reader))
        case 1:
            self = .credit(
                connection, attempt: try reader.read(), received: try reader.read(),
                queued: try reader.read())
        case 2: self = .detach(connection)
        case 3: self = .attached(connection, attempt: try reader.read())
        case 4:
            let attempt = try reader.read(UInt32.self)
            let push = try reader.read(UInt64.self)
            let texts = try reader.readList { reader throws(DecodeFailure) in
                try reader.readCounted()
            }
            self = .frames(connection, attempt: attempt, push: push, texts)
        case 5: self = .close(connection, attempt: try reader.read(), code: try reader.read())
        case 6: self = .unknown(connection, attempt: try reader.read())
        case 7:
            self = .moved(
                connection, attempt: try reader.read(), epoch: RingEpoch(try reader.read()))
        default: throw .invalid(what: "edge and home message \(tag)", offset: 0)
        }
    }
}

extension Attachment {
    func encode(into writer: inout ByteWriter) {
        writer.write(session.rawValue)
        writer.write(user.rawValue)
        writer.write(device.rawValue)
        writer.write(attempt)
        writer.write(push)
        writer.write(hasMissed)
        writer.write(epoch.rawValue)
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        session = ClientSessionID(try reader.read(UInt64.self))
        user = UserID(try reader.read(UInt64.self))
        device = DeviceID(try reader.read(UInt64.self))
        attempt = try reader.read()
        push = try reader.read()
        hasMissed = try reader.readBool()
        epoch = RingEpoch(try reader.read())
    }
}
