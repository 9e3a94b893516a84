import Messages
import Toolbox
import Vocabulary

/// Draws words of every shape, with small ids so that they meet, and huge numbers now and then.
struct RandomWords {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func number() -> UInt64 {
        random.chance(0.1) ? [0, .max, .max - 1, 1 << 63][random.below(4)] : random.below(12)
    }

    mutating func seq() -> SequenceNumber { SequenceNumber(number()) }
    mutating func user() -> UserID { UserID(number()) }
    mutating func chat() -> ChatID { ChatID(random.below(3) + 1) }

    mutating func optional<Value>(_ draw: (inout RandomWords) -> Value) -> Value? {
        random.chance(0.5) ? draw(&self) : nil
    }

    mutating func list<Value>(_ draw: (inout RandomWords) -> Value) -> [Value] {
        var values: [Value] = []
        for _ in 0..<random.below(4) { values.append(draw(&self)) }
        return values
    }

    mutating func text() -> String {
        ["", "a", "héllo", "世界", "\u{1F600}"][random.below(5)]
    }

    mutating func body() -> MessageBody {
        MessageBody(
            text: Bytes(text()), replyTo: optional { $0.seq() }, mentions: list { $0.user() },
            attachments: list { $0.text() })
    }

    mutating func clientID() -> ClientMessageID {
        ClientMessageID(
            time: WallTime(milliseconds: Int64(random.below(1 << 48))),
            random: (random.next(), random.next()))
    }

    mutating func role() -> ChatRole { [.member, .admin, .owner][random.below(3)] }
    mutating func member() -> ChatMember { ChatMember(user: user(), role: role()) }

    mutating func mark() -> Mark {
        Mark(
            chat: chat(), user: user(), delivered: optional { $0.seq() },
            read: optional { $0.seq() })
    }

    mutating func action() -> MembershipChange.Action {
        switch random.below(4) {
        case 0:
            .create(
                kind: random.chance(0.5) ? .direct : .group,
                history: random.chance(0.5) ? .all : .joined, title: text(),
                members: list { $0.member() })
        case 1: .join(list { $0.member() })
        case 2: .leave(user())
        default: .role(user(), role())
        }
    }

    mutating func command() -> MessageCommand {
        switch random.below(3) {
        case 0:
            .post(
                Post(
                    chat: chat(), sender: user(), clientID: clientID(), body: body(),
                    seen: optional { $0.seq() }))
        case 1:
            .change(
                MembershipChange(
                    chat: chat(), version: number(), actor: user(), action: action()))
        default: .mark(list { $0.mark() })
        }
    }

    mutating func refusal() -> MessageRefusal {
        let time = WallTime(milliseconds: Int64(bitPattern: random.next()))
        return [
            .notFound, .notAllowed, .clientIDEarly(time: time), .clientIDExpired(time: time),
            .clientIDConflict, .tooLong, .invalidField(text()), .outOfOrder(expected: number()),
            .undecodable,
        ][random.below(9)]
    }

    mutating func reply() -> MessageReply {
        switch random.below(4) {
        case 0:
            .posted(
                Posted(
                    seq: seq(), ord: number(),
                    time: WallTime(milliseconds: Int64(bitPattern: random.next())),
                    isDuplicate: random.chance(0.5), recipients: list { $0.user() }))
        case 1: .changed(seq: seq(), membersVersion: number())
        case 2: .marked
        default: .refused(refusal())
        }
    }

    mutating func entry() -> ChatEntry {
        ChatEntry(
            seq: seq(), ord: number(),
            time: WallTime(milliseconds: Int64(bitPattern: random.next())), from: user(),
            kind: ChatEntry.Kind(rawValue: UInt8(random.below(8))) ?? .message,
            clientID: optional { $0.clientID() }, body: optional { $0.body() },
            users: list { $0.user() }, role: optional { $0.role() }, digest: random.next())
    }

    mutating func anchor() -> PageAnchor {
        [.newest, .after(seq()), .before(seq()), .at(seq())][random.below(4)]
    }

    mutating func query() -> MessageQuery {
        switch random.below(5) {
        case 0:
            .page(
                chat: chat(), user: user(), anchor: anchor(),
                limit: UInt16(truncatingIfNeeded: random.next()))
        case 1: .heads(user: user(), chats: list { $0.chat() }, since: LogIndex(number()))
        case 2: .members(chat: chat(), user: user())
        case 3: .describe(chat: chat())
        default: .counts
        }
    }

    mutating func head() -> ChatHead {
        ChatHead(
            chat: chat(), kind: .direct, title: text(), head: seq(), ord: number(), read: seq(),
            unread: number(), last: optional { $0.entry() }, membersVersion: number())
    }

    mutating func answer() -> MessageAnswer {
        switch random.below(6) {
        case 0: .page(entries: list { $0.entry() }, head: seq())
        case 1: .heads(index: LogIndex(number()), list { $0.head() })
        case 2: .members(version: number(), list { $0.member() })
        case 3:
            .description(
                ChatDescription(
                    chat: chat(), kind: .group, title: text(), head: seq(), ord: number(),
                    digest: random.next(), membersVersion: number(), members: list { $0.member() }))
        case 4: .counts(chats: number(), entries: number(), remembered: number())
        default: .refused(refusal())
        }
    }

    mutating func effect() -> MessageEffect {
        random.chance(0.5)
            ? .marked(mark())
            : .appended(
                chat: chat(), entry: entry(), readers: list { $0.user() },
                removed: optional { $0.user() })
    }

    mutating func bytes() -> Bytes {
        Bytes((0..<random.below(120)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    /// `bytes` cut, or with a bit turned over, or longer.
    mutating func damaged(_ bytes: Bytes) -> Bytes {
        var array = bytes.array
        guard !array.isEmpty else { return [0xFF] }
        switch random.below(4) {
        case 0: array.removeLast(random.below(array.count) + 1)
        case 1: array.append(UInt8(truncatingIfNeeded: random.next()))
        default: array[random.below(array.count)] ^= 1 << UInt8(random.below(8))
        }
        return Bytes(array)
    }
}
