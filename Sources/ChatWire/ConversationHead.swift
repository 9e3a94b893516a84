import Toolbox
public import Vocabulary

/// Whether a chat is one of two people or a group.
public enum ConversationKind: String, CaseIterable, Sendable {
    case direct, group
}

/// One row of the list of chats, as one user sees it; also the answer to `GET /v1/chats/{id}`.
public struct ConversationHead: Hashable, Sendable {
    public var chat: ChatID
    public var kind: ConversationKind
    public var title: String?
    public var head: SequenceNumber
    /// Messages up to and with `head`.
    public var ord: UInt64
    /// How far the user has read.
    public var read: SequenceNumber
    public var unread: UInt64 = 0
    /// The newest entry, or its preview.
    public var last: EntryFrame?
    public var membersVersion: UInt64 = 0

    public init(
        chat: ChatID, kind: ConversationKind, title: String? = nil, head: SequenceNumber,
        ord: UInt64, read: SequenceNumber
    ) {
        self.chat = chat
        self.kind = kind
        self.title = title
        self.head = head
        self.ord = ord
        self.read = read
    }
}

extension ConversationHead: JSONBody {
    func write(into json: inout JSONWriter) {
        json.beginObject()
        writeMembers(into: &json)
        json.endObject()
    }

    func writeMembers(into json: inout JSONWriter) {
        json.member("chat", chat)
        json.member("kind", kind.rawValue)
        json.member("title", ifAny: title)
        json.member("head", head)
        json.member("ord", ord)
        json.member("read", read)
        json.member("unread", unread)
        if let last {
            json.key("last")
            json.raw(Self.object(last.encodedTailForPush()))
        }
        json.member("members_version", membersVersion)
    }

    private static func object(_ tail: Bytes) -> Bytes {
        var writer = ByteWriter(reserving: tail.count + 1)
        writer.write(UInt8(ascii: "{"))
        writer.writeRaw(tail)
        return writer.take()
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            chat: try fields.identifier("chat"), kind: try fields.choice("kind"),
            title: try fields.optionalText("title"), head: try fields.sequence("head"),
            ord: try fields.number("ord"), read: try fields.sequence("read"))
        unread = try fields.number("unread")
        membersVersion = try fields.number("members_version")
        if let entry = try fields.optionalFields("last") { last = try EntryFrame(from: entry) }
    }
}
