public import Toolbox

/// A connection's first frame: asks for a session, new or old.
///
/// Source: Apache ZooKeeper, zookeeper.jute, ConnectRequest.
public struct ConnectRequest: Hashable, Sendable {
    /// 0; what else comes means nothing.
    public var protocolVersion: Int32
    /// The latest change that the client has seen: it must not be shown an older state.
    public var lastZxidSeen: Zxid
    /// Wanted for the session; may be anything.
    public var timeoutMilliseconds: Int32
    /// `none` for a new one.
    public var session: CoordinationSessionID
    /// 16 bytes usually. Null and empty prove the same.
    public var password: Bytes
    /// Whether a server without quorum will do; nil from old clients, that do not say and must not
    /// be told.
    public var acceptsReadOnly: Bool?

    public init(
        protocolVersion: Int32 = 0, lastZxidSeen: Zxid = .zero, timeoutMilliseconds: Int32,
        session: CoordinationSessionID = .none, password: Bytes = ConnectResponse.noPassword,
        acceptsReadOnly: Bool? = false
    ) {
        self.protocolVersion = protocolVersion
        self.lastZxidSeen = lastZxidSeen
        self.timeoutMilliseconds = timeoutMilliseconds
        self.session = session
        self.password = password
        self.acceptsReadOnly = acceptsReadOnly
    }

    /// What a first frame, without its length, says. Bytes behind it mean nothing.
    public init(frame: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(frame)
        protocolVersion = try reader.readJuteInt()
        lastZxidSeen = Zxid(try reader.readJuteLong())
        timeoutMilliseconds = try reader.readJuteInt()
        session = CoordinationSessionID(try reader.readJuteLong())
        password = try reader.readJuteText()
        acceptsReadOnly = reader.isAtEnd ? nil : try reader.readJuteBool()
    }
}

/// The answer to a connection's first frame.
///
/// Source: Apache ZooKeeper, zookeeper.jute, ConnectResponse.
public struct ConnectResponse: Hashable, Sendable {
    public static let passwordBytes = 16
    public static let noPassword = Bytes([UInt8](repeating: 0, count: passwordBytes))

    public var protocolVersion: Int32
    /// Of the session; 0 or less tells that there is none.
    public var timeoutMilliseconds: Int32
    public var session: CoordinationSessionID
    /// `passwordBytes` of them: clients in C read no other.
    public var password: Bytes
    /// Whether this server is without quorum; nil for clients that did not say whether they mind.
    public var isReadOnly: Bool?

    public init(
        protocolVersion: Int32 = 0, timeoutMilliseconds: Int32, session: CoordinationSessionID,
        password: Bytes, isReadOnly: Bool?
    ) {
        self.protocolVersion = protocolVersion
        self.timeoutMilliseconds = timeoutMilliseconds
        self.session = session
        self.password = password
        self.isReadOnly = isReadOnly
    }

    /// Says that the session is unknown, over, or not the client's. Then the connection closes.
    public static func expired(answering request: ConnectRequest) -> ConnectResponse {
        ConnectResponse(
            timeoutMilliseconds: 0, session: .none, password: noPassword,
            isReadOnly: request.acceptsReadOnly == nil ? nil : false)
    }

    /// What a server's first frame, without its length, says.
    public init(frame: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(frame)
        protocolVersion = try reader.readJuteInt()
        timeoutMilliseconds = try reader.readJuteInt()
        session = CoordinationSessionID(try reader.readJuteLong())
        password = try reader.readJuteText()
        isReadOnly = reader.isAtEnd ? nil : try reader.readJuteBool()
    }
}

extension ByteWriter {
    /// A whole frame, its length first.
    public mutating func write(connect request: ConnectRequest) {
        let start = beginFrame()
        writeBigEndian(request.protocolVersion)
        writeBigEndian(request.lastZxidSeen.rawValue)
        writeBigEndian(request.timeoutMilliseconds)
        writeBigEndian(request.session.rawValue)
        writeJute(request.password)
        if let acceptsReadOnly = request.acceptsReadOnly { write(acceptsReadOnly) }
        endFrame(from: start)
    }

    /// A whole frame, its length first.
    public mutating func write(connected response: ConnectResponse) {
        let start = beginFrame()
        writeBigEndian(response.protocolVersion)
        writeBigEndian(response.timeoutMilliseconds)
        writeBigEndian(response.session.rawValue)
        writeJute(response.password)
        if let isReadOnly = response.isReadOnly { write(isReadOnly) }
        endFrame(from: start)
    }
}
