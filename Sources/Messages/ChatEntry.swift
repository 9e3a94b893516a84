public import Vocabulary

/// One entry of a chat's log. Its identity is `chat:seq`.
public struct ChatEntry: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case message = 0
        case edit = 1
        case delete = 2
        case react = 3
        case join = 4
        case leave = 5
        case role = 6
        case title = 7
    }

    public var seq: SequenceNumber
    /// Messages up to and including this entry.
    public var ord: UInt64
    public var time: WallTime
    public var from: UserID
    public var kind: Kind
    /// Of messages.
    public var clientID: ClientMessageID?
    public var body: MessageBody?
    /// Who joined, left, or got a role.
    public var users: [UserID]
    public var role: ChatRole?
    /// The chain of hashes up to here; see the page of `Messages`.
    public var digest: UInt64

    public init(
        seq: SequenceNumber, ord: UInt64, time: WallTime, from: UserID, kind: Kind,
        clientID: ClientMessageID? = nil, body: MessageBody? = nil, users: [UserID] = [],
        role: ChatRole? = nil, digest: UInt64
    ) {
        self.seq = seq
        self.ord = ord
        self.time = time
        self.from = from
        self.kind = kind
        self.clientID = clientID
        self.body = body
        self.users = users
        self.role = role
        self.digest = digest
    }
}
