import Toolbox
public import Vocabulary

/// What a new member of a group may see of the time before.
public enum HistoryChoice: String, CaseIterable, Sendable {
    case all
    /// From the latest join.
    case joined
}

/// The body of `POST /v1/chats`.
public enum ConversationRequest: Hashable, Sendable {
    case direct(with: UserID)
    case group(GroupRequest)
}

/// A group as it is asked for.
public struct GroupRequest: Hashable, Sendable {
    public var title: String?
    /// A set: ascending, none twice, at most `membersMaximum`.
    public var members: [UserID]
    public var history: HistoryChoice = .all
    /// Take the group of exactly these members if there is one.
    public var isReused = false

    /// More is `limit_reached`, whatever the configuration says.
    public static let membersMaximum = 10_000

    public init(title: String? = nil, members: [UserID]) {
        self.title = title
        self.members = members
    }
}

/// The answer to `POST /v1/chats`.
public struct ConversationAnswer: Hashable, Sendable {
    public var chat: ChatID
    /// The first entry's for a new chat, else the head.
    public var seq: SequenceNumber

    public init(chat: ChatID, seq: SequenceNumber) {
        self.chat = chat
        self.seq = seq
    }
}

/// The body of `PUT /v1/chats/{id}/members/{user}`.
public struct MemberRequest: Hashable, Sendable {
    public var role: MemberRole?

    public init(role: MemberRole? = nil) { self.role = role }
}

/// The answer to a change of members: in force everywhere.
public struct MemberAnswer: Hashable, Sendable {
    public var seq: SequenceNumber
    public var membersVersion: UInt64

    public init(seq: SequenceNumber, membersVersion: UInt64) {
        self.seq = seq
        self.membersVersion = membersVersion
    }
}

/// The answer to `GET /v1/chats/{id}/members`.
public struct MembersAnswer: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var user: UserID
        public var role: MemberRole

        public init(user: UserID, role: MemberRole) {
            self.user = user
            self.role = role
        }
    }

    public var members: [Member]
    public var membersVersion: UInt64

    public init(members: [Member], membersVersion: UInt64) {
        self.members = members
        self.membersVersion = membersVersion
    }
}

/// The answer to `GET /v1/users?name=`: one user, or none.
public struct UsersAnswer: Hashable, Sendable {
    public struct User: Hashable, Sendable {
        public var user: UserID
        public var name: String
        public var displayName: String?

        public init(user: UserID, name: String, displayName: String? = nil) {
            self.user = user
            self.name = name
            self.displayName = displayName
        }
    }

    public var users: [User]

    public init(users: [User]) { self.users = users }
}

extension ConversationRequest: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        switch self {
        case .direct(let user):
            json.member("kind", ConversationKind.direct.rawValue)
            json.member("user", user)
        case .group(let group):
            json.member("kind", ConversationKind.group.rawValue)
            json.member("title", ifAny: group.title)
            json.key("members")
            json.beginArray()
            for member in group.members { json.digits(member.rawValue) }
            json.endArray()
            json.member("history", group.history.rawValue)
            json.member("reuse", ifTrue: group.isReused)
        }
    }

    init(from fields: Fields) throws(ErrorReport) {
        switch try fields.choice("kind", ConversationKind.self) {
        case .direct: self = .direct(with: try fields.identifier("user"))
        case .group: self = .group(try GroupRequest(fields))
        }
    }
}

extension GroupRequest {
    init(_ fields: Fields) throws(ErrorReport) {
        _ = try fields.require("members", fields.optional("members"))
        let members = try fields.identifiers("members", UserID.self)
        guard members.count <= Self.membersMaximum else {
            throw ErrorReport(
                .limitReached, "members: \(members.count), \(Self.membersMaximum) at most")
        }
        self.init(title: try fields.optionalText("title"), members: Self.set(of: members))
        history = try fields.optionalChoice("history") ?? .all
        isReused = try fields.optionalFlag("reuse") ?? false
    }

    private static func set(of members: [UserID]) -> [UserID] {
        var set: [UserID] = []
        for member in members.sorted() where member != set.last { set.append(member) }
        return set
    }
}

extension ConversationAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("chat", chat)
        json.member("seq", seq)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(chat: try fields.identifier("chat"), seq: try fields.sequence("seq"))
    }
}

extension MemberRequest: JSONBody {
    func writeMembers(into json: inout JSONWriter) { json.member("role", ifAny: role?.rawValue) }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(role: try fields.optionalChoice("role"))
    }
}

extension MemberAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("seq", seq)
        json.member("members_version", membersVersion)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            seq: try fields.sequence("seq"), membersVersion: try fields.number("members_version"))
    }
}

extension MembersAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.key("members")
        json.beginArray()
        for member in members {
            json.beginObject()
            json.member("user", member.user)
            json.member("role", member.role.rawValue)
            json.endObject()
        }
        json.endArray()
        json.member("members_version", membersVersion)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            members: try fields.list("members") { member throws(ErrorReport) in
                Member(user: try member.identifier("user"), role: try member.choice("role"))
            }, membersVersion: try fields.number("members_version"))
    }
}

extension UsersAnswer: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.key("users")
        json.beginArray()
        for user in users {
            json.beginObject()
            user.writeMembers(into: &json)
            json.endObject()
        }
        json.endArray()
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            users: try fields.list("users") { user throws(ErrorReport) in
                try User(from: user)
            })
    }
}

extension UsersAnswer.User: JSONBody {
    func writeMembers(into json: inout JSONWriter) {
        json.member("user", user)
        json.member("name", name)
        json.member("display_name", ifAny: displayName)
    }

    init(from fields: Fields) throws(ErrorReport) {
        self.init(
            user: try fields.identifier("user"), name: try fields.text("name"),
            displayName: try fields.optionalText("display_name"))
    }
}
