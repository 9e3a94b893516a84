public import Vocabulary

/// What one may ask a message group. Every question of a user is answered by what he may read.
public enum MessageQuery: Hashable, Sendable {
    case page(chat: ChatID, user: UserID, anchor: PageAnchor, limit: UInt16)
    /// The present entry of each chat that changed after log index `since`, of those listed that
    /// `user` is in.
    case heads(user: UserID, chats: [ChatID], since: LogIndex)
    case members(chat: ChatID, user: UserID)
    /// For operators: a chat as a whole.
    case describe(chat: ChatID)
    /// Totals, for operators.
    case counts
}

public enum PageAnchor: Hashable, Sendable {
    case newest
    /// Both exclusive.
    case after(SequenceNumber)
    case before(SequenceNumber)
    /// A page around and including it.
    case at(SequenceNumber)
}

public enum MessageAnswer: Hashable, Sendable {
    case page(entries: [ChatEntry], head: SequenceNumber)
    /// As of log index `index`.
    case heads(index: LogIndex, [ChatHead])
    case members(version: UInt64, [ChatMember])
    case description(ChatDescription)
    case counts(chats: UInt64, entries: UInt64, remembered: UInt64)
    case refused(MessageRefusal)
}

/// A chat as one user's list shows it.
public struct ChatHead: Hashable, Sendable {
    public var chat: ChatID
    public var kind: ChatKind
    public var title: String
    public var head: SequenceNumber
    public var ord: UInt64
    public var read: SequenceNumber
    public var unread: UInt64
    public var last: ChatEntry?
    public var membersVersion: UInt64

    public init(
        chat: ChatID, kind: ChatKind, title: String, head: SequenceNumber, ord: UInt64,
        read: SequenceNumber, unread: UInt64, last: ChatEntry?, membersVersion: UInt64
    ) {
        self.chat = chat
        self.kind = kind
        self.title = title
        self.head = head
        self.ord = ord
        self.read = read
        self.unread = unread
        self.last = last
        self.membersVersion = membersVersion
    }
}

/// A chat as operators see it.
public struct ChatDescription: Hashable, Sendable {
    public var chat: ChatID
    public var kind: ChatKind
    public var title: String
    public var head: SequenceNumber
    public var ord: UInt64
    /// Of the entry at `head`.
    public var digest: UInt64
    public var membersVersion: UInt64
    public var members: [ChatMember]

    public init(
        chat: ChatID, kind: ChatKind, title: String, head: SequenceNumber, ord: UInt64,
        digest: UInt64, membersVersion: UInt64, members: [ChatMember]
    ) {
        self.chat = chat
        self.kind = kind
        self.title = title
        self.head = head
        self.ord = ord
        self.digest = digest
        self.membersVersion = membersVersion
        self.members = members
    }
}
