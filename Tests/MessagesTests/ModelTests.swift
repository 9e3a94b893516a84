import Messages
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

/// Random histories, carried out by the machine, by the plain model, and by a second machine that
/// goes through a snapshot every now and then.
@Suite("Random histories")
struct ModelTests {
    struct Run {
        static let users: [UInt64] = [1, 2, 3, 4]
        static let chats: [UInt64] = [1, 2]

        var random: SeededRandom
        var desk = Desk()
        var twin = Desk()
        var model = MessageModel()
        var ids: [ClientMessageID] = []

        init(seed: UInt64) {
            random = SeededRandom(seed: seed)
            model.now = desk.now
        }

        mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

        /// Both machines say the same, to the last byte of reply and effect.
        mutating func apply(_ command: MessageCommand) throws -> MessageReply {
            let reply = try desk.apply(command)
            #expect(try twin.apply(command) == reply)
            #expect(desk.effects == twin.effects)
            return reply
        }

        mutating func passTime() {
            let steps: [Int64] = [0, 0, 1, 1_000, 30_000, 59_999, 86_400_000]
            let step = pick(steps)
            desk.now += step
            twin.now += step
            model.now += step
        }

        mutating func step() throws {
            switch random.below(20) {
            case 0..<11: try post()
            case 11..<14: try change()
            case 14..<18: try mark()
            case 18: passTime()
            default: twin = try twin.restored()
            }
        }

        mutating func post() throws {
            let user = pick(Self.users)
            let chat = pick(Self.chats)
            let id: ClientMessageID
            if random.chance(0.2), !ids.isEmpty {
                id = pick(ids)
            } else {
                let shift = random.chance(0.2) ? pick([60_000, 60_001, -1, -604_800_000]) : 0
                id = desk.freshID(at: desk.now + Int64(shift))
            }
            ids.append(id)
            let text = pick(["a", "b"])
            let head = model.chats[chat]?.entries.count ?? 0
            let seen = random.chance(0.3) ? random.below(head + 3) : nil
            let reply = try apply(
                .post(
                    Post(
                        chat: ChatID(chat), sender: UserID(user), clientID: id,
                        body: MessageBody(text: Bytes(text)),
                        seen: seen.map { SequenceNumber(UInt64($0)) })))
            let expected = model.post(text, by: user, in: chat, id: id, seen: seen)
            let got = reply.posted.map { Int($0.seq.rawValue) * ($0.isDuplicate ? -1 : 1) }
            #expect(got == expected)
        }

        mutating func change() throws {
            let chat = pick(Self.chats)
            let applied = model.chats[chat]?.changes.count ?? 0
            let version = random.chance(0.8) ? applied + 1 : random.below(applied + 3)
            let user = UserID(pick(Self.users))
            let member = ChatMember(user: user, role: .member)
            let action: MembershipChange.Action =
                applied == 0
                ? .create(
                    kind: .group, history: chat == 1 ? .all : .joined, title: "t",
                    members: [member])
                : pick([.join([member]), .join([member]), .leave(user), .role(user, .admin)])
            let actor = pick(Self.users)
            let reply = try apply(
                .change(
                    MembershipChange(
                        chat: ChatID(chat), version: UInt64(version), actor: UserID(actor),
                        action: action)))
            let expected = model.change(version, in: chat, action, by: actor)
            #expect((reply.seq == 0 ? nil : Int(reply.seq)) == expected)
        }

        mutating func mark() throws {
            let (user, chat) = (pick(Self.users), pick(Self.chats))
            let head = model.chats[chat]?.entries.count ?? 0
            let delivered = random.chance(0.5) ? random.below(head + 3) : nil
            let read = random.chance(0.5) ? random.below(head + 3) : nil
            _ = try apply(
                .mark([
                    Mark(
                        chat: ChatID(chat), user: UserID(user),
                        delivered: delivered.map { SequenceNumber(UInt64($0)) },
                        read: read.map { SequenceNumber(UInt64($0)) })
                ]))
            model.mark(user, in: chat, delivered: delivered, read: read)
        }

        /// What everybody can see agrees with the model.
        func check() throws {
            #expect(desk.machine.digest == twin.machine.digest)
            #expect(desk.machine.snapshot.encode() == twin.machine.snapshot.encode())
            for chat in Self.chats {
                for user in Self.users { try check(chat, user) }
            }
        }

        func check(_ chat: UInt64, _ user: UInt64) throws {
            let state = model.chats[chat]
            let member = state?.members[user]
            let head = try desk.head(of: user, in: ChatID(chat))
            #expect(head.map { Int($0.read.rawValue) } == member?.read)
            #expect(head.map { Int($0.unread) } == state?.unread(user))
            let page = try desk.page(of: user, .after(.zero), in: ChatID(chat))
            guard let state, let member else {
                #expect(page == nil)
                return
            }
            let first = state.history == .all ? 1 : member.joined
            let expected = Array(Array(first...state.entries.count).prefix(200))
            let entries = try #require(page)
            #expect(entries.map { Int($0.seq.rawValue) } == expected)
            for entry in entries {
                let seq = Int(entry.seq.rawValue)
                #expect(Int(entry.ord) == state.messages(upTo: seq))
                #expect(entry.time.milliseconds == state.entries[seq - 1].time)
                #expect(entry.from == UserID(state.entries[seq - 1].from))
                #expect(entry.body?.text.text ?? "" == state.entries[seq - 1].text)
            }
        }
    }

    @Test("agree with the model and survive snapshots", arguments: Array<UInt64>(1...25))
    func agree(seed: UInt64) throws {
        var run = Run(seed: seed)
        for step in 1...700 {
            try run.step()
            if step % 70 == 0 { try run.check() }
        }
        // The histories must be worth the name.
        let entries = run.model.chats.values.map(\.entries.count).reduce(0, +)
        #expect(entries > 100)
    }

    @Test("give the same bytes from the same state, however it came about")
    func snapshotsAreCanonical() throws {
        var desk = Desk()
        // Enough that partitions hold several, made in another order than that of their ids.
        for chat: UInt64 in (1...3_000).reversed() {
            _ = try desk.create(ChatID(chat), users: [1, 2])
        }
        let copy = try desk.restored()
        #expect(copy.machine.snapshot.encode() == desk.machine.snapshot.encode())
        #expect(copy.machine.digest == desk.machine.digest)
        #expect(try copy.head(of: 2, in: ChatID(17)) == desk.head(of: 2, in: ChatID(17)))
    }

    @Test("do not change a snapshot that was taken before")
    func snapshotsStandStill() throws {
        var desk = try Desk(users: [1, 2])
        for _ in 0..<200 { _ = try desk.post(by: 1) }
        let snapshot = desk.machine.snapshot
        let bytes = snapshot.encode()
        for _ in 0..<200 { _ = try desk.post(by: 2, seen: 150) }
        _ = try desk.change(2, .leave(UserID(2)))
        #expect(snapshot.encode() == bytes)
        #expect(desk.machine.snapshot.encode() != bytes)
    }
}
