import ChatWire
import ClusterNode
import Messages
import PeerWire
import Placement
import Routing
import Testing
import Toolbox
import Vocabulary

@Suite("Live delivery")
struct DeliveryTests {
    private struct Scene {
        var cluster: Cluster
        var persons: [Person]
        var chat: ChatID
        var group: ReplicaGroupID { cluster.group(of: chat) }

        /// A group of one person per home.
        init(_ change: (inout NodeSettings) -> Void = { _ in }) throws {
            cluster = try Cluster(3, shards: 2, change)
            persons = try cluster.registerOnePerHome()
            chat = try cluster.createGroup(persons[0], persons, at: 0)
        }

        /// Sends messages one after the other, by whoever has his home on `node`.
        mutating func post(_ numbers: ClosedRange<Int>, at node: Int) throws {
            for number in numbers {
                _ = try cluster.post(
                    UInt64(number), "\(number)", to: chat, by: persons[node], at: node)
            }
        }
    }

    @Test func reachesAPhoneAtItsHomeAndOneAtAnotherNode() throws {
        var scene = try Scene()
        var phones: [Phone] = []
        for edge in 0..<3 {
            phones.append(try Phone(scene.persons[1], at: edge, in: &scene.cluster))
            #expect(phones[edge].welcome?.user == scene.persons[1].user)
            #expect(phones[edge].welcome?.node == NodeID(UInt16(edge + 1)))
        }
        try scene.post(1...5, at: 0)
        scene.cluster.pass(.milliseconds(300))
        for edge in 0..<3 {
            try phones[edge].read(&scene.cluster)
            #expect(phones[edge].positions(of: scene.chat) == [2, 3, 4, 5, 6], "edge \(edge)")
            let pushes = phones[edge].frames.compactMap(\.push)
            #expect(pushes == (1...5).map { UInt64($0) })
        }
    }

    @Test func carriesWhatAPhoneSaysToItsHomeAndBack() throws {
        var scene = try Scene()
        let draft = try MessageDraft(decoding: scene.cluster.draft(1, "from afar"))
        var phone = try Phone(scene.persons[2], at: 0, in: &scene.cluster)
        phone.say(
            .send(SendFrame(id: .number(7), chat: scene.chat, draft: draft)), in: &scene.cluster)
        scene.cluster.pass(.milliseconds(300))
        try phone.read(&scene.cluster)
        var receipts: [SendReceipt] = []
        for case .ok(.number(7), .sent(let receipt)) in phone.frames { receipts.append(receipt) }
        #expect(receipts.map(\.seq) == [SequenceNumber(2)])
        #expect(phone.positions(of: scene.chat) == [2])
    }

