public import Toolbox
public import Vocabulary

/// The answer to `send` and to `POST /v1/chats/{id}/messages`: a majority has the message on disk.
public struct SendReceipt: Hashable, Sendable {
    public var seq: SequenceNumber
    public var ord: UInt64
    public var time: WallTime
    /// The client id was known: these are the first send's values.
    public var isDuplicate = false
    /// Who got no live copy; nil where unknown. At most `offlineMaximum`.
    public var offline: [UserID]?
    public var hasMoreOffline = false

    public static let offlineMaximum = 100

    public init(seq: SequenceNumber, ord: UInt64, time: WallTime) {
        self.seq = seq
        self.ord = ord
        self.time = time
    }
}

/// The answer to `get`: entries in ascending order, whole.
public struct EntryPage: Hashable, Sendable {
    public var entries: [EntryFrame]
    public var head: SequenceNumber
    /// The digest before the first entry that the user may see, where the page starts there.
    public var digestBefore: UInt64?

    /// A page ends when it has this many bytes, and is never empty before the head.
    public static let bytesMaximum = 512 << 10

    public init(entries: [EntryFrame], head: SequenceNumber) {
        self.entries = entries
        self.head = head
    }
}

/// The answer to `sync` and `GET /v1/chats`: chats that changed since the cursor, newest first.
public struct ConversationPage: Hashable, Sendable {
    public var chats: [ConversationHead]
    /// Opaque; for the next `sync`.
    public var cursor: Bytes
    public var isDone: Bool

    public init(chats: [ConversationHead], cursor: Bytes, isDone: Bool) {
        self.chats = chats
        self.cursor = cursor
        self.isDone = isDone
    }
}

extension SendReceipt: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("seq", seq)
        json.member("ord", ord)
        json.member("time", time)
        json.member("duplicate", ifTrue: isDuplicate)
        if let offline {
            json.key("offline")
            json.beginArray()
            for user in offline.prefix(Self.offlineMaximum) { json.digits(user.rawValue) }
            json.endArray()
            json.member(
                "offline_more", ifTrue: hasMoreOffline || offline.count > Self.offlineMaximum)
        }
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            seq: try fields.sequence("seq"), ord: try fields.number("ord"),
            time: try fields.time("time"))
        isDuplicate = try fields.optionalFlag("duplicate") ?? false
        if fields.optional("offline") != nil { offline = try fields.identifiers("offline") }
        hasMoreOffline = try fields.optionalFlag("offline_more") ?? false
    }
}

extension EntryPage: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.key("entries")
        json.beginArray()
        for entry in entries { json.value(entry) }
        json.endArray()
        json.member("head", head)
        if let digestBefore {
            json.key("digest_before")
            json.hexDigits(digestBefore)
        }
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            entries: try fields.list("entries") { entry throws(ErrorReport) in
                try EntryFrame(from: entry)
            }, head: try fields.sequence("head"))
        digestBefore = try fields.optionalHexNumber("digest_before")
    }
}

extension ConversationPage: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.key("chats")
        json.beginArray()
        for chat in chats { chat.write(into: &json) }
        json.endArray()
        json.member("cursor", cursor)
        json.member("done", isDone)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            chats: try fields.list("chats") { head throws(ErrorReport) in
                try ConversationHead(from: head)
            }, cursor: try fields.bytes("cursor"),
            isDone: try fields.require("done", try fields.optionalFlag("done")))
    }
}
