import ChatWire
import Gateway
import Membership
import Messages
import Testing
import Toolbox
import Vocabulary

/// Node 1 is the edge, node 2 the home of the user.
@Suite struct TwoNodeTests {
    let ada = Rig.user(0, home: 2)

    struct Pair {
        var edge = Rig(node: 1)
        var home: Rig

        init(covers: Bool = true) { home = Rig(node: 2, covers: covers) }

        /// Carries what the two told each other, as bytes, until there is nothing left.
        mutating func carry() throws {
            while !edge.told.isEmpty || !home.told.isEmpty {
                let (toHome, toEdge) = (edge.told, home.told)
                edge.told = []
                home.told = []
                for (peer, message) in toHome {
                    #expect(peer == NodeID(2))
                    let carried = try EdgeHomeMessage(decoding: message.encode())
                    home.act { $0.receive(carried, from: NodeID(1), at: $1, into: &$2) }
                }
                for (peer, message) in toEdge {
                    #expect(peer == NodeID(1))
                    let carried = try EdgeHomeMessage(decoding: message.encode())
                    edge.act { $0.receive(carried, from: NodeID(2), at: $1, into: &$2) }
                }
            }
        }
    }

    private func appended(_ seq: UInt64, _ text: String = "x") -> MessageEffect {
        .appended(
            chat: ChatID(4), entry: entry(seq, from: UserID(1), text), readers: [ada],
            removed: nil)
    }

