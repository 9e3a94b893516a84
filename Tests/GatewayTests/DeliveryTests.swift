import ChatWire
import Gateway
import Membership
import Messages
import Testing
import Toolbox
import Vocabulary
import WebSocketWire

@Suite struct DeliveryTests {
    let ada = Rig.user(0)
    let bob = Rig.user(1)
    let chat = ChatID(4)

    private func appended(
        _ seq: UInt64, _ text: String, chat: UInt64 = 4, to readers: [UserID]
    ) -> MessageEffect {
        .appended(
            chat: ChatID(chat), entry: entry(seq, from: ada, text), readers: readers,
            removed: nil)
    }

    @Test func `an entry reaches every session of its readers, and nobody else`() throws {
        var rig = Rig()
        let phone = try rig.session(ada, device: 5)
        let laptop = try rig.session(ada, device: 6)
        let other = try rig.session(bob)
        for client in [phone, laptop, other] { _ = try rig.messages(on: client) }
        rig.deliver(appended(1, "one", to: [ada]))
        rig.deliver(appended(2, "two", to: [ada, bob]))
        for client in [phone, laptop] {
            let frames = try rig.frames(on: client)
            #expect(frames.map(\.push) == [1, 2])
            guard case .entry(_, let entry)? = frames.first else {
                Issue.record("\(frames)")
                return
            }
            #expect(entry.text == "one")
            #expect(entry.from == ada)
            #expect(entry.clientID != nil)
            #expect(entry.digest == 3)
        }
        #expect(try rig.frames(on: other).map(\.push) == [1])
        #expect(rig.gateway.counters.delivered == 5)
    }

