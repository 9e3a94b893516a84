public import Toolbox
public import Vocabulary

/// What one may ask the membership group.
public enum MembershipQuery: Hashable, Sendable {
    case account(name: String)
    case user(UserID)
    /// The chats of `user`, in order of their ids, and the position of his own stream.
    case chats(user: UserID)
    case chat(ChatID)
    /// Records not yet delivered, at most one a chat, in order of chats; what a new leader's
    /// courier starts with.
    case outbox(limit: UInt16)
    case counts
}

public enum MembershipAnswer: Hashable, Sendable {
    case account(Account)
    case chats(position: UInt64, [ListedChat])
    case chat(isDirect: Bool, title: String, version: UInt64, pending: Bool, [OutboxMember])
    case outbox([OutboxRecord])
    case counts(users: UInt64, chats: UInt64, outbox: UInt64)
    case refused(MembershipRefusal)
}

public struct Account: Hashable, Sendable {
    public var user: UserID
    public var name: String
    public var displayName: String
    public var email: String
    /// A crypt(3) string; never leaves the node that checks a password.
    public var hash: Bytes
    public var devices: [DeviceID]

    public init(
        user: UserID, name: String, displayName: String, email: String, hash: Bytes,
        devices: [DeviceID]
    ) {
        self.user = user
        self.name = name
        self.displayName = displayName
        self.email = email
        self.hash = hash
        self.devices = devices
    }
}

/// A chat in a user's list.
public struct ListedChat: Hashable, Sendable {
    public var chat: ChatID
    public var isDirect: Bool
    public var title: String
    /// The other member of a direct chat.
    public var peer: UserID?

    public init(chat: ChatID, isDirect: Bool, title: String, peer: UserID?) {
        self.chat = chat
        self.isDirect = isDirect
        self.title = title
        self.peer = peer
    }
}
