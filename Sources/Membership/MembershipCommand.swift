public import Toolbox
public import Vocabulary

/// What the log of the membership group holds.
public enum MembershipCommand: Hashable, Sendable {
    /// Makes an account. `hash` is a ready crypt(3) string: hashing is slow and needs chance, so it
    /// happens before.
    case register(name: String, displayName: String, email: String, hash: Bytes)
    /// A log-in that succeeded: makes a device, or renames one of the user's own.
    case openDevice(user: UserID, device: DeviceID?, label: String)
    case createDirect(actor: UserID, other: UserID)
    case createGroup(CreateGroup)
    case setMember(actor: UserID, chat: ChatID, user: UserID, role: MemberRole?)
    case removeMember(actor: UserID, chat: ChatID, user: UserID)
    /// The shard has applied the chat's change `version` at `seq`: the record may leave the outbox.
    case delivered(chat: ChatID, version: UInt64, seq: SequenceNumber)
}

public struct CreateGroup: Hashable, Sendable {
    public var actor: UserID
    public var title: String
    /// A set; the actor is added if he is not in it.
    public var members: [UserID]
    /// Members who join later read everything, or only from their latest join on.
    public var sharesHistory: Bool
    /// Answer with the group of exactly these members if there is one.
    public var reuses: Bool
    /// The caller's Idempotency-Key: a repeat within 24 h of log time gets the first chat. At most
    /// 64 bytes; empty for none.
    public var key: Bytes

    public init(
        actor: UserID, title: String, members: [UserID], sharesHistory: Bool = true,
        reuses: Bool = false, key: Bytes = Bytes()
    ) {
        self.actor = actor
        self.title = title
        self.members = members
        self.sharesHistory = sharesHistory
        self.reuses = reuses
        self.key = key
    }
}

/// A member's rights. Same values as the shard's.
public enum MemberRole: UInt8, Hashable, Sendable { case member = 0, admin = 1, owner = 2 }