    @Test func `a large entry comes as a preview with the hash of what it withholds`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        _ = try rig.messages(on: client)
        rig.deliver(appended(1, String(repeating: "é", count: 12_000), to: [ada]))
        rig.deliver(appended(2, String(repeating: "x", count: 10_000), to: [ada]))
        let frames = try rig.frames(on: client)
        guard case .entry(1, let preview) = frames[0], case .entry(2, let whole) = frames[1] else {
            Issue.record("\(frames)")
            return
        }
        #expect(preview.hasMore)
        #expect(preview.text == Bytes(String(repeating: "é", count: 1_024)))
        #expect(preview.bodyHash != nil)
        #expect(!whole.hasMore)
        #expect(whole.text?.count == 10_000)
    }

    @Test func `joining, leaving and reading are told to the devices they are about`() throws {
        var rig = Rig()
        let (client, other) = (try rig.session(ada), try rig.session(bob))
        _ = try (rig.messages(on: client), rig.messages(on: other))
        rig.deliver(
            .appended(
                chat: chat, entry: entry(1, from: ada, "", kind: .join, users: [bob]),
                readers: [ada, bob], removed: nil))
        rig.deliver(.marked(Mark(chat: chat, user: bob, read: SequenceNumber(1))))
        rig.deliver(
            .appended(
                chat: chat, entry: entry(2, from: ada, "", kind: .leave, users: [bob]),
                readers: [ada], removed: bob))
        let frames = try rig.frames(on: other)
        #expect(frames.map(\.push) == [1, 2, 3, 4])
        #expect(frames[0] == .chat(push: 1, ConversationChange(chat: chat, change: .added)))
        guard case .entry(2, let join) = frames[1] else {
            Issue.record("\(frames)")
            return
        }
        #expect(join.kind == .join)
        #expect(join.users == [bob])
        let read = ConversationChange(chat: chat, change: .read, read: SequenceNumber(1))
        #expect(frames[2] == .chat(push: 3, read))
        #expect(frames[3] == .chat(push: 4, ConversationChange(chat: chat, change: .removed)))
        #expect(try rig.frames(on: client).count == 2)
    }

    @Test func `a slow reader's chat collapses into one gap, and the numbers stay dense`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        _ = try rig.messages(on: client)
        rig.backlog(200 << 10, on: client)
        let text = String(repeating: "x", count: 8_000)
        rig.deliver(appended(1, "small", chat: 7, to: [ada]))
        for seq in 1...20 { rig.deliver(appended(UInt64(seq), text, to: [ada])) }
        #expect(rig.takeSent(on: client).isEmpty)
        #expect(rig.gateway.counters.collapsed > 0)
        rig.backlog(0, on: client)
        let frames = try rig.frames(on: client)
        #expect(frames.map(\.push) == [1, 2])
        guard case .entry(1, let small) = frames[0] else {
            Issue.record("\(frames)")
            return
        }
        #expect(small.chat == ChatID(7))
        #expect(frames[1] == .gap(push: 2, chat: chat, head: SequenceNumber(20)))
        rig.deliver(appended(21, "again", to: [ada]))
        guard case .entry(3, let next)? = try rig.frames(on: client).first else {
            Issue.record("no entry behind the gap")
            return
        }
        #expect(next.seq == SequenceNumber(21))
        #expect(rig.closed.isEmpty)
    }

    @Test func `what the socket did not hold back leaves without a report`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        _ = try rig.messages(on: client)
        let text = String(repeating: "x", count: 12_000)
        rig.act { gateway, now, directives in
            for seq in 1...12 {
                let delivery = Delivery(
                    group: ReplicaGroupID(1), event: appended(UInt64(seq), text, to: [ada]))
                gateway.delivered(delivery, at: now, into: &directives)
            }
        }
        let first = try rig.frames(on: client).count
        #expect(first < 12)
        rig.pass(.milliseconds(20))
        #expect(try rig.frames(on: client).count == 12 - first)
        #expect(rig.gateway.counters.collapsed == 0)
    }

    @Test func `a socket that takes nothing for a minute is closed`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        _ = try rig.messages(on: client)
        rig.deliver(appended(1, "x", to: [ada]))
        rig.backlog(50, on: client)
        for _ in 0..<5 {
            rig.pass(.seconds(10))
            rig.text(#"{"op":"ping"}"#, on: client)
        }
        #expect(rig.closed.isEmpty)
        rig.pass(.seconds(11))
        #expect(try rig.messages(on: client).last == .close(code: 4006, reason: ""))
        #expect(rig.gateway.counters.tooSlow == 1)
    }

    @Test func `what cannot collapse ends in a close`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        _ = try rig.messages(on: client)
        rig.backlog(500 << 10, on: client)
        for number in 0..<8_000 where rig.closed.isEmpty {
            let mark = Mark(chat: ChatID(UInt64(number)), user: ada, read: SequenceNumber(1))
            rig.deliver(.marked(mark))
        }
        #expect(rig.closed == [client])
        #expect(try rig.messages(on: client) == [.close(code: 4006, reason: "")])
    }

    @Test func `an interruption turns every chat of who is here into a gap`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        _ = try rig.messages(on: client)
        rig.act { $0.deliveryInterrupted(ReplicaGroupID(1), at: $1, into: &$2) }
        #expect(rig.asked.map(\.question) == [.lookUp(.chats(user: ada))])
        let listed = [7, 4].map {
            ListedChat(chat: ChatID($0), isDirect: true, title: "", peer: bob)
        }
        rig.answer(.failed(.noQuorum))
        #expect(rig.asked.isEmpty)
        rig.pass(.seconds(2))
        rig.answer(.found(.chats(position: 1, listed)))
        #expect(
            rig.asked.map(\.question) == [
                .heads(user: ada, chats: [ChatID(7), ChatID(4)], since: [])
            ])
        let heads = [7, 4].map { chat in
            ChatHead(
                chat: ChatID(chat), kind: .direct, title: "", head: SequenceNumber(chat), ord: 1,
                read: .zero, unread: 0, last: nil, membersVersion: 1)
        }
        rig.answer(.heads(positions: [], heads))
        #expect(
            try rig.frames(on: client) == [
                .gap(push: 1, chat: ChatID(4), head: SequenceNumber(4)),
                .gap(push: 2, chat: ChatID(7), head: SequenceNumber(7)),
            ])
    }

    @Test func `who has gone gets nothing and holds nothing`() throws {
        var rig = Rig()
        let client = try rig.session(ada)
        rig.act { $0.clientClosed(client, at: $1, into: &$2) }
        _ = rig.takeSent(on: client)
        rig.deliver(appended(1, "x", to: [ada]))
        #expect(rig.takeSent(on: client).isEmpty)
        #expect(rig.gateway.counters.sessions == 0)
        #expect(rig.gateway.counters.attachments == 0)
        rig.act { $0.deliveryInterrupted(ReplicaGroupID(1), at: $1, into: &$2) }
        #expect(rig.asked.isEmpty)
    }
}
