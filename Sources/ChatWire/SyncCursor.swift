public import Toolbox
public import Vocabulary

/// How much of a user's chats a device knows: a log position per message group, and one in the
/// user's own stream. A group that is missing counts as 0, so an empty cursor is a full sync.
///
/// Clients see it as opaque base64url text and hand it back as they got it.
public struct SyncCursor: Hashable, Sendable {
    public struct GroupPosition: Hashable, Sendable {
        public let group: ReplicaGroupID
        public let index: LogIndex

        public init(group: ReplicaGroupID, index: LogIndex) {
            self.group = group
            self.index = index
        }
    }

    /// A list of chats that takes several pages: positions above are what the client knew before
    /// it, these are the snapshot that the pages are cut from, and where the next page starts.
    public struct Unfinished: Hashable, Sendable {
        public var groups: [GroupPosition]
        public var stream: UInt64
        /// Time of the last entry of the last chat that was shown.
        public var time: WallTime
        /// The last chat that was shown.
        public var chat: ChatID

        public init(groups: [GroupPosition], stream: UInt64, time: WallTime, chat: ChatID) {
            self.groups = groups
            self.stream = stream
            self.time = time
            self.chat = chat
        }
    }

    /// Ascending by group.
    public var groups: [GroupPosition] = []
    public var stream: UInt64 = 0
    public var unfinished: Unfinished?

    private static let version: UInt8 = 1
    /// Characters of a cursor; more is no cursor.
    private static let textBytesMaximum = 64 << 10

    public init() {}

    public init(groups: [GroupPosition], stream: UInt64 = 0) {
        self.groups = groups.sorted { $0.group < $1.group }
        self.stream = stream
    }

    /// The position in `group`'s log; `zero` if there is none.
    public func index(of group: ReplicaGroupID) -> LogIndex {
        groups.first { $0.group == group }?.index ?? .zero
    }

    /// The opaque text.
    public func encoded() -> Bytes {
        var writer = ByteWriter(reserving: 64 + 12 * groups.count)
        writer.write(Self.version)
        Self.write(groups, stream, into: &writer)
        writer.writeOptional(unfinished) { writer, unfinished in
            Self.write(unfinished.groups, unfinished.stream, into: &writer)
            writer.write(unfinished.time.milliseconds)
            writer.write(unfinished.chat.rawValue)
        }
        writer.write(writer.withUnsafeBytes { CRC32C.checksum(of: $0) })
        return Base64.encode(writer.take(), as: .urlSafe)
    }

    /// Nil for what `encoded()` does not give.
    public init?(decoding text: Bytes) {
        guard text.count <= Self.textBytesMaximum, let bytes = Base64.decode(text, as: .urlSafe),
            bytes.count > 4
        else { return nil }
        let body = bytes.slice(0..<bytes.count - 4)
        var reader = ByteReader(body)
        var trailer = ByteReader(bytes.suffix(from: body.count))
        do throws(DecodeFailure) {
            guard try trailer.read(UInt32.self) == CRC32C.checksum(of: body),
                try reader.read(UInt8.self) == Self.version
            else { return nil }
            (groups, stream) = try Self.read(from: &reader)
            unfinished = try reader.readOptional { reader throws(DecodeFailure) in
                let (groups, stream) = try Self.read(from: &reader)
                return Unfinished(
                    groups: groups, stream: stream,
                    time: WallTime(milliseconds: try reader.read()), chat: ChatID(try reader.read())
                )
            }
            try reader.expectEnd()
        } catch {
            return nil
        }
    }

    private static func write(
        _ groups: [GroupPosition], _ stream: UInt64, into writer: inout ByteWriter
    ) {
        writer.writeList(groups) { writer, position in
            writer.write(position.group.rawValue)
            writer.write(position.index.rawValue)
        }
        writer.write(stream)
    }

    private static func read(
        from reader: inout ByteReader
    ) throws(DecodeFailure) -> ([GroupPosition], UInt64) {
        let groups = try reader.readList { reader throws(DecodeFailure) in
            GroupPosition(
                group: ReplicaGroupID(try reader.read()), index: LogIndex(try reader.read()))
        }
        return (groups, try reader.read())
    }
}
