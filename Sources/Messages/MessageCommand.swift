public import Toolbox
public import Vocabulary

/// What the log of a message group holds.
public enum MessageCommand: Hashable, Sendable {
    /// A member sends a message.
    case post(Post)
    /// A change that `Membership` decided, handed over from its outbox; dropped if seen before.
    case change(MembershipChange)
    /// What several users have received and read; merged by maximum.
    case mark([Mark])
}

/// A message on its way into a chat's log.
public struct Post: Hashable, Sendable {
    public var chat: ChatID
    public var sender: UserID
    public var clientID: ClientMessageID
    public var body: MessageBody
    /// The highest `seq` that the sending device has shown; works as a mark of `read`.
    public var seen: SequenceNumber?

    public init(
        chat: ChatID, sender: UserID, clientID: ClientMessageID, body: MessageBody,
        seen: SequenceNumber? = nil
    ) {
        self.chat = chat
        self.sender = sender
        self.clientID = clientID
        self.body = body
        self.seen = seen
    }
}

/// What a sender wrote. Two bodies are the same if all of this is equal.
public struct MessageBody: Hashable, Sendable {
    /// UTF-8.
    public var text: Bytes
    public var replyTo: SequenceNumber?
    public var mentions: [UserID]
    public var attachments: [String]

    public init(
        text: Bytes, replyTo: SequenceNumber? = nil, mentions: [UserID] = [],
        attachments: [String] = []
    ) {
        self.text = text
        self.replyTo = replyTo
        self.mentions = mentions
        self.attachments = attachments
    }
}

/// One decided change of a chat's members, as it stands in the outbox of `Membership`.
///
/// Versions of one chat are 1, 2, 3, ...; the shard applies each exactly once and in order.
public struct MembershipChange: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        /// The chat's first entry: all its first members.
        case create(kind: ChatKind, history: HistoryAccess, title: String, members: [ChatMember])
        case join([ChatMember])
        case leave(UserID)
        case role(UserID, ChatRole)
    }

    public var chat: ChatID
    public var version: UInt64
    /// Who did it.
    public var actor: UserID
    public var action: Action

    public init(chat: ChatID, version: UInt64, actor: UserID, action: Action) {
        self.chat = chat
        self.version = version
        self.actor = actor
        self.action = action
    }
}

public enum ChatKind: UInt8, Hashable, Sendable { case direct = 0, group = 1 }
/// What a member who joins later may read: everything, or what came from his latest join on.
public enum HistoryAccess: UInt8, Hashable, Sendable { case all = 0, joined = 1 }
public enum ChatRole: UInt8, Hashable, Sendable { case member = 0, admin = 1, owner = 2 }

public struct ChatMember: Hashable, Sendable {
    public var user: UserID
    public var role: ChatRole

    public init(user: UserID, role: ChatRole) {
        self.user = user
        self.role = role
    }
}

/// Watermarks of one user in one chat; both clamped to the chat's head.
public struct Mark: Hashable, Sendable {
    public var chat: ChatID
    public var user: UserID
    public var delivered: SequenceNumber?
    public var read: SequenceNumber?

    public init(
        chat: ChatID, user: UserID, delivered: SequenceNumber? = nil, read: SequenceNumber? = nil
    ) {
        self.chat = chat
        self.user = user
        self.delivered = delivered
        self.read = read
    }
}
