import Messages
import Testing
import Toolbox
import Vocabulary

@Suite("A change of the members")
struct MembershipInForceTests {
    @Test("that makes a chat is its first entry")
    func creation() throws {
        var desk = Desk()
        #expect(
            try desk.create(users: [1, 2]) == .changed(seq: SequenceNumber(1), membersVersion: 1))
        let entry = try #require(try desk.page(of: 2)?.first)
        #expect(entry.kind == .join)
        #expect(entry.users == [UserID(1), UserID(2)])
        #expect(entry.from == UserID(1))
        #expect(entry.ord == 0)
        #expect(
            try desk.ask(.members(chat: Desk.chat, user: UserID(2)))
                == .members(
                    version: 1,
                    [
                        ChatMember(user: UserID(1), role: .owner),
                        ChatMember(user: UserID(2), role: .member),
                    ]))
    }

    @Test("is applied exactly once: a repeat gets the same seq and changes nothing")
    func repeats() throws {
        var desk = try Desk(users: [1, 2])
        let join = MembershipChange.Action.join([ChatMember(user: UserID(3), role: .member)])
        _ = try desk.post(by: 1)
        #expect(try desk.change(2, join) == .changed(seq: SequenceNumber(3), membersVersion: 2))
        #expect(
            try desk.change(3, .leave(UserID(3)))
                == .changed(seq: SequenceNumber(4), membersVersion: 3))
        var copy = try desk.restored()
        #expect(try copy.change(2, join) == .changed(seq: SequenceNumber(3), membersVersion: 2))
        #expect(copy.effects == [])
        #expect(try copy.post(by: 3) == .refused(.notFound))
        #expect(
            try copy.create(users: [1, 2]) == .changed(seq: SequenceNumber(1), membersVersion: 1))
    }

    @Test("waits for the ones before it")
    func order() throws {
        var desk = Desk()
        #expect(try desk.change(2, .leave(UserID(1))) == .refused(.outOfOrder(expected: 1)))
        #expect(try desk.change(1, .leave(UserID(1))) == .refused(.invalidField("action")))
        _ = try desk.create(users: [1])
        #expect(try desk.change(3, .leave(UserID(1))) == .refused(.outOfOrder(expected: 2)))
        #expect(try desk.change(.max, .leave(UserID(1))) == .refused(.outOfOrder(expected: 2)))
        #expect(try desk.change(0, .leave(UserID(1))) == .refused(.invalidField("version")))
        let again = MembershipChange.Action.create(
            kind: .group, history: .all, title: "", members: [])
        #expect(try desk.change(2, again) == .refused(.invalidField("action")))
    }

    @Test("that removes a user closes the whole chat to him at that entry")
    func removal() throws {
        var desk = try Desk(users: [1, 2, 3])
        let id = desk.freshID()
        _ = try desk.post(by: 2, id: id)
        let reply = try desk.change(2, .leave(UserID(2)))
        #expect(reply == .changed(seq: SequenceNumber(3), membersVersion: 2))
        guard case .appended(_, let entry, let readers, let removed) = desk.effects.first else {
            Issue.record("no entry for the removal")
            return
        }
        #expect(entry.kind == .leave)
        #expect(entry.users == [UserID(2)])
        #expect(readers == [UserID(1), UserID(3)])
        #expect(removed == UserID(2))
        #expect(try desk.post(by: 2) == .refused(.notFound))
        #expect(try desk.post(by: 2, id: id) == .refused(.notFound))
        #expect(try desk.page(of: 2) == nil)
        #expect(try desk.head(of: 2) == nil)
        #expect(
            try desk.ask(.members(chat: Desk.chat, user: UserID(2))) == .refused(.notFound))
        try desk.mark(user: 2, read: 3)
        #expect(desk.effects == [])
    }

    @Test(
        "that brings a user back shows him what the chat's history says",
        arguments: [(HistoryAccess.all, 1 as UInt64), (.joined, 5)])
    func comingBack(row: (history: HistoryAccess, first: UInt64)) throws {
        var desk = try Desk(users: [1, 2], history: row.history)
        _ = try desk.post(by: 2)
        _ = try desk.change(2, .leave(UserID(2)))
        _ = try desk.post(by: 1)
        _ = try desk.change(3, .join([ChatMember(user: UserID(2), role: .member)]))
        _ = try desk.post(by: 1)
        let copy = try desk.restored()
        #expect(try desk.positions(of: 2) == Array(row.first...6))
        #expect(try copy.positions(of: 2, .after(.zero)) == Array(row.first...6))
        #expect(try copy.positions(of: 2, .before(SequenceNumber(6))) == Array(row.first...5))
        #expect(try desk.head(of: 2)?.read == SequenceNumber(5))
        #expect(try desk.head(of: 2)?.unread == 1)
        #expect(try desk.positions(of: 1, .at(SequenceNumber(1)), limit: 1) == [1])
        #expect(try desk.positions(of: 2, .at(SequenceNumber(1)), limit: 1) == [row.first])
    }

    @Test("may not reply to what he may not read")
    func replyBelowJoin() throws {
        var desk = try Desk(users: [1], history: .joined)
        _ = try desk.post(by: 1)
        _ = try desk.change(2, .join([ChatMember(user: UserID(2), role: .member)]))
        let body = MessageBody(text: "a", replyTo: SequenceNumber(2))
        let id = desk.freshID()
        #expect(
            try desk.apply(
                .post(Post(chat: Desk.chat, sender: UserID(2), clientID: id, body: body)))
                == .refused(.invalidField("reply_to")))
    }

    @Test("of a role shows in the list and in the log")
    func roles() throws {
        var desk = try Desk(users: [1, 2])
        #expect(try desk.change(2, .role(UserID(2), .admin)).seq == 2)
        let entry = try #require(try desk.page(of: 1)?.last)
        #expect(entry.kind == .role)
        #expect(entry.role == .admin)
        #expect(entry.users == [UserID(2)])
        guard case .description(let description) = try desk.ask(.describe(chat: Desk.chat)) else {
            Issue.record("no description")
            return
        }
        #expect(description.members.map(\.role) == [.owner, .admin])
        #expect(description.membersVersion == 2)
        #expect(description.digest == entry.digest)
        #expect(try desk.ask(.describe(chat: ChatID(9))) == .refused(.notFound))
    }

    @Test("that changes nobody still takes its place in the log")
    func emptyChanges() throws {
        var desk = try Desk(users: [1, 2])
        #expect(try desk.change(2, .leave(UserID(9))).seq == 2)
        #expect(try desk.change(3, .role(UserID(9), .admin)).seq == 3)
        #expect(
            try desk.change(4, .join([ChatMember(user: UserID(2), role: .admin)])).seq == 4)
        #expect(try desk.head(of: 2)?.read == SequenceNumber(1))
        guard case .appended(_, _, _, let removed) = desk.effects.first else {
            Issue.record("no entry")
            return
        }
        #expect(removed == nil)
    }
}
