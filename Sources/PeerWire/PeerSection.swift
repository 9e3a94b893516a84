public import Toolbox
public import Vocabulary

/// One group's share of a frame. The room that owns the kind explains the body.
public struct PeerSection: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        /// A Raft message.
        case consensus = 1
        /// A request for the group's leader.
        case request = 2
        /// The answer to one.
        case reply = 3
        /// A node wants the group's entries streamed to it.
        case subscribe = 4
        /// Entries of the stream.
        case delivery = 5
        /// Between the node with a user's socket and his home.
        case edgeHome = 6
        /// A part of a snapshot.
        case snapshot = 7
        /// A snapshot's end, as the receiver saw it.
        case snapshotResult = 8
        /// The leader's node wants the receiver to hold a copy.
        case makeCopy = 9
        /// The receiver does: its id.
        case copyMade = 10
        /// Who should lead the group could take it now.
        case claim = 11
        /// A node without a copy wants to know where the group's leader is.
        case whoLeads = 12
        /// The leader, as far as the sender knows.
        case leads = 13
        /// A command of a client of the coordination service, for the group's leader.
        case proposal = 14
        /// It came to nothing there.
        case proposalFailed = 15
        /// Sessions that the sender has heard lately.
        case touches = 16
    }

    public var kind: Kind
    public var group: ReplicaGroupID
    public var body: Bytes

    public init(kind: Kind, group: ReplicaGroupID, body: Bytes) {
        self.kind = kind
        self.group = group
        self.body = body
    }

    /// Bytes that this section takes in a frame.
    public var encodedBytes: Int { 9 + body.count }

    public static func encode(_ sections: [PeerSection]) -> Bytes {
        var writer = ByteWriter(reserving: sections.reduce(4) { $0 + $1.encodedBytes })
        writer.writeList(sections) { writer, section in
            writer.write(section.kind.rawValue)
            writer.write(section.group.rawValue)
            writer.writeCounted(section.body)
        }
        return writer.take()
    }

    public static func decode(_ payload: Bytes) throws(DecodeFailure) -> [PeerSection] {
        var reader = ByteReader(payload)
        let sections = try reader.readList { (reader) throws(DecodeFailure) in
            let rawKind = try reader.read(UInt8.self)
            guard let kind = Kind(rawValue: rawKind) else {
                throw DecodeFailure.invalid(
                    what: "section kind \(rawKind)", offset: reader.offset - 1)
            }
            return PeerSection(
                kind: kind, group: ReplicaGroupID(try reader.read()),
                body: try reader.readCounted())
        }
        try reader.expectEnd()
        return sections
    }
}
