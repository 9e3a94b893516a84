public import Toolbox
public import Vocabulary

/// A chat as one copy of its shard has it.
///
/// Copies at the same `head` must show the same `digest`: that is how operators, and the suites
/// that kill nodes, see that no copy has a history of its own.
public struct ChatStatus: AdminShape {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case direct
        case group
    }

    public struct Member: AdminShape {
        public enum Role: String, CaseIterable, Hashable, Sendable {
            case member
            case admin
            case owner
        }

        public var user: UserID
        public var role: Role

        public init(user: UserID, role: Role) {
            self.user = user
            self.role = role
        }

        public func write(into json: inout JSONWriter) {
            json.beginObject()
            json.member("user", named: user)
            json.member("role", role.rawValue)
            json.endObject()
        }

        public init(from value: JSONValue) throws(AdminFailure) {
            let fields = try AdminFields(value, of: "member")
            user = try fields.named("user")
            role = try fields.choice("role")
        }
    }

    public var chat: ChatID
    public var kind: Kind
    public var title: String
    public var shard: ShardID
    public var group: ReplicaGroupID
    /// The node whose copy this is.
    public var node: NodeID
    public var head: SequenceNumber
    public var ord: UInt64
    /// Of the entry at `head`.
    public var digest: UInt64
    public var membersVersion: UInt64
    public var members: [Member]

    public init(
        chat: ChatID, kind: Kind, title: String, shard: ShardID, group: ReplicaGroupID,
        node: NodeID
    ) {
        self.chat = chat
        self.kind = kind
        self.title = title
        self.shard = shard
        self.group = group
        self.node = node
        head = .zero
        ord = 0
        digest = 0
        membersVersion = 0
        members = []
    }

    public func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("chat", named: chat)
        json.member("kind", kind.rawValue)
        json.member("title", title)
        json.member("shard", numbered: shard)
        json.member("group", numbered: group)
        json.member("node", numbered: node)
        json.member("head", numbered: head)
        json.member("ord", ord)
        json.member("digest", digest: digest)
        json.member("members_version", membersVersion)
        json.member("members", members)
        json.endObject()
    }

    public init(from value: JSONValue) throws(AdminFailure) {
        let fields = try AdminFields(value, of: "chat")
        chat = try fields.named("chat")
        kind = try fields.choice("kind")
        title = try fields.text("title")
        shard = try fields.numbered("shard")
        group = try fields.numbered("group")
        node = try fields.numbered("node")
        head = try fields.numbered("head")
        ord = try fields.number("ord")
        digest = try fields.digest("digest")
        membersVersion = try fields.number("members_version")
        members = try fields.list("members")
    }
}
