import Membership
import Toolbox
import Vocabulary

/// Draws words of every shape, with small ids so that they meet, and huge numbers now and then.
struct RandomWords {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func number() -> UInt64 {
        random.chance(0.05) ? [0, .max, .max - 1, 1 << 63][random.below(4)] : random.below(7)
    }

    mutating func user() -> UserID { UserID(number()) }
    mutating func chat() -> ChatID { ChatID(number()) }
    mutating func role() -> MemberRole { [.member, .admin, .owner][random.below(3)] }
    mutating func member() -> OutboxMember { OutboxMember(user: user(), role: role()) }
    mutating func text() -> String { ["", "a", "Anna", "世界", "b.c"][random.below(5)] }

    mutating func optional<Value>(_ draw: (inout RandomWords) -> Value) -> Value? {
        random.chance(0.5) ? draw(&self) : nil
    }

    mutating func list<Value>(_ draw: (inout RandomWords) -> Value) -> [Value] {
        var values: [Value] = []
        for _ in 0..<random.below(4) { values.append(draw(&self)) }
        return values
    }

    mutating func command() -> MembershipCommand {
        switch random.below(10) {
        case 0:
            .register(
                name: "user\(random.below(9))", displayName: text(), email: text(),
                hash: Bytes(text()))
        case 1:
            .openDevice(user: user(), device: optional { DeviceID($0.number()) }, label: text())
        case 2: .createDirect(actor: user(), other: user())
        case 3:
            .createGroup(
                CreateGroup(
                    actor: user(), title: text(), members: list { $0.user() },
                    sharesHistory: random.chance(0.5), reuses: random.chance(0.5),
                    key: Bytes(text())))
        case 4, 5:
            .setMember(actor: user(), chat: chat(), user: user(), role: optional { $0.role() })
        case 6, 7: .removeMember(actor: user(), chat: chat(), user: user())
        default:
            .delivered(chat: chat(), version: number(), seq: SequenceNumber(number()))
        }
    }

    mutating func refusal() -> MembershipRefusal {
        [
            .nameTaken, .invalidField(text()), .notFound, .notAllowed, .alreadyMember, .notMember,
            .limitReached, .undecodable,
        ][random.below(8)]
    }

    mutating func reply() -> MembershipReply {
        [
            .registered(user()), .deviceOpened(DeviceID(number())),
            .pending(chat: chat(), version: number(), isNew: random.chance(0.5)),
            .settled(
                chat: chat(), version: number(), seq: SequenceNumber(number()),
                isNew: random.chance(0.5)),
            .recorded, .refused(refusal()),
        ][random.below(6)]
    }

    mutating func query() -> MembershipQuery {
        [
            .account(name: text()), .user(user()), .chats(user: user()), .chat(chat()),
            .outbox(limit: UInt16(truncatingIfNeeded: random.next())), .counts,
        ][random.below(6)]
    }

    mutating func record() -> OutboxRecord {
        let action: OutboxRecord.Action =
            switch random.below(4) {
            case 0:
                .create(
                    isDirect: random.chance(0.5), sharesHistory: random.chance(0.5),
                    title: text(), members: list { $0.member() })
            case 1: .join(list { $0.member() })
            case 2: .leave(user())
            default: .role(user(), role())
            }
        return OutboxRecord(chat: chat(), version: number(), actor: user(), action: action)
    }

    mutating func answer() -> MembershipAnswer {
        switch random.below(6) {
        case 0:
            .account(
                Account(
                    user: user(), name: text(), displayName: text(), email: text(),
                    hash: Bytes(text()), devices: list { DeviceID($0.number()) }))
        case 1:
            .chats(
                position: number(),
                list { words in
                    ListedChat(
                        chat: words.chat(), isDirect: words.random.chance(0.5),
                        title: words.text(), peer: words.optional { $0.user() })
                })
        case 2:
            .chat(
                isDirect: random.chance(0.5), title: text(), version: number(),
                pending: random.chance(0.5), list { $0.member() })
        case 3: .outbox(list { $0.record() })
        case 4: .counts(users: number(), chats: number(), outbox: number())
        default: .refused(refusal())
        }
    }

    mutating func effect() -> MembershipEffect {
        random.chance(0.5)
            ? .outbox(record())
            : .listChanged(user: user(), chat: chat(), isAdded: random.chance(0.5))
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
