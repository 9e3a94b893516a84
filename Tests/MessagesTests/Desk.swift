import Messages
import ReplicatedState
import Toolbox
import Vocabulary

/// A message machine with a log in front of it: counts indices, keeps the time, reads replies.
struct Desk {
    static let start: Int64 = 1_700_000_000_000
    static let chat = ChatID(7)

    var machine: MessageMachine
    var index: UInt64 = 0
    /// Log time, in milliseconds since 1970.
    var now = Desk.start
    /// Of the last command.
    var effects: [MessageEffect] = []
    private var idsMade: UInt64 = 0

    init(limits: MachineLimits = MachineLimits()) {
        machine = MessageMachine(group: ReplicaGroupID(1), limits: limits)
    }

    /// A desk with one group of `users`, the first of them its owner.
    init(
        users: [UInt64], history: HistoryAccess = .all, limits: MachineLimits = MachineLimits()
    ) throws {
        self.init(limits: limits)
        _ = try create(users: users, history: history)
    }

    mutating func apply(_ command: MessageCommand) throws -> MessageReply {
        try MessageReply(decoding: apply(bytes: command.encoded()))
    }

    var position: AppliedPosition {
        AppliedPosition(index: LogIndex(index), time: WallTime(milliseconds: now))
    }

    mutating func apply(bytes: Bytes) -> Bytes {
        index += 1
        effects = []
        var news: [MessageNews] = []
        let outcome = machine.apply(bytes, at: position, into: &news)
        effects = news.compactMap { machine.effect(of: $0) { _ in true } }
        return outcome.encoded()
    }

    mutating func create(
        _ chat: ChatID = Desk.chat, users: [UInt64], kind: ChatKind = .group,
        history: HistoryAccess = .all
    ) throws -> MessageReply {
        let members = users.map {
            ChatMember(user: UserID($0), role: $0 == users.first ? .owner : .member)
        }
        return try change(
            1, by: users.first ?? 0,
            .create(kind: kind, history: history, title: "Rooks", members: members), in: chat)
    }

    mutating func change(
        _ version: UInt64, by actor: UInt64 = 1, _ action: MembershipChange.Action,
        in chat: ChatID = Desk.chat
    ) throws -> MessageReply {
        try apply(
            .change(
                MembershipChange(
                    chat: chat, version: version, actor: UserID(actor), action: action)))
    }

    /// A fresh id of the present log time.
    mutating func freshID(at time: Int64? = nil) -> ClientMessageID {
        idsMade += 1
        return ClientMessageID(
            time: WallTime(milliseconds: time ?? now), random: (idsMade, idsMade))
    }

    mutating func post(
        _ text: Bytes = "hello", by sender: UInt64, id: ClientMessageID? = nil,
        seen: UInt64? = nil, in chat: ChatID = Desk.chat
    ) throws -> MessageReply {
        let id = id ?? freshID()
        return try apply(
            .post(
                Post(
                    chat: chat, sender: UserID(sender), clientID: id,
                    body: MessageBody(text: text), seen: seen.map { SequenceNumber($0) })))
    }

    mutating func mark(
        user: UInt64, delivered: UInt64? = nil, read: UInt64? = nil, in chat: ChatID = Desk.chat
    ) throws {
        _ = try apply(
            .mark([
                Mark(
                    chat: chat, user: UserID(user),
                    delivered: delivered.map { SequenceNumber($0) },
                    read: read.map { SequenceNumber($0) })
            ]))
    }

    func ask(_ query: MessageQuery) throws -> MessageAnswer {
        try MessageAnswer(decoding: machine.answer(query.encoded()))
    }

    func page(
        of user: UInt64, _ anchor: PageAnchor = .newest, limit: UInt16 = 200,
        in chat: ChatID = Desk.chat
    ) throws -> [ChatEntry]? {
        let answer = try ask(
            .page(chat: chat, user: UserID(user), anchor: anchor, limit: limit))
        guard case .page(let entries, _) = answer else { return nil }
        return entries
    }

    func positions(
        of user: UInt64, _ anchor: PageAnchor = .newest, limit: UInt16 = 200
    ) throws -> [UInt64]? {
        try page(of: user, anchor, limit: limit)?.map(\.seq.rawValue)
    }

    func head(of user: UInt64, in chat: ChatID = Desk.chat) throws -> ChatHead? {
        try heads(of: user, [chat], since: 0).first
    }

    func heads(of user: UInt64, _ chats: [ChatID], since: UInt64) throws -> [ChatHead] {
        let answer = try ask(
            .heads(user: UserID(user), chats: chats, since: LogIndex(since)))
        guard case .heads(_, let heads) = answer else { return [] }
        return heads
    }

    /// The same state, out of its own snapshot.
    func restored() throws -> Desk {
        var copy = self
        copy.machine = try MessageMachine(
            group: ReplicaGroupID(1), limits: MachineLimits(),
            restoring: machine.snapshot.encode())
        return copy
    }
}

extension MessageReply {
    /// The position of what was posted or changed; 0 for anything else.
    var seq: UInt64 {
        switch self {
        case .posted(let posted): posted.seq.rawValue
        case .changed(let seq, _): seq.rawValue
        case .marked, .refused: 0
        }
    }

    var posted: Posted? {
        if case .posted(let posted) = self { return posted }
        return nil
    }
}
