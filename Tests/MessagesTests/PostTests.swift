import Messages
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

@Suite("A message")
struct PostTests {
    @Test("gets the next seq, counts in ord, and is told to all members")
    func isAppended() throws {
        var desk = try Desk(users: [1, 2, 3])
        let reply = try desk.post("hello", by: 2)
        #expect(
            reply
                == .posted(
                    Posted(
                        seq: SequenceNumber(2), ord: 1, time: WallTime(milliseconds: desk.now),
                        isDuplicate: false, recipients: [UserID(1), UserID(3)])))
        let entry = try #require(try desk.page(of: 1)?.last)
        #expect(entry.body?.text == "hello")
        #expect(
            desk.effects == [
                .appended(
                    chat: Desk.chat, entry: entry, readers: [UserID(1), UserID(2), UserID(3)],
                    removed: nil)
            ])
    }

    @Test("names no recipients in chats of over 32")
    func recipientsEnd() throws {
        var small = try Desk(users: Array(1...32))
        #expect(try small.post(by: 1).posted?.recipients.count == 31)
        var large = try Desk(users: Array(1...33))
        #expect(try large.post(by: 1).posted?.recipients == [])
    }

    @Test("of who is not in the chat is told like a chat that is not there")
    func strangers() throws {
        var desk = try Desk(users: [1, 2])
        #expect(try desk.post(by: 3) == .refused(.notFound))
        #expect(try desk.post(by: 1, in: ChatID(8)) == .refused(.notFound))
        #expect(desk.effects == [])
    }

    struct Window: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let shift: Int64
        let refusal: MessageRefusal?
    }

    static let now = WallTime(milliseconds: Desk.start)
    static let week: Int64 = 7 * 24 * 3_600_000

    @Test(
        "is judged by its id's own time",
        arguments: [
            Window(testDescription: "60 s ahead is accepted", shift: 60_000, refusal: nil),
            Window(
                testDescription: "60.001 s ahead is early", shift: 60_001,
                refusal: .clientIDEarly(time: now)),
            Window(testDescription: "7 days behind is accepted", shift: -week, refusal: nil),
            Window(
                testDescription: "7 days and 1 ms behind is expired", shift: -week - 1,
                refusal: .clientIDExpired(time: now)),
        ])
    func windowEnds(row: Window) throws {
        var desk = try Desk(users: [1])
        let reply = try desk.post(by: 1, id: desk.freshID(at: Desk.start + row.shift))
        if let refusal = row.refusal {
            #expect(reply == .refused(refusal))
        } else {
            #expect(reply.seq == 2)
        }
    }

    @Test("sent again gets the first one's answer until its id's time is 7 days ago")
    func repeats() throws {
        for ahead: Int64 in [60_000, 0, -3_600_000] {
            var desk = try Desk(users: [1, 2])
            let own = Desk.start + ahead
            let id = desk.freshID(at: own)
            let first = try #require(try desk.post("a", by: 1, id: id).posted)
            _ = try desk.post("between", by: 2)
            for time in [desk.now, own + Self.week - 1, own + Self.week] {
                desk.now = time
                // Whoever else writes makes the window forget what it may.
                _ = try desk.post("other", by: 2)
                var copy = try desk.restored()
                var expected = first
                expected.isDuplicate = true
                expected.recipients = []
                #expect(try desk.post("a", by: 1, id: id) == .posted(expected))
                #expect(try copy.post("a", by: 1, id: id) == .posted(expected))
                #expect(desk.effects == [])
            }
            desk.now = own + Self.week + 1
            #expect(
                try desk.post("a", by: 1, id: id)
                    == .refused(.clientIDExpired(time: WallTime(milliseconds: desk.now))))
        }
    }

    @Test("with a known id and another body is a conflict")
    func conflicts() throws {
        var desk = try Desk(users: [1, 2])
        let id = desk.freshID()
        let body = MessageBody(
            text: "a", replyTo: SequenceNumber(1), mentions: [UserID(2)], attachments: ["x"])
        func post(_ body: MessageBody) -> MessageCommand {
            .post(Post(chat: Desk.chat, sender: UserID(1), clientID: id, body: body))
        }
        #expect(try desk.apply(post(body)).seq == 2)
        #expect(try desk.apply(post(body)).posted?.isDuplicate == true)
        var others = Array(repeating: body, count: 4)
        others[0].text = "b"
        others[1].replyTo = nil
        others[2].mentions = []
        others[3].attachments = ["y"]
        for other in others {
            #expect(try desk.apply(post(other)) == .refused(.clientIDConflict))
        }
    }

    @Test("has an id of its own in every chat and of every sender")
    func scopes() throws {
        var desk = try Desk(users: [1, 2])
        _ = try desk.create(ChatID(8), users: [1, 2])
        let id = desk.freshID()
        #expect(try desk.post("a", by: 1, id: id).posted?.isDuplicate == false)
        #expect(try desk.post("b", by: 2, id: id).posted?.isDuplicate == false)
        #expect(try desk.post("c", by: 1, id: id, in: ChatID(8)).posted?.isDuplicate == false)
    }

    @Test("is judged in order: membership, id, repeat, length, reply")
    func order() throws {
        var limits = MachineLimits()
        limits.textScalarsMaximum = 3
        var desk = try Desk(users: [1], limits: limits)
        let late = desk.freshID(at: 0)
        #expect(try desk.post("long text", by: 2, id: late) == .refused(.notFound))
        #expect(
            try desk.post("long text", by: 1, id: late)
                == .refused(.clientIDExpired(time: Self.now)))
        let id = desk.freshID()
        #expect(try desk.post("a", by: 1, id: id).seq == 2)
        #expect(try desk.post("long text", by: 1, id: id) == .refused(.clientIDConflict))
        #expect(try desk.post("long text", by: 1) == .refused(.tooLong))
        #expect(try desk.post("éß世", by: 1).seq == 3)
        #expect(try desk.post("éß世!", by: 1) == .refused(.tooLong))
    }

    @Test("with an id that is no UUID version 7 is refused")
    func foreignIDs() throws {
        var desk = try Desk(users: [1])
        let good = desk.freshID()
        for bad in [
            ClientMessageID(high: good.high ^ 0x3000, low: good.low),
            ClientMessageID(high: good.high, low: good.low ^ 1 << 63),
        ] {
            #expect(try desk.post(by: 1, id: bad) == .refused(.invalidField("client_id")))
        }
    }

    @Test("replies to an entry that is there", arguments: [(0, false), (1, true), (2, false)])
    func replies(row: (to: UInt64, isGood: Bool)) throws {
        var desk = try Desk(users: [1])
        let body = MessageBody(text: "a", replyTo: SequenceNumber(row.to))
        let id = desk.freshID()
        let reply = try desk.apply(
            .post(Post(chat: Desk.chat, sender: UserID(1), clientID: id, body: body)))
        #expect(row.isGood ? reply.seq == 2 : reply == .refused(.invalidField("reply_to")))
    }

    @Test("never carries an earlier time than the entry before it")
    func timeNeverGoesBack() throws {
        var desk = try Desk(users: [1])
        let first = try #require(try desk.post(by: 1).posted)
        desk.now -= 5_000
        let second = try #require(try desk.post(by: 1, id: desk.freshID(at: desk.now)).posted)
        #expect(second.time == first.time)
        desk.now += 10_000
        #expect(try desk.post(by: 1).posted?.time == WallTime(milliseconds: desk.now))
        // Ids are judged by the latest log time, too.
        let last = desk.now
        desk.now -= 120_000
        #expect(try desk.post(by: 1, id: desk.freshID(at: last)).seq == 5)
    }

    @Test("is remembered no longer than it may come again")
    func forgets() throws {
        var desk = try Desk(users: [1])
        for _ in 0..<10 { _ = try desk.post(by: 1) }
        #expect(
            try desk.ask(.counts) == .counts(chats: 1, entries: 11, remembered: 10))
        desk.now += Self.week + 120_000
        _ = try desk.post(by: 1)
        #expect(try desk.ask(.counts) == .counts(chats: 1, entries: 12, remembered: 1))
        #expect(try desk.restored().ask(.counts) == desk.ask(.counts))
    }
}
