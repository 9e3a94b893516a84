public import Vocabulary

/// What `apply` says of one `MembershipCommand`.
public enum MembershipReply: Hashable, Sendable {
    case registered(UserID)
    case deviceOpened(DeviceID)
    /// The chat stands; its change `version` must reach the shard before the caller is answered.
    /// `isNew` is false where an existing chat was found (`reuse`, or a direct chat).
    case pending(chat: ChatID, version: UInt64, isNew: Bool)
    /// The chat stands and its change `version` is in the shard's log at `seq` already.
    case settled(chat: ChatID, version: UInt64, seq: SequenceNumber, isNew: Bool)
    case recorded
    case refused(MembershipRefusal)
}

public enum MembershipRefusal: Hashable, Sendable {
    case nameTaken
    case invalidField(String)
    /// No such user or chat, or the actor is not in it: told alike.
    case notFound
    case notAllowed
    case alreadyMember
    case notMember
    case limitReached
    case undecodable
}

/// One decided change on its way to the chat's shard.
public struct OutboxRecord: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case create(isDirect: Bool, sharesHistory: Bool, title: String, members: [OutboxMember])
        case join([OutboxMember])
        case leave(UserID)
        case role(UserID, MemberRole)
    }

    public var chat: ChatID
    /// Per chat 1, 2, 3, ...
    public var version: UInt64
    public var actor: UserID
    public var action: Action

    public init(chat: ChatID, version: UInt64, actor: UserID, action: Action) {
        self.chat = chat
        self.version = version
        self.actor = actor
        self.action = action
    }
}

public struct OutboxMember: Hashable, Sendable {
    public var user: UserID
    public var role: MemberRole

    public init(user: UserID, role: MemberRole) {
        self.user = user
        self.role = role
    }
}

public enum MembershipEffect: Hashable, Sendable {
    /// For the leader's courier, which hands it to the chat's shard. At most one record of a chat
    /// is announced at a time: the next follows when the one before was delivered.
    case outbox(OutboxRecord)
    /// The chat list of `user` changed: `chat` was added to it or removed from it.
    case listChanged(user: UserID, chat: ChatID, isAdded: Bool)
}
