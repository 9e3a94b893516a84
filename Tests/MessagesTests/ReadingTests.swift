import Messages
import Testing
import Toolbox
import Vocabulary

@Suite("Reading a chat")
struct ReadingTests {
    struct Page: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let anchor: PageAnchor
        let limit: UInt16
        let positions: [UInt64]
    }

    @Test(
        "gives pages that ascend",
        arguments: [
            Page(testDescription: "the newest", anchor: .newest, limit: 3, positions: [8, 9, 10]),
            Page(testDescription: "no limit is 1", anchor: .newest, limit: 0, positions: [10]),
            Page(
                testDescription: "after the first", anchor: .after(SequenceNumber(1)), limit: 2,
                positions: [2, 3]),
            Page(
                testDescription: "after the head", anchor: .after(SequenceNumber(10)), limit: 2,
                positions: []),
            Page(
                testDescription: "after the end of numbers", anchor: .after(SequenceNumber(.max)),
                limit: 2, positions: []),
            Page(
                testDescription: "before the first", anchor: .before(SequenceNumber(1)), limit: 2,
                positions: []),
            Page(
                testDescription: "before zero", anchor: .before(.zero), limit: 2, positions: []),
            Page(
                testDescription: "before the fifth", anchor: .before(SequenceNumber(5)), limit: 2,
                positions: [3, 4]),
            Page(
                testDescription: "before the end of numbers",
                anchor: .before(SequenceNumber(.max)), limit: 2, positions: [9, 10]),
            Page(
                testDescription: "around the fifth", anchor: .at(SequenceNumber(5)), limit: 5,
                positions: [3, 4, 5, 6, 7]),
            Page(
                testDescription: "around the second", anchor: .at(SequenceNumber(2)), limit: 5,
                positions: [1, 2, 3, 4, 5]),
            Page(
                testDescription: "around the head", anchor: .at(SequenceNumber(10)), limit: 4,
                positions: [7, 8, 9, 10]),
            Page(
                testDescription: "around what is beyond", anchor: .at(SequenceNumber(.max)),
                limit: 1, positions: [10]),
            Page(
                testDescription: "all of it", anchor: .at(SequenceNumber(3)), limit: 200,
                positions: Array(1...10)),
        ])
    func pages(row: Page) throws {
        var desk = try Desk(users: [1, 2])
        for _ in 0..<9 { _ = try desk.post(by: 1) }
        #expect(try desk.positions(of: 2, row.anchor, limit: row.limit) == row.positions)
        #expect(try desk.positions(of: 3, row.anchor, limit: row.limit) == nil)
    }

    @Test("gives at most 200 entries")
    func entriesBound() throws {
        var desk = try Desk(users: [1])
        for _ in 0..<300 { _ = try desk.post(by: 1) }
        #expect(try desk.positions(of: 1, .newest, limit: .max) == Array(102...301))
        #expect(try desk.positions(of: 1, .after(.zero), limit: 250) == Array(1...200))
        #expect(try desk.positions(of: 1, .at(SequenceNumber(150)), limit: 300)?.count == 200)
    }

    @Test("ends a page at 512 KiB, but never before its first entry")
    func bytesBound() throws {
        var desk = try Desk(users: [1])
        let text = Bytes(Array(repeating: UInt8(ascii: "x"), count: 90_000))
        for _ in 0..<12 { _ = try desk.post(text, by: 1) }
        #expect(try desk.positions(of: 1, .after(SequenceNumber(1))) == Array(2...6))
        #expect(try desk.positions(of: 1, .newest) == Array(9...13))
        let around = try #require(try desk.positions(of: 1, .at(SequenceNumber(7))))
        #expect(around == Array(5...9))
        let scalars = Bytes(String(repeating: "\u{1F600}", count: 100_000))
        _ = try desk.post(scalars, by: 1)
        _ = try desk.post(scalars, by: 1)
        #expect(try desk.positions(of: 1, .after(SequenceNumber(13))) == [14])
        #expect(try desk.positions(of: 1, .newest) == [15])
    }

    @Test("lists the chats that changed after an index, with marks of one's own")
    func heads() throws {
        var desk = try Desk(users: [1, 2])
        let others = [ChatID(8), ChatID(9)]
        _ = try desk.create(others[0], users: [1, 2])
        _ = try desk.create(others[1], users: [1])
        let all = [Desk.chat] + others + [ChatID(99)]
        #expect(try desk.heads(of: 2, all, since: 0).map(\.chat) == [Desk.chat, others[0]])
        #expect(try desk.heads(of: 2, all, since: 1).map(\.chat) == [others[0]])
        #expect(try desk.heads(of: 2, all, since: 3).isEmpty)
        _ = try desk.post(by: 1)
        #expect(try desk.heads(of: 2, all, since: 3).map(\.chat) == [Desk.chat])
        try desk.mark(user: 2, read: 2)
        #expect(try desk.heads(of: 2, all, since: 4).map(\.read) == [SequenceNumber(2)])
        #expect(try desk.heads(of: 1, all, since: 4).isEmpty)
        let query = MessageQuery.heads(user: UserID(1), chats: [], since: .zero)
        #expect(try desk.ask(query) == .heads(index: LogIndex(5), []))
        #expect(try desk.restored().ask(query) == .heads(index: LogIndex(5), []))
        #expect(try desk.heads(of: 2, all, since: .max).isEmpty)
    }

    @Test("shows a chat as its member's list does")
    func head() throws {
        var desk = try Desk(users: [1, 2])
        _ = try desk.post("last", by: 1)
        let head = try #require(try desk.head(of: 2))
        let last = try #require(try desk.page(of: 2)?.last)
        #expect(
            head
                == ChatHead(
                    chat: Desk.chat, kind: .group, title: "Rooks", head: SequenceNumber(2), ord: 1,
                    read: SequenceNumber(1), unread: 1, last: last, membersVersion: 1))
    }
}
