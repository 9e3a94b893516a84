import Messages
import Testing
import Toolbox
import Vocabulary

@Suite("Watermarks")
struct WatermarkTests {
    static func marked(
        _ user: UInt64, delivered: UInt64? = nil, read: UInt64? = nil
    ) -> MessageEffect {
        .marked(
            Mark(
                chat: Desk.chat, user: UserID(user),
                delivered: delivered.map { SequenceNumber($0) },
                read: read.map { SequenceNumber($0) }))
    }

    @Test("rise, never fall, and are told only when they rose")
    func monotone() throws {
        var desk = try Desk(users: [1, 2])
        for _ in 0..<5 { _ = try desk.post(by: 1) }
        try desk.mark(user: 2, delivered: 4)
        #expect(desk.effects == [Self.marked(2, delivered: 4)])
        try desk.mark(user: 2, delivered: 3, read: 2)
        #expect(desk.effects == [Self.marked(2, read: 2)])
        try desk.mark(user: 2, delivered: 4, read: 2)
        #expect(desk.effects == [])
        try desk.mark(user: 2, read: 6)
        #expect(desk.effects == [Self.marked(2, delivered: 6, read: 6)])
        #expect(try desk.head(of: 2)?.read == SequenceNumber(6))
    }

    @Test("stop at the head", arguments: [2, 3, 1_000, UInt64.max])
    func clamped(position: UInt64) throws {
        var desk = try Desk(users: [1, 2])
        _ = try desk.post(by: 1)
        try desk.mark(user: 2, delivered: position, read: position)
        #expect(desk.effects == [Self.marked(2, delivered: 2, read: 2)])
        _ = try desk.post(by: 1)
        #expect(try desk.head(of: 2)?.unread == 1)
    }

    @Test("of who is not in the chat are ignored, others of the same batch are not")
    func strangers() throws {
        var desk = try Desk(users: [1, 2])
        _ = try desk.post(by: 1)
        func mark(_ chat: ChatID, _ user: UInt64) -> Mark {
            Mark(chat: chat, user: UserID(user), read: SequenceNumber(2))
        }
        #expect(
            try desk.apply(.mark([mark(Desk.chat, 3), mark(ChatID(9), 2), mark(Desk.chat, 2)]))
                == .marked)
        #expect(desk.effects == [Self.marked(2, delivered: 2, read: 2)])
    }

    @Test("start at the join, for who comes later too")
    func startAtJoin() throws {
        var desk = try Desk(users: [1])
        for _ in 0..<3 { _ = try desk.post(by: 1) }
        _ = try desk.change(2, .join([ChatMember(user: UserID(2), role: .member)]))
        #expect(try desk.head(of: 2)?.read == SequenceNumber(5))
        #expect(try desk.head(of: 2)?.unread == 0)
        try desk.mark(user: 2, delivered: 3, read: 3)
        #expect(desk.effects == [])
    }

    @Test("rise by what a sender's device has shown, but not over his own message")
    func seen() throws {
        var desk = try Desk(users: [1, 2])
        for _ in 0..<3 { _ = try desk.post(by: 1) }
        _ = try desk.post(by: 2, seen: 3)
        #expect(desk.effects.last == Self.marked(2, delivered: 3, read: 3))
        #expect(try desk.head(of: 2)?.read == SequenceNumber(3))
        #expect(try desk.head(of: 2)?.unread == 1)
        _ = try desk.post(by: 2, seen: 100)
        #expect(desk.effects.last == Self.marked(2, delivered: 5, read: 5))
        #expect(try desk.head(of: 2)?.unread == 0)
    }

    @Test("stay when a message is refused or sent again")
    func seenOfRefused() throws {
        var desk = try Desk(users: [1, 2])
        _ = try desk.post(by: 1)
        _ = try desk.post(by: 2, id: desk.freshID(at: 0), seen: 2)
        #expect(try desk.head(of: 2)?.read == SequenceNumber(1))
        let id = desk.freshID()
        _ = try desk.post(by: 2, id: id)
        _ = try desk.post(by: 2, id: id, seen: 2)
        #expect(try desk.head(of: 2)?.read == SequenceNumber(1))
    }

    @Test("own messages are never unread, wherever they lie")
    func ownMessages() throws {
        var desk = try Desk(users: [1, 2])
        for sender: UInt64 in [1, 2, 1, 2, 2, 1] { _ = try desk.post(by: sender) }
        #expect(try desk.head(of: 2)?.unread == 3)
        #expect(try desk.head(of: 1)?.unread == 3)
        try desk.mark(user: 2, read: 4)
        #expect(try desk.head(of: 2)?.unread == 1)
        #expect(try desk.head(of: 2)?.ord == 6)
        #expect(try desk.restored().head(of: 2)?.unread == 1)
    }

    @Test("the 65th own message moves read up to the oldest of them")
    func manyOwnMessages() throws {
        var desk = try Desk(users: [1, 2])
        for _ in 0..<64 {
            _ = try desk.post(by: 2)
            _ = try desk.post(by: 1)
        }
        #expect(try desk.head(of: 2)?.read == SequenceNumber(1))
        #expect(try desk.head(of: 2)?.unread == 64)
        _ = try desk.post(by: 2)
        #expect(desk.effects.last == Self.marked(2, delivered: 2, read: 2))
        #expect(try desk.head(of: 2)?.read == SequenceNumber(2))
        #expect(try desk.head(of: 2)?.unread == 64)
        #expect(try desk.restored().head(of: 2)?.unread == 64)
    }

    @Test("and on over those that follow it at once")
    func monologue() throws {
        var desk = try Desk(users: [1, 2])
        _ = try desk.post(by: 1)
        for _ in 0..<64 { _ = try desk.post(by: 2) }
        #expect(try desk.head(of: 2)?.read == SequenceNumber(1))
        #expect(try desk.head(of: 2)?.unread == 1)
        _ = try desk.post(by: 2)
        #expect(desk.effects.last == Self.marked(2, delivered: 67, read: 67))
        #expect(try desk.head(of: 2)?.unread == 0)
        _ = try desk.post(by: 2)
        #expect(desk.effects.count == 1)
        _ = try desk.post(by: 1)
        #expect(try desk.restored().head(of: 2)?.unread == 1)
    }
}