    @Test func `a session on another node is welcomed by it and fed by its home`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        #expect(try pair.edge.frames(on: client).isEmpty)
        try pair.carry()
        guard case .welcome(let welcome)? = try pair.edge.frames(on: client).first else {
            Issue.record("no welcome")
            return
        }
        #expect(welcome.user == ada)
        #expect(pair.home.gateway.counters.attachments == 1)
        pair.home.deliver(appended(1))
        pair.home.deliver(appended(2))
        try pair.carry()
        #expect(try pair.edge.frames(on: client).map(\.push) == [1, 2])
        pair.edge.act { $0.clientClosed(client, at: $1, into: &$2) }
        try pair.carry()
        #expect(pair.home.gateway.counters.attachments == 0)
    }

    @Test func `requests are asked where the socket is`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        try pair.carry()
        _ = try pair.edge.messages(on: client)
        pair.edge.text(#"{"op":"get","id":1,"chat":"4"}"#, on: client)
        #expect(pair.edge.asked.count == 1)
        #expect(pair.edge.told.isEmpty)
    }

    @Test func `the home's pushes stop at what the socket takes, collapse, and go on`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        try pair.carry()
        _ = try pair.edge.messages(on: client)
        pair.edge.backlog(200 << 10, on: client)
        try pair.carry()
        let text = String(repeating: "x", count: 8_000)
        for seq in 1...30 {
            pair.home.deliver(appended(UInt64(seq), text))
            try pair.carry()
        }
        #expect(pair.edge.takeSent(on: client).isEmpty)
        pair.edge.backlog(0, on: client)
        try pair.carry()
        #expect(
            try pair.edge.frames(on: client) == [
                .gap(push: 1, chat: ChatID(4), head: SequenceNumber(30))
            ])
    }

    @Test func `a fast socket takes any number of pushes`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        try pair.carry()
        _ = try pair.edge.messages(on: client)
        let text = String(repeating: "x", count: 8_000)
        for seq in 1...100 {
            pair.home.deliver(appended(UInt64(seq), text))
            try pair.carry()
        }
        #expect(try pair.edge.frames(on: client).map(\.push) == (1...100).map { $0 })
        #expect(pair.home.gateway.counters.collapsed == 0)
    }

    @Test func `a user whose home is down is served, and gets his gaps when it is back`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        pair.edge.told = []
        pair.edge.act { $0.peerLost(NodeID(2), at: $1, into: &$2) }
        guard case .welcome? = try pair.edge.frames(on: client).first else {
            Issue.record("no welcome")
            return
        }
        pair.edge.text(#"{"op":"get","id":1,"chat":"4"}"#, on: client)
        #expect(pair.edge.asked.count == 1)
        // Lost tries cost nothing; the one that arrives is answered.
        pair.edge.pass(.seconds(3))
        #expect(pair.edge.told.count >= 5)
        pair.edge.told.removeFirst(pair.edge.told.count - 1)
        try pair.carry()
        #expect(pair.home.asked.map(\.question) == [.lookUp(.chats(user: ada))])
        let listed = ListedChat(chat: ChatID(4), isDirect: true, title: "", peer: UserID(1))
        pair.home.answer(.found(.chats(position: 1, [listed])))
        let head = ChatHead(
            chat: ChatID(4), kind: .direct, title: "", head: SequenceNumber(6), ord: 6,
            read: .zero, unread: 6, last: nil, membersVersion: 1)
        pair.home.answer(.heads(positions: [], [head]))
        pair.home.deliver(appended(7))
        try pair.carry()
        let frames = try pair.edge.frames(on: client)
        #expect(frames.first == .gap(push: 1, chat: ChatID(4), head: SequenceNumber(6)))
        #expect(frames.map(\.push) == [1, 2])
    }

    @Test func `a home that started anew is attached to again, and numbers go on`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        try pair.carry()
        pair.home.deliver(appended(1))
        try pair.carry()
        _ = try pair.edge.messages(on: client)
        pair.home = Rig(node: 2)
        pair.edge.pass(.seconds(6))
        try pair.carry()
        #expect(pair.home.gateway.counters.attachments == 1)
        #expect(pair.home.asked.count == 1)
        pair.home.deliver(appended(3))
        try pair.carry()
        #expect(try pair.edge.frames(on: client).map(\.push) == [2])
    }

    @Test func `pushes that are missing on the way are noticed`() throws {
        var pair = Pair()
        let client = try pair.edge.session(ada)
        try pair.carry()
        _ = try pair.edge.messages(on: client)
        pair.home.deliver(appended(1))
        pair.home.told = []
        pair.home.deliver(appended(2))
        try pair.carry()
        #expect(pair.home.asked.map(\.question) == [.lookUp(.chats(user: ada))])
        #expect(try pair.edge.frames(on: client).isEmpty)
        pair.home.deliver(appended(3))
        try pair.carry()
        #expect(try pair.edge.frames(on: client).map(\.push) == [1])
    }

    @Test func `a home that does not cover yet is waited for a while, then done without`() throws {
        var pair = Pair(covers: false)
        let client = try pair.edge.session(ada)
        try pair.carry()
        pair.edge.pass(.milliseconds(900))
        #expect(try pair.edge.frames(on: client).isEmpty)
        pair.edge.pass(.milliseconds(200))
        #expect(try pair.edge.frames(on: client).count == 1)
        try pair.carry()
        pair.home.act { $0.subscriptionsCover(true, at: $1, into: &$2) }
        try pair.carry()
        #expect(pair.home.asked.map(\.question) == [.lookUp(.chats(user: ada))])
    }

    @Test func `the sessions of a lost edge are forgotten`() throws {
        var pair = Pair()
        _ = try pair.edge.session(ada)
        try pair.carry()
        pair.home.act { $0.peerLost(NodeID(1), at: $1, into: &$2) }
        #expect(pair.home.gateway.counters.attachments == 0)
    }

    // MARK: - Bytes

    static let messages: [EdgeHomeMessage] = [
        .attach(
            ConnectionID(9),
            Attachment(
                session: ClientSessionID(1), user: UserID(2), device: DeviceID(3), attempt: 4,
                push: 5, hasMissed: true)),
        .credit(ConnectionID(9), attempt: 1, received: 1 << 40, queued: 7),
        .detach(ConnectionID(9)),
        .attached(ConnectionID(.max), attempt: .max),
        .frames(ConnectionID(9), attempt: 1, push: .max, ["a", "", "ccc"]),
        .close(ConnectionID(9), attempt: 1, code: 4006),
        .unknown(ConnectionID(9), attempt: 1),
    ]

    @Test(arguments: messages)
    func `what edge and home tell each other survives the way`(message: EdgeHomeMessage) throws {
        let bytes = message.encode()
        #expect(try EdgeHomeMessage(decoding: bytes) == message)
        for count in 0..<bytes.count {
            #expect(throws: DecodeFailure.self) {
                try EdgeHomeMessage(decoding: bytes.slice(0..<count))
            }
        }
        #expect(throws: DecodeFailure.self) {
            try EdgeHomeMessage(decoding: Bytes(bytes.array + [0]))
        }
    }
}
