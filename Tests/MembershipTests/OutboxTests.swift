import Membership
import Testing
import Toolbox
import Vocabulary

@Suite("The outbox")
struct OutboxTests {
    @Test("announces one record of a chat at a time, the next upon delivery")
    func oneAtATime() throws {
        var registry = try Registry(users: 4)
        _ = try registry.group(by: 1, [2])
        #expect(registry.records.map(\.version) == [1])
        _ = try registry.set(3, by: 1)
        #expect(registry.records == [])
        _ = try registry.set(4, by: 1)
        #expect(registry.records == [])
        #expect(try registry.ask(.counts) == .counts(users: 4, chats: 1, outbox: 3))
        #expect(try registry.outbox().map(\.version) == [1])
        #expect(try registry.deliver(version: 1, seq: 1) == .recorded)
        #expect(registry.records.map(\.version) == [2])
        #expect(try registry.deliver(version: 2, seq: 5) == .recorded)
        #expect(registry.records.map(\.version) == [3])
        #expect(try registry.deliver(version: 3, seq: 6) == .recorded)
        #expect(registry.records == [])
        #expect(try registry.outbox() == [])
        #expect(try registry.set(3, by: 1) == settled(1, 2, at: 5))
        #expect(try registry.ask(.counts) == .counts(users: 4, chats: 1, outbox: 0))
    }

    @Test("takes a delivery once, in order, and only of what was decided")
    func deliveries() throws {
        var registry = try Registry(users: 3)
        _ = try registry.group(by: 1, [2])
        _ = try registry.set(3, by: 1)
        let refused = MembershipReply.refused(.invalidField("version"))
        for version: UInt64 in [0, 2, 3, .max] {
            #expect(try registry.deliver(version: version, seq: 1) == refused)
            #expect(registry.effects == [])
        }
        #expect(try registry.deliver(9, version: 1, seq: 1) == .refused(.notFound))
        #expect(try registry.deliver(version: 1, seq: 1) == .recorded)
        #expect(try registry.deliver(version: 1, seq: 7) == .recorded)
        #expect(registry.effects == [])
        #expect(try registry.set(2, by: 1) == settled(1, 1, at: 1))
        #expect(try registry.deliver(version: 2, seq: 2) == .recorded)
        #expect(try registry.deliver(version: 3, seq: 3) == refused)
    }

    @Test("gives a repeat of a call the record that waits")
    func repeats() throws {
        var registry = try Registry(users: 4)
        _ = try registry.group(by: 1, [2, 3])
        #expect(try registry.set(4, by: 1) == pending(1, 2, isNew: true))
        #expect(try registry.set(4, by: 1) == pending(1, 2))
        #expect(try registry.remove(2, by: 1) == pending(1, 3))
        #expect(try registry.remove(2, by: 1) == pending(1, 3))
        #expect(try registry.remove(3, by: 3) == pending(1, 4))
        #expect(try registry.remove(3, by: 3) == pending(1, 4))
        #expect(try registry.remove(3, by: 1) == pending(1, 4))
        #expect(try registry.set(4, .admin, by: 1) == pending(1, 5))
        #expect(try registry.set(4, .admin, by: 1) == pending(1, 5))
        #expect(try registry.ask(.counts) == .counts(users: 4, chats: 1, outbox: 5))
        var copy = try registry.restored()
        #expect(try copy.remove(2, by: 1) == pending(1, 3))
        try registry.deliverAll()
        #expect(try registry.remove(2, by: 1) == .refused(.notMember))
        #expect(try registry.remove(3, by: 3) == .refused(.notFound))
        #expect(try registry.set(4, .admin, by: 1) == settled(1, 5, at: 50))
        #expect(try registry.set(4, by: 1) == settled(1, 2, at: 20))
    }

    @Test("gives who was taken out, brought back and taken out again the last record")
    func backAndForth() throws {
        var registry = try Registry(users: 2)
        _ = try registry.group(by: 1, [2])
        #expect(try registry.remove(2, by: 1) == pending(1, 2))
        #expect(try registry.set(2, by: 1) == pending(1, 3, isNew: true))
        #expect(try registry.remove(2, by: 1) == pending(1, 4))
        #expect(try registry.remove(2, by: 1) == pending(1, 4))
    }

    @Test("is told to a new leader, at most one a chat, in order of chats")
    func query() throws {
        var registry = try Registry(users: 3)
        for _ in 0..<5 { _ = try registry.group(by: 1, [2]) }
        _ = try registry.set(3, by: 1, in: 4)
        _ = try registry.deliver(2, version: 1, seq: 1)
        _ = try registry.deliver(4, version: 1, seq: 1)
        let copy = try registry.restored()
        for registry in [registry, copy] {
            let records = try registry.outbox()
            #expect(records.map(\.chat.rawValue) == [1, 3, 4, 5])
            #expect(records.map(\.version) == [1, 1, 2, 1])
            #expect(try registry.outbox(limit: 2).map(\.chat.rawValue) == [1, 3])
            #expect(try registry.outbox(limit: 0) == [])
        }
    }
}
