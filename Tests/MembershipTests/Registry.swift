import Membership
import ReplicatedState
import Toolbox
import Vocabulary

/// A membership machine with a log in front of it, and a courier that delivers when told.
struct Registry {
    var machine: MembershipMachine
    var index: UInt64 = 0
    /// Log time, in milliseconds since 1970.
    var now: Int64 = 1_700_000_000_000
    /// Of the last command.
    var effects: [MembershipEffect] = []
    /// Records announced and not yet delivered, in order.
    var announced: [OutboxRecord] = []

    init(limits: MachineLimits = MachineLimits()) {
        machine = MembershipMachine(group: ReplicaGroupID(2), limits: limits)
    }

    /// A registry of `users` accounts, numbered from 1.
    init(users: Int, membersMaximum: Int = Limits.chatMembersMaximum) throws {
        var limits = MachineLimits()
        limits.chatMembersMaximum = membersMaximum
        self.init(limits: limits)
        for user in 1...users { _ = try register("user\(user)") }
    }

    mutating func apply(bytes: Bytes) -> Bytes {
        index += 1
        effects = []
        let position = AppliedPosition(index: LogIndex(index), time: WallTime(milliseconds: now))
        return machine.apply(bytes, at: position, into: &effects)
    }

    mutating func apply(_ command: MembershipCommand) throws -> MembershipReply {
        let reply = try MembershipReply(decoding: apply(bytes: command.encoded()))
        announced += records
        return reply
    }

    /// Those that the last command announced.
    var records: [OutboxRecord] {
        effects.compactMap { effect in
            if case .outbox(let record) = effect { return record }
            return nil
        }
    }

    mutating func register(_ name: String) throws -> MembershipReply {
        try apply(.register(name: name, displayName: "", email: "", hash: "$y$hash"))
    }

    mutating func direct(_ actor: UInt64, _ other: UInt64) throws -> MembershipReply {
        try apply(.createDirect(actor: UserID(actor), other: UserID(other)))
    }

    mutating func group(
        by actor: UInt64, _ members: [UInt64], reuses: Bool = false, key: Bytes = Bytes()
    ) throws -> MembershipReply {
        try apply(
            .createGroup(
                CreateGroup(
                    actor: UserID(actor), title: "Rooks", members: members.map { UserID($0) },
                    reuses: reuses, key: key)))
    }

    mutating func set(
        _ user: UInt64, _ role: MemberRole? = nil, by actor: UInt64, in chat: UInt64 = 1
    ) throws -> MembershipReply {
        try apply(
            .setMember(
                actor: UserID(actor), chat: ChatID(chat), user: UserID(user), role: role))
    }

    mutating func remove(
        _ user: UInt64, by actor: UInt64, in chat: UInt64 = 1
    ) throws -> MembershipReply {
        try apply(.removeMember(actor: UserID(actor), chat: ChatID(chat), user: UserID(user)))
    }

    mutating func deliver(
        _ chat: UInt64 = 1, version: UInt64, seq: UInt64
    ) throws -> MembershipReply {
        try apply(
            .delivered(chat: ChatID(chat), version: version, seq: SequenceNumber(seq)))
    }

    /// Delivers everything, as a shard that gives change n the position 10 n.
    mutating func deliverAll() throws {
        while !announced.isEmpty {
            let record = announced.removeFirst()
            _ = try deliver(
                record.chat.rawValue, version: record.version, seq: record.version * 10)
        }
    }

    func ask(_ query: MembershipQuery) throws -> MembershipAnswer {
        try MembershipAnswer(decoding: machine.answer(query.encoded()))
    }

    func members(of chat: UInt64 = 1) throws -> [OutboxMember] {
        guard case .chat(_, _, _, _, let members) = try ask(.chat(ChatID(chat))) else { return [] }
        return members
    }

    /// `1o 2a 3m`: who is in the chat, as owner, admin or member.
    func roster(of chat: UInt64 = 1) throws -> String {
        try members(of: chat).map { member in
            "\(member.user.rawValue)\(["m", "a", "o"][Int(member.role.rawValue)])"
        }.joined(separator: " ")
    }

    func chats(of user: UInt64) throws -> [UInt64] {
        guard case .chats(_, let chats) = try ask(.chats(user: UserID(user))) else { return [] }
        return chats.map(\.chat.rawValue)
    }

    func position(of user: UInt64) throws -> UInt64 {
        guard case .chats(let position, _) = try ask(.chats(user: UserID(user))) else { return 0 }
        return position
    }

    func outbox(limit: UInt16 = .max) throws -> [OutboxRecord] {
        guard case .outbox(let records) = try ask(.outbox(limit: limit)) else { return [] }
        return records
    }

    /// The same state, out of its own snapshot.
    func restored() throws -> Registry {
        var copy = self
        copy.machine = try MembershipMachine(
            group: machine.group, limits: MachineLimits(),
            restoring: machine.snapshot.encode())
        return copy
    }
}

/// Shorthands for replies about chats.
func pending(
    _ chat: UInt64 = 1, _ version: UInt64, isNew: Bool = false
) -> MembershipReply {
    .pending(chat: ChatID(chat), version: version, isNew: isNew)
}

func settled(
    _ chat: UInt64 = 1, _ version: UInt64, at seq: UInt64, isNew: Bool = false
) -> MembershipReply {
    .settled(chat: ChatID(chat), version: version, seq: SequenceNumber(seq), isNew: isNew)
}
