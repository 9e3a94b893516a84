public import Toolbox
public import Vocabulary

/// A question or command for the leader of a replica group, on its way between nodes.
public struct RoutedRequest: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// Goes into the group's log.
        case command = 0
        /// As a command, answered only when the change it makes is in force at the chat's shard.
        case decision = 1
        /// A linearizable read.
        case query = 2
    }

    public var request: RequestID
    public var group: ReplicaGroupID
    /// Requests of one stream are taken in order or, from the first refused one on, not at all.
    public var stream: UInt64
    public var kind: Kind
    public var payload: Bytes

    public init(
        request: RequestID, group: ReplicaGroupID, stream: UInt64, kind: Kind, payload: Bytes
    ) {
        self.request = request
        self.group = group
        self.stream = stream
        self.kind = kind
        self.payload = payload
    }

    /// Everything but the group, which the frame's section names.
    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 24 + payload.count)
        writer.write(request.rawValue)
        writer.write(stream)
        writer.write(kind.rawValue)
        writer.writeCounted(payload)
        return writer.take()
    }

    public init(group: ReplicaGroupID, decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        self.group = group
        request = RequestID(try reader.read())
        stream = try reader.read()
        let rawKind = try reader.read(UInt8.self)
        guard let kind = Kind(rawValue: rawKind) else {
            throw .invalid(what: "request kind \(rawKind)", offset: reader.offset - 1)
        }
        self.kind = kind
        payload = try reader.readCounted()
        try reader.expectEnd()
    }
}

/// What became of a routed request at the node it was sent to.
public enum RoutedReply: Hashable, Sendable {
    /// The machine's reply or answer.
    case done(Bytes)
    /// Not taken, and it never will be from this attempt; `leader` is who may lead.
    case notLeader(leader: NodeID?)
    /// Not taken: too much is waiting there.
    case overloaded
    /// Taken, and the log went on without it: another leader's entry stands in its place.
    case lost
    /// Taken, and what became of it can not be told here.
    case unknown

    public func encoded(for request: RequestID) -> Bytes {
        var writer = ByteWriter(reserving: 32)
        writer.write(request.rawValue)
        switch self {
        case .done(let bytes):
            writer.write(UInt8(0))
            writer.writeCounted(bytes)
        case .notLeader(let leader):
            writer.write(UInt8(1))
            writer.writeOptional(leader) { $0.write($1.rawValue) }
        case .overloaded: writer.write(UInt8(2))
        case .lost: writer.write(UInt8(3))
        case .unknown: writer.write(UInt8(4))
        }
        return writer.take()
    }

    public static func decode(
        _ bytes: Bytes
    ) throws(DecodeFailure) -> (request: RequestID, reply: RoutedReply) {
        var reader = ByteReader(bytes)
        let request = RequestID(try reader.read())
        let reply: RoutedReply
        switch try reader.read(UInt8.self) {
        case 0: reply = .done(try reader.readCounted())
        case 1:
            reply = .notLeader(
                leader: try reader.readOptional { (reader) throws(DecodeFailure) in
                    NodeID(try reader.read())
                })
        case 2: reply = .overloaded
        case 3: reply = .lost
        case 4: reply = .unknown
        case let other: throw .invalid(what: "reply \(other)", offset: reader.offset - 1)
        }
        try reader.expectEnd()
        return (request, reply)
    }
}
