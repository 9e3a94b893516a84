public import Toolbox
public import Vocabulary

/// What an entry of a chat's log is.
public enum EntryKind: String, CaseIterable, Sendable {
    case message, edit, delete, react, join, leave, role, title
}

/// What a member may do in a chat.
public enum MemberRole: String, CaseIterable, Sendable {
    case member, admin, owner
}

/// An entry of a chat's log as clients see it. Its identity is `chat:seq`.
///
/// It is encoded once for all receivers: `encodedTail()` is all of the frame behind `op` and
/// `push`, and `write(push:tail:into:)` puts these before it.
public struct EntryFrame: Hashable, Sendable {
    public var chat: ChatID
    public var seq: SequenceNumber
    /// Messages up to and with this entry.
    public var ord: UInt64
    /// Log time.
    public var time: WallTime
    public var from: UserID
    public var kind: EntryKind
    /// Of the chat's log up to this entry; over the body as first written.
    public var digest: UInt64 = 0

    public var clientID: ClientMessageID?
    /// Nil where withheld.
    public var text: Bytes?
    /// What an edit, a delete or a reaction is about.
    public var target: SequenceNumber?
    /// Who joined or left, or got a role.
    public var users: [UserID] = []
    /// The text is a preview.
    public var hasMore = false
    public var replyTo: SequenceNumber?
    public var mentions: [UserID] = []
    public var attachments: [String] = []
    /// The edit whose text this message shows.
    public var edited: SequenceNumber?
    public var isDeleted = false
    public var emoji: String?
    /// Whether a reaction is added.
    public var isOn: Bool?
    public var role: MemberRole?
    public var title: String?
    /// So that the digest can be followed where the body is withheld. Shown only there.
    public var bodyHash: UInt64?

    /// Entries that take more bytes than this are pushed as previews.
    public static let wholeBytesMaximum = 16 << 10
    public static let previewScalarsCount = 1_024

    public init(
        chat: ChatID, seq: SequenceNumber, ord: UInt64, time: WallTime, from: UserID,
        kind: EntryKind
    ) {
        self.chat = chat
        self.seq = seq
        self.ord = ord
        self.time = time
        self.from = from
        self.kind = kind
    }

    /// The same entry with the start of its text.
    public func preview() -> EntryFrame {
        var preview = self
        preview.text = text?.prefix(unicodeScalars: Self.previewScalarsCount)
        preview.hasMore = true
        return preview
    }

    /// The JSON behind `{`: every member of the entry and the closing brace.
    public func encodedTail() -> Bytes {
        var json = JSONWriter(reserving: 256 + (text?.count ?? 0))
        json.value(self)
        return json.take().suffix(from: 1)
    }

    /// As it is pushed to live sessions: `encodedTail()` of this entry or of its preview.
    public func encodedTailForPush() -> Bytes {
        let tail = encodedTail()
        return tail.count + 1 > Self.wholeBytesMaximum ? preview().encodedTail() : tail
    }

    /// Appends the whole frame that pushes the entry with this tail.
    public static func write(push: UInt64, tail: Bytes, into writer: inout ByteWriter) {
        writer.writeRaw(prefix)
        writer.writeDigits(push)
        writer.write(UInt8(ascii: ","))
        writer.writeRaw(tail)
    }

    private static let prefix = Bytes(#"{"op":"entry","push":"#)
}
