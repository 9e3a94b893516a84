import ChatWire
import Gateway
import Membership
import Messages
import Testing
import Toolbox
import Vocabulary

@Suite struct RequestTests {
    let user = Rig.user(0)

    private func send(_ number: Int, chat: Int = 4) -> String {
        """
        {"op":"send","id":\(number),"chat":"\(chat)","client_id":"\(clientID)",\
        "text":"text \(number)"}
        """
    }

    private func posted(_ seq: UInt64, to recipients: [UserID] = []) -> Gateway.GatewayAnswer {
        .message(
            .posted(
                Posted(
                    seq: SequenceNumber(seq), ord: seq, time: WallTime(milliseconds: 5),
                    isDuplicate: false, recipients: recipients)))
    }

    private func texts(_ rig: Rig) -> [Bytes] {
        rig.asked.compactMap { asked in
            guard case .command(.post(let post), _) = asked.question else { return nil }
            return post.body.text
        }
    }

    @Test func `pipelined sends are asked in order, and answered each by its own answer`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        for number in 1...5 { rig.text(send(number), on: client) }
        #expect(texts(rig) == (1...5).map { Bytes("text \($0)") })
        rig.answer(posted(11))
        rig.answer(.failed(.timeout))
        rig.answer(.message(.refused(.clientIDConflict)))
        rig.answer(posted(12))
        rig.answer(.message(.refused(.clientIDEarly(time: WallTime(milliseconds: 99)))))
        let frames = try rig.frames(on: client)
        #expect(frames.count == 5)
        guard case .ok(.number(1), .sent(let receipt)) = frames[0],
            case .error(.number(2), let timeout) = frames[1],
            case .error(.number(3), let conflict) = frames[2],
            case .ok(.number(4), .sent(let second)) = frames[3],
            case .error(.number(5), let early) = frames[4]
        else {
            Issue.record("\(frames)")
            return
        }
        #expect(receipt.seq == SequenceNumber(11))
        #expect(second.seq == SequenceNumber(12))
        #expect(timeout.code == .timeout)
        #expect(conflict.code == .clientIDConflict)
        #expect(early.time == WallTime(milliseconds: 99))
        #expect(rig.gateway.counters.sent == 2)
    }

    @Test func `sends beyond the window wait for answers and keep their order`() throws {
        var rig = Rig { $0.outstandingMaximum = 2 }
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        for number in 1...5 { rig.text(send(number), on: client) }
        #expect(texts(rig) == ["text 1", "text 2"])
        rig.answer(posted(1))
        #expect(texts(rig) == ["text 2", "text 3"])
        rig.answer(posted(2))
        rig.answer(posted(3))
        rig.answer(posted(4))
        rig.answer(posted(5))
        var ids: [FrameID?] = []
        for case .ok(let id, _) in try rig.frames(on: client) { ids.append(id) }
        #expect(ids == (1...5).map { .number($0) })
    }

    @Test func `more than may wait is overloaded, and the rest is served`() throws {
        var rig = Rig {
            $0.outstandingMaximum = 1
            $0.waitingMaximum = 2
        }
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        for number in 1...4 { rig.text(send(number), on: client) }
        guard case .error(.number(4), let report)? = try rig.frames(on: client).first else {
            Issue.record("no error")
            return
        }
        #expect(report.code == .overloaded)
        for seq in 1...3 { rig.answer(posted(UInt64(seq))) }
        #expect(try rig.frames(on: client).count == 3)
    }

    @Test func `ok tells who is offline where this node knows`() throws {
        var rig = Rig()
        let (here, away, elsewhere) = (Rig.user(1), Rig.user(2), Rig.user(0, home: 2))
        let client = try rig.session(user)
        let other = try rig.session(here)
        _ = try (rig.messages(on: client), rig.messages(on: other))
        let recipients = [[here, away], [here], [here, elsewhere], []]
        for (number, recipients) in recipients.enumerated() {
            rig.text(send(number), on: client)
            rig.answer(posted(UInt64(number) + 1, to: recipients))
        }
        var offline: [[UserID]?] = []
        for case .ok(_, .sent(let receipt)) in try rig.frames(on: client) {
            offline.append(receipt.offline)
        }
        #expect(offline == [[away], [], nil, nil])
    }

    @Test func `get and call reach the same operations`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.text(#"{"op":"get","id":"g","chat":"4","before":9}"#, on: client)
        let query = MessageQuery.page(
            chat: ChatID(4), user: user, anchor: .before(SequenceNumber(9)), limit: 50)
        #expect(rig.asked.map(\.question) == [.query(query, chat: ChatID(4))])
        rig.answer(.page(.page(entries: [entry(8, from: user, "x")], head: SequenceNumber(8))))
        rig.text(
            #"{"op":"call","id":"c","method":"GET","path":"/v1/chats/4/messages?before=9"}"#,
            on: client)
        #expect(rig.asked.map(\.question) == [.query(query, chat: ChatID(4))])
        rig.answer(.page(.page(entries: [], head: SequenceNumber(8))))
        let frames = try rig.frames(on: client)
        guard case .ok(.text("g"), .page(let page)) = frames[0],
            case .ok(.text("c"), .called(status: 200, let body)) = frames[1]
        else {
            Issue.record("\(frames)")
            return
        }
        #expect(page.entries.map(\.seq) == [SequenceNumber(8)])
        #expect(body == #"{"entries":[],"head":8}"#)
    }

    @Test func `marks are asked and never answered`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.text(#"{"op":"mark","chat":"4","read":7}"#, on: client)
        let mark = Mark(chat: ChatID(4), user: user, read: SequenceNumber(7))
        #expect(rig.asked.map(\.question) == [.command(.mark([mark]), chat: ChatID(4))])
        rig.answer(.message(.marked))
        #expect(rig.takeSent(on: client).isEmpty)
    }

    @Test func `requests before the welcome wait for it`() throws {
        var rig = Rig(covers: false)
        let client = try rig.session(user)
        rig.text(send(1), on: client)
        #expect(rig.asked.isEmpty)
        rig.act { $0.subscriptionsCover(true, at: $1, into: &$2) }
        #expect(texts(rig) == ["text 1"])
    }

    @Test func `who does not read his pages gets no more of them`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        rig.backlog(300 << 10, on: client)
        rig.text(#"{"op":"get","id":1,"chat":"4"}"#, on: client)
        #expect(rig.asked.isEmpty)
        rig.backlog(0, on: client)
        #expect(rig.asked.count == 1)
    }

    // MARK: - Lists

    private func head(_ chat: UInt64, at seq: UInt64) -> ChatHead {
        ChatHead(
            chat: ChatID(chat), kind: .group, title: "t", head: SequenceNumber(seq), ord: seq,
            read: .zero, unread: seq, last: entry(seq, from: user, "x"), membersVersion: 1)
    }

    private func sync(
        _ cursor: Bytes?, limit: Int, heads: [ChatHead], index: UInt64, _ rig: inout Rig,
        on client: ConnectionID
    ) throws -> (page: ConversationPage, since: [HeadsPosition]) {
        let cursor = cursor.flatMap(\.text).map { #","cursor":"\#($0)""# } ?? ""
        rig.text(#"{"op":"sync","id":1,"limit":\#(limit)\#(cursor)}"#, on: client)
        #expect(rig.asked.map(\.question) == [.lookUp(.chats(user: user))])
        let listed = (1...4).map {
            ListedChat(chat: ChatID($0), isDirect: false, title: "t", peer: nil)
        }
        rig.answer(.found(.chats(position: 2, listed)))
        guard case .heads(user, let chats, let since)? = rig.asked.first?.question else {
            throw RigFailure.noUpgrade
        }
        #expect(chats == listed.map(\.chat))
        let position = HeadsPosition(group: ReplicaGroupID(9), index: LogIndex(index))
        rig.answer(.heads(positions: [position], heads))
        guard case .ok(_, .conversations(let page))? = try rig.frames(on: client).first else {
            throw RigFailure.noUpgrade
        }
        return (page, since)
    }

    @Test func `a list comes newest first, in pages cut from one snapshot`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        let heads = [head(1, at: 10), head(2, at: 40), head(3, at: 20), head(4, at: 30)]
        let first = try sync(nil, limit: 2, heads: heads, index: 100, &rig, on: client)
        #expect(first.page.chats.map(\.chat) == [ChatID(2), ChatID(4)])
        #expect(!first.page.isDone)
        #expect(first.since.isEmpty)

        // Chat 1 changes meanwhile: it moves to the top and comes with the next sync.
        let changed = [head(1, at: 50), head(2, at: 40), head(3, at: 20), head(4, at: 30)]
        let second = try sync(
            first.page.cursor, limit: 2, heads: changed, index: 110, &rig, on: client)
        #expect(second.page.chats.map(\.chat) == [ChatID(3)])
        #expect(second.page.isDone)
        #expect(second.since.isEmpty)

        let third = try sync(
            second.page.cursor, limit: 2, heads: [head(1, at: 50)], index: 120, &rig, on: client)
        #expect(third.page.chats.map(\.chat) == [ChatID(1)])
        let snapshot = HeadsPosition(group: ReplicaGroupID(9), index: LogIndex(100))
        #expect(third.since == [snapshot])
    }

    @Test func `a cursor that does not decode is a full list`() throws {
        var rig = Rig()
        let client = try rig.session(user)
        _ = try rig.messages(on: client)
        let full = try sync("???", limit: 9, heads: [head(1, at: 1)], index: 5, &rig, on: client)
        #expect(full.since.isEmpty)
        #expect(full.page.isDone)
    }
}