    @Test func goesOnAfterAChangeOfLeaderWithoutGapOrDouble() throws {
        var scene = try Scene()
        let leader = try #require(scene.cluster.leader(of: scene.group))
        // Phones at the homes that live on.
        let homes = (0..<3).filter { $0 != leader }
        var phones: [Phone] = []
        for home in homes {
            phones.append(try Phone(scene.persons[home], at: home, in: &scene.cluster))
        }
        try scene.post(1...10, at: homes[0])
        scene.cluster.kill(leader)
        try scene.post(11...20, at: homes[0])
        try scene.cluster.start(leader)
        try scene.post(21...25, at: homes[1])
        scene.cluster.pass(.seconds(1))
        for (phone, home) in zip(phones.indices, homes) {
            try phones[phone].read(&scene.cluster)
            #expect(
                phones[phone].positions(of: scene.chat) == (2...26).map { UInt64($0) },
                "home \(home)")
            #expect(phones[phone].gaps(of: scene.chat).isEmpty)
        }
    }

    @Test func turnsIntoAGapForWhoeverFellTooFarBehind() throws {
        var scene = try Scene { $0.delivery.recentEffectsMaximum = 4 }
        let leader = try #require(scene.cluster.leader(of: scene.group))
        let home = try scene.cluster.follower(of: scene.group)
        let other = 3 - leader - home
        var phone = try Phone(scene.persons[home], at: home, in: &scene.cluster)
        try scene.post(1...2, at: other)
        scene.cluster.pass(.milliseconds(300))
        scene.cluster.cutOff(home)
        try scene.post(3...20, at: other)
        scene.cluster.nodes[home].isCutOff = false
        scene.cluster.pass(.seconds(3))
        try phone.read(&scene.cluster)
        #expect(phone.gaps(of: scene.chat) == [21])
        try scene.post(21...22, at: other)
        scene.cluster.pass(.milliseconds(300))
        try phone.read(&scene.cluster)
        // Before the gap and behind it, everything, once.
        #expect(phone.positions(of: scene.chat) == [2, 3, 22, 23])
    }

    @Test func turnsIntoAGapForWhoeverIsOvertakenWhileHeCatchesUp() throws {
        var scene = try Scene {
            $0.delivery.recentEffectsMaximum = 4
            $0.delivery.batchEffectsMaximum = 1
        }
        let leader = try #require(scene.cluster.leader(of: scene.group))
        let home = try scene.cluster.follower(of: scene.group)
        var phone = try Phone(scene.persons[home], at: home, in: &scene.cluster)
        var sender = try Phone(scene.persons[leader], at: leader, in: &scene.cluster)
        // All of them in one turn, so that they are applied together.
        for number: UInt64 in 1...20 {
            let draft = try MessageDraft(decoding: scene.cluster.draft(number, "\(number)"))
            sender.say(
                .send(SendFrame(id: .number(Int64(number)), chat: scene.chat, draft: draft)),
                in: &scene.cluster)
        }
        scene.cluster.pass(.seconds(2))
        try phone.read(&scene.cluster)
        let missing = (2...21).filter { !phone.positions(of: scene.chat).contains($0) }
        #expect(missing.isEmpty || phone.gaps(of: scene.chat).last == 21)
        #expect(!missing.isEmpty)
    }

    @Test func waitsForANodeThatTakesNoBytesAndHoldsBackNobody() throws {
        var scene = try Scene()
        let leader = try #require(scene.cluster.leader(of: scene.group))
        let slow = try scene.cluster.follower(of: scene.group)
        let quick = 3 - leader - slow
        var phones: [Int: Phone] = [:]
        for home in [slow, quick] {
            phones[home] = try Phone(scene.persons[home], at: home, in: &scene.cluster)
        }
        scene.cluster.tellBacklog(2 << 20, from: leader, to: slow)
        try scene.post(1...5, at: leader)
        scene.cluster.pass(.milliseconds(300))
        for (home, expected) in [(quick, [2, 3, 4, 5, 6]), (slow, [])] as [(Int, [UInt64])] {
            try phones[home]?.read(&scene.cluster)
            #expect(phones[home]?.positions(of: scene.chat) == expected)
        }
        scene.cluster.tellBacklog(0, from: leader, to: slow)
        scene.cluster.pass(.milliseconds(300))
        try phones[slow]?.read(&scene.cluster)
        #expect(phones[slow]?.positions(of: scene.chat) == [2, 3, 4, 5, 6])
        #expect(phones[slow]?.gaps(of: scene.chat) == [])
    }

    @Test func catchesUpFromItsCursorInPiecesThatFitAFrame() throws {
        var scene = try Scene()
        let leader = try #require(scene.cluster.leader(of: scene.group))
        let home = try scene.cluster.follower(of: scene.group)
        let other = 3 - leader - home
        var phone = try Phone(scene.persons[home], at: home, in: &scene.cluster)
        scene.cluster.cutOff(home)
        // Together they are larger than any frame between nodes may be.
        let text = String(repeating: "\u{1F426}", count: 100_000)
        let count = PeerFrame.payloadBytesMaximum / text.utf8.count + 2
        for number in 1...count {
            _ = try scene.cluster.post(
                UInt64(number), text, to: scene.chat, by: scene.persons[other], at: other)
        }
        scene.cluster.nodes[home].isCutOff = false
        scene.cluster.pass(.seconds(5))
        try phone.read(&scene.cluster)
        #expect(phone.positions(of: scene.chat) == (2...UInt64(count + 1)).map { $0 })
    }

    @Test func collectsMarksAndProposesThemTogether() throws {
        var scene = try Scene()
        let leader = try #require(scene.cluster.leader(of: scene.group))
        let home = try scene.cluster.follower(of: scene.group)
        try scene.post(1...6, at: leader)
        var phone = try Phone(scene.persons[home], at: home, in: &scene.cluster)
        var second = try Phone(scene.persons[leader], at: home, in: &scene.cluster)
        scene.cluster.watched = [.request]
        scene.cluster.seen = []
        for seq: UInt64 in 2...5 {
            let mark = MarkFrame(
                chat: scene.chat, delivered: SequenceNumber(seq + 1), read: SequenceNumber(seq))
            phone.say(.mark(mark), in: &scene.cluster)
            second.say(.mark(mark), in: &scene.cluster)
            scene.cluster.pass(.milliseconds(30))
        }
        scene.cluster.pass(.milliseconds(500))
        var proposed: [[Mark]] = []
        for section in scene.cluster.seen where section.group == scene.group {
            let request = try RoutedRequest(group: section.group, decoding: section.body)
            guard request.kind == .command,
                case .mark(let marks) = try MessageCommand(decoding: request.payload)
            else { continue }
            proposed.append(marks)
        }
        #expect(proposed.count == 1)
        let marks = proposed.first ?? []
        #expect(marks.map(\.read) == [SequenceNumber(5), SequenceNumber(5)])
        #expect(marks.map(\.delivered) == [SequenceNumber(6), SequenceNumber(6)])
        #expect(
            Set(marks.map(\.user)) == [scene.persons[home].user, scene.persons[leader].user])
        // The mark comes back to the reader's devices, and the count of unread follows it.
        try phone.read(&scene.cluster)
        try second.read(&scene.cluster)
        let changes = phone.frames.compactMap { frame -> SequenceNumber? in
            guard case .chat(_, let change) = frame, change.change == .read else { return nil }
            return change.read
        }
        #expect(changes.last == SequenceNumber(5))
        let head: ConversationHead = try scene.cluster.get(
            .chat(scene.chat), by: scene.persons[home], at: leader)
        #expect(head.unread == 2)
    }
}
