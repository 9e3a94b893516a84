import Membership
import Testing
import Toolbox
import Vocabulary

@Suite("Members of a group")
struct MemberTests {
    /// Owner 1, admin 2, members 3 and 4, outsiders 5 and 6; everything delivered.
    static func group() throws -> Registry {
        var registry = try Registry(users: 6)
        _ = try registry.group(by: 1, [2, 3, 4])
        _ = try registry.set(2, .admin, by: 1)
        try registry.deliverAll()
        return registry
    }

    struct Attempt: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let actor: UInt64
        let user: UInt64
        var role: MemberRole?
        let reply: MembershipReply
    }

    @Test(
        "come in by who may bring them in",
        arguments: [
            Attempt(
                testDescription: "the owner adds", actor: 1, user: 5,
                reply: pending(1, 3, isNew: true)),
            Attempt(
                testDescription: "the owner adds an admin", actor: 1, user: 5, role: .admin,
                reply: pending(1, 3, isNew: true)),
            Attempt(
                testDescription: "nobody comes in as owner", actor: 1, user: 5, role: .owner,
                reply: .refused(.notMember)),
            Attempt(
                testDescription: "an admin adds", actor: 2, user: 5, role: .member,
                reply: pending(1, 3, isNew: true)),
            Attempt(
                testDescription: "an admin adds no admin", actor: 2, user: 5, role: .admin,
                reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "an admin adds no owner", actor: 2, user: 5, role: .owner,
                reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "a member adds nobody", actor: 3, user: 5,
                reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "who is not in it sees no chat", actor: 5, user: 6,
                reply: .refused(.notFound)),
            Attempt(
                testDescription: "not even for oneself", actor: 5, user: 5,
                reply: .refused(.notFound)),
            Attempt(
                testDescription: "no one unknown is added", actor: 1, user: 9,
                reply: .refused(.notFound)),
            Attempt(
                testDescription: "who is in is answered with his join", actor: 3, user: 4,
                reply: settled(1, 1, at: 10)),
            Attempt(
                testDescription: "an equal role with what gave it", actor: 3, user: 2,
                role: .admin, reply: settled(1, 2, at: 20)),
            Attempt(
                testDescription: "the owner changes a role", actor: 1, user: 3, role: .admin,
                reply: pending(1, 3)),
            Attempt(
                testDescription: "the owner takes a role away", actor: 1, user: 2, role: .member,
                reply: pending(1, 3)),
            Attempt(
                testDescription: "an admin changes no role", actor: 2, user: 3, role: .admin,
                reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "an admin does not step down", actor: 2, user: 2, role: .member,
                reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "the owner does not step down", actor: 1, user: 1, role: .admin,
                reply: .refused(.notAllowed)),
        ])
    func additions(row: Attempt) throws {
        var registry = try Self.group()
        #expect(try registry.set(row.user, row.role, by: row.actor) == row.reply)
        if case .refused = row.reply { #expect(registry.effects == []) }
    }

    @Test(
        "go out by who may take them out",
        arguments: [
            Attempt(testDescription: "owner, admin", actor: 1, user: 2, reply: pending(1, 3)),
            Attempt(testDescription: "owner, member", actor: 1, user: 3, reply: pending(1, 3)),
            Attempt(testDescription: "admin, member", actor: 2, user: 3, reply: pending(1, 3)),
            Attempt(
                testDescription: "admin, owner", actor: 2, user: 1, reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "member, member", actor: 3, user: 4,
                reply: .refused(.notAllowed)),
            Attempt(testDescription: "member leaves", actor: 3, user: 3, reply: pending(1, 3)),
            Attempt(testDescription: "admin leaves", actor: 2, user: 2, reply: pending(1, 3)),
            Attempt(testDescription: "owner leaves", actor: 1, user: 1, reply: pending(1, 3)),
            Attempt(
                testDescription: "who is not in it", actor: 1, user: 5,
                reply: .refused(.notMember)),
            Attempt(
                testDescription: "by a member", actor: 3, user: 5, reply: .refused(.notAllowed)),
            Attempt(
                testDescription: "by an outsider", actor: 5, user: 3, reply: .refused(.notFound)),
            Attempt(
                testDescription: "an outsider leaves", actor: 5, user: 5,
                reply: .refused(.notFound)),
            Attempt(
                testDescription: "someone unknown", actor: 1, user: 9, reply: .refused(.notFound)),
        ])
    func removals(row: Attempt) throws {
        var registry = try Self.group()
        #expect(try registry.remove(row.user, by: row.actor) == row.reply)
        if case .refused = row.reply { #expect(registry.effects == []) }
    }

    @Test("an admin does not remove an admin")
    func adminOfAdmin() throws {
        var registry = try Self.group()
        _ = try registry.set(3, .admin, by: 1)
        #expect(try registry.remove(2, by: 3) == .refused(.notAllowed))
    }

    @Test("are at most as many as the limit says")
    func limit() throws {
        var registry = try Registry(users: 4, membersMaximum: 3)
        _ = try registry.group(by: 1, [2])
        #expect(try registry.set(3, by: 1) == pending(1, 2, isNew: true))
        #expect(try registry.set(4, by: 1) == .refused(.limitReached))
        #expect(try registry.set(3, by: 1) == pending(1, 2))
        _ = try registry.remove(2, by: 1)
        #expect(try registry.set(4, by: 1) == pending(1, 4, isNew: true))
    }

    @Test("of a direct chat never change")
    func direct() throws {
        var registry = try Registry(users: 3)
        _ = try registry.direct(1, 2)
        #expect(try registry.set(3, by: 1) == .refused(.notAllowed))
        #expect(try registry.set(2, .admin, by: 1) == .refused(.notAllowed))
        #expect(try registry.remove(2, by: 1) == .refused(.notAllowed))
        #expect(try registry.remove(1, by: 1) == .refused(.notAllowed))
        #expect(try registry.remove(1, by: 3) == .refused(.notFound))
    }

    @Test("have one owner: who hands over becomes admin")
    func handOver() throws {
        var registry = try Self.group()
        #expect(try registry.set(3, .owner, by: 1) == pending(1, 4))
        #expect(try registry.roster() == "1a 2a 3o 4m")
        #expect(try registry.set(3, .owner, by: 1) == pending(1, 4))
        #expect(registry.announced.map(\.action) == [.role(UserID(1), .admin)])
        #expect(try registry.deliver(version: 3, seq: 30) == .recorded)
        #expect(registry.records.map(\.action) == [.role(UserID(3), .owner)])
        #expect(try registry.deliver(version: 4, seq: 40) == .recorded)
        #expect(try registry.set(3, .owner, by: 1) == settled(1, 4, at: 40))
        #expect(try registry.set(4, .owner, by: 1) == .refused(.notAllowed))
    }

    @Test("have a new owner when theirs leaves: the first admin, else the first who came")
    func succession() throws {
        var registry = try Self.group()
        _ = try registry.set(4, .admin, by: 1)
        #expect(try registry.remove(1, by: 1) == pending(1, 4))
        #expect(try registry.roster() == "2o 3m 4a")
        try registry.deliverAll()
        _ = try registry.remove(2, by: 2)
        #expect(try registry.roster() == "3m 4o")
        _ = try registry.set(1, by: 4)
        _ = try registry.remove(4, by: 4)
        #expect(try registry.roster() == "1m 3o")
        _ = try registry.remove(3, by: 3)
        #expect(try registry.roster() == "1o")
        _ = try registry.remove(1, by: 1)
        #expect(try registry.roster() == "")
        #expect(try registry.set(1, by: 1) == .refused(.notFound))
        #expect(try registry.restored().roster() == "")
    }

    @Test("are told: the leave, then the new owner")
    func successionRecords() throws {
        var registry = try Self.group()
        _ = try registry.remove(1, by: 1)
        #expect(
            registry.effects == [
                .outbox(
                    OutboxRecord(
                        chat: ChatID(1), version: 3, actor: UserID(1), action: .leave(UserID(1)))),
                .listChanged(user: UserID(1), chat: ChatID(1), isAdded: false),
            ])
        _ = try registry.deliver(version: 3, seq: 30)
        #expect(
            registry.records == [
                OutboxRecord(
                    chat: ChatID(1), version: 4, actor: UserID(1), action: .role(UserID(2), .owner))
            ])
    }

    @Test("see their lists change, each with a position of its own")
    func lists() throws {
        var registry = try Self.group()
        _ = try registry.group(by: 3, [5])
        #expect(try registry.position(of: 3) == 2)
        #expect(try registry.position(of: 5) == 1)
        _ = try registry.set(5, by: 1)
        #expect(
            registry.effects.contains(
                .listChanged(user: UserID(5), chat: ChatID(1), isAdded: true)))
        #expect(try registry.chats(of: 5) == [1, 2])
        _ = try registry.remove(5, by: 2)
        #expect(
            registry.effects.contains(
                .listChanged(user: UserID(5), chat: ChatID(1), isAdded: false)))
        #expect(try registry.chats(of: 5) == [2])
        #expect(try registry.position(of: 5) == 3)
        let copy = try registry.restored()
        #expect(try copy.chats(of: 3) == [1, 2])
        #expect(try copy.position(of: 5) == 3)
        #expect(try copy.position(of: 6) == 0)
    }
}
