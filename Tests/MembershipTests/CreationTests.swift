import Membership
import Testing
import Toolbox
import Vocabulary

@Suite("A new chat")
struct CreationTests {
    @Test("of two stands once, whoever asks")
    func direct() throws {
        var registry = try Registry(users: 3)
        #expect(try registry.direct(2, 1) == pending(1, 1, isNew: true))
        let record = OutboxRecord(
            chat: ChatID(1), version: 1, actor: UserID(2),
            action: .create(
                isDirect: true, sharesHistory: true, title: "",
                members: [
                    OutboxMember(user: UserID(1), role: .member),
                    OutboxMember(user: UserID(2), role: .member),
                ]))
        #expect(
            registry.effects == [
                .outbox(record), .listChanged(user: UserID(1), chat: ChatID(1), isAdded: true),
                .listChanged(user: UserID(2), chat: ChatID(1), isAdded: true),
            ])
        #expect(try registry.direct(1, 2) == pending(1, 1))
        #expect(registry.effects == [])
        #expect(try registry.deliver(version: 1, seq: 1) == .recorded)
        #expect(try registry.direct(2, 1) == settled(1, 1, at: 1))
        var copy = try registry.restored()
        #expect(try copy.direct(1, 2) == settled(1, 1, at: 1))
        #expect(try copy.direct(1, 3) == pending(2, 1, isNew: true))
        #expect(
            try registry.ask(.chats(user: UserID(1)))
                == .chats(
                    position: 1,
                    [ListedChat(chat: ChatID(1), isDirect: true, title: "", peer: UserID(2))]))
    }

    @Test("of two needs two who are there")
    func directRefusals() throws {
        var registry = try Registry(users: 1)
        #expect(try registry.direct(1, 1) == .refused(.invalidField("user")))
        #expect(try registry.direct(1, 2) == .refused(.notFound))
        #expect(try registry.direct(2, 1) == .refused(.notFound))
        #expect(try registry.direct(0, .max) == .refused(.notFound))
        #expect(try registry.ask(.counts) == .counts(users: 1, chats: 0, outbox: 0))
    }

    @Test("of a group has its maker as owner and every member once")
    func group() throws {
        var registry = try Registry(users: 4)
        #expect(try registry.group(by: 2, [4, 1, 4]) == pending(1, 1, isNew: true))
        #expect(try registry.roster() == "1m 2o 4m")
        #expect(try registry.chats(of: 4) == [1])
        #expect(try registry.chats(of: 3) == [])
        #expect(try registry.group(by: 2, [4, 1]) == pending(2, 1, isNew: true))
        #expect(
            try registry.ask(.chat(ChatID(1)))
                == .chat(
                    isDirect: false, title: "Rooks", version: 1, pending: true,
                    registry.members()))
        #expect(try registry.ask(.chat(ChatID(3))) == .refused(.notFound))
    }

    @Test("of a group with someone unknown makes nothing")
    func groupRefusals() throws {
        var registry = try Registry(users: 3, membersMaximum: 2)
        #expect(try registry.group(by: 1, [2, 9]) == .refused(.notFound))
        #expect(try registry.group(by: 9, [1]) == .refused(.notFound))
        #expect(try registry.group(by: 1, [2, 3]) == .refused(.limitReached))
        #expect(try registry.group(by: 1, [1, 2]) == pending(1, 1, isNew: true))
        let long = CreateGroup(
            actor: UserID(1), title: String(repeating: "x", count: 1_025), members: [])
        #expect(try registry.apply(.createGroup(long)) == .refused(.invalidField("title")))
        let key = Bytes(Array(repeating: 1, count: 65))
        #expect(
            try registry.group(by: 1, [], key: key) == .refused(.invalidField("idempotency_key")))
        #expect(try registry.ask(.counts) == .counts(users: 3, chats: 1, outbox: 1))
    }

    @Test("is not made where the group of exactly these members may be reused")
    func reuse() throws {
        var registry = try Registry(users: 4)
        _ = try registry.direct(1, 2)
        #expect(try registry.group(by: 1, [2], reuses: true) == pending(2, 1, isNew: true))
        #expect(try registry.group(by: 2, [1], reuses: true) == pending(2, 1))
        #expect(try registry.group(by: 1, [2, 3], reuses: true) == pending(3, 1, isNew: true))
        #expect(try registry.group(by: 1, [4], reuses: true) == pending(4, 1, isNew: true))
        try registry.deliverAll()
        #expect(try registry.group(by: 2, [1], reuses: true) == settled(2, 1, at: 10))
        #expect(try registry.set(4, by: 1, in: 2) == pending(2, 2, isNew: true))
        #expect(try registry.group(by: 4, [1, 2], reuses: true) == pending(2, 2))
        #expect(try registry.group(by: 2, [1], reuses: true) == pending(5, 1, isNew: true))
        #expect(try registry.group(by: 2, [1]) == pending(6, 1, isNew: true))
    }

    @Test("under a key is made once in 24 hours of log time")
    func keys() throws {
        var registry = try Registry(users: 2)
        let start = registry.now
        #expect(try registry.group(by: 1, [2], key: "k") == pending(1, 1, isNew: true))
        #expect(try registry.group(by: 1, [2], key: "k") == pending(1, 1, isNew: true))
        #expect(try registry.group(by: 2, [1], key: "k") == pending(2, 1, isNew: true))
        #expect(try registry.group(by: 1, [2], key: "l") == pending(3, 1, isNew: true))
        try registry.deliverAll()
        registry.now = start + 24 * 3_600_000
        var copy = try registry.restored()
        #expect(try copy.group(by: 1, [], key: "k") == settled(1, 1, at: 10, isNew: true))
        registry.now += 1
        #expect(try registry.group(by: 1, [2], key: "k") == pending(4, 1, isNew: true))
    }

    @Test("under a key that reused one is answered alike again")
    func keyOfReuse() throws {
        var registry = try Registry(users: 2)
        _ = try registry.group(by: 1, [2])
        for _ in 0..<2 {
            #expect(try registry.group(by: 1, [2], reuses: true, key: "k") == pending(1, 1))
        }
    }

    @Test("under one more key than a user may have in a day is refused")
    func keysBound() throws {
        var registry = try Registry(users: 1)
        for number in 0..<1_024 { _ = try registry.group(by: 1, [], key: Bytes("\(number)")) }
        #expect(try registry.group(by: 1, [], key: "more") == .refused(.limitReached))
        #expect(try registry.group(by: 1, [], key: "7") == pending(8, 1, isNew: true))
        registry.now += 24 * 3_600_000 + 1
        #expect(try registry.group(by: 1, [], key: "more") == pending(1_025, 1, isNew: true))
    }
}
