import Membership
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

/// Random histories, with a second machine that goes through a snapshot every now and then, and a
/// shard that knows of each chat only what the outbox brought it.
@Suite("Random histories")
struct RandomHistoryTests {
    struct Shard {
        var version: UInt64 = 0
        var members: [UserID: MemberRole] = [:]

        mutating func apply(_ record: OutboxRecord) {
            #expect(record.version == version + 1)
            version = record.version
            switch record.action {
            case .create(_, _, _, let created), .join(let created):
                for member in created {
                    #expect(members[member.user] == nil)
                    members[member.user] = member.role
                }
            case .leave(let user):
                #expect(members.removeValue(forKey: user) != nil)
            case .role(let user, let role):
                #expect(members[user] != nil)
                members[user] = role
            }
        }
    }

    struct Run {
        var words: RandomWords
        var registry = Registry()
        var twin = Registry()
        var shards: [ChatID: Shard] = [:]

        init(seed: UInt64) { words = RandomWords(seed: seed) }

        mutating func apply(_ command: MembershipCommand) throws {
            let before = registry.announced.count
            let reply = try registry.apply(command)
            #expect(try twin.apply(command) == reply)
            #expect(twin.effects == registry.effects)
            // At most one record of a chat is on its way.
            for record in registry.announced.dropFirst(before) {
                #expect(!registry.announced.prefix(before).contains { $0.chat == record.chat })
            }
        }

        mutating func deliverOne() throws {
            guard !registry.announced.isEmpty else { return }
            let record = registry.announced.remove(
                at: words.random.below(registry.announced.count))
            var shard = shards[record.chat] ?? Shard()
            shard.apply(record)
            shards[record.chat] = shard
            try apply(
                .delivered(
                    chat: record.chat, version: record.version,
                    seq: SequenceNumber(record.version * 3)))
        }

        mutating func step() throws {
            switch words.random.below(20) {
            case 0..<13:
                let command = words.command()
                // Only the courier says what was delivered.
                if case .delivered = command { return }
                try apply(command)
            case 13..<18: try deliverOne()
            case 18:
                registry.now += Int64(words.random.below(90_000_000))
                twin.now = registry.now
            default: twin = try twin.restored()
            }
        }

        func check() throws {
            #expect(registry.machine.digest == twin.machine.digest)
            #expect(registry.machine.snapshot.encode() == twin.machine.snapshot.encode())
            guard case .counts(let users, let chats, let outbox) = try registry.ask(.counts) else {
                Issue.record("no counts")
                return
            }
            #expect(try registry.outbox() == registry.announced.sorted { $0.chat < $1.chat })
            var listed = 0
            for user in 0..<users { listed += try registry.chats(of: user + 1).count }
            var members = 0
            for chat in 0..<chats { members += try check(ChatID(chat + 1)) }
            #expect(listed == members)
            if outbox == 0 { #expect(registry.announced.isEmpty) }
        }

        /// How many members the chat has.
        func check(_ chat: ChatID) throws -> Int {
            let answer = try registry.ask(.chat(chat))
            guard case .chat(let isDirect, _, let version, let pending, let members) = answer else {
                Issue.record("no \(chat)")
                return 0
            }
            #expect(members == members.sorted { $0.user < $1.user })
            let owners = members.count { $0.role == .owner }
            #expect(owners == (isDirect || members.isEmpty ? 0 : 1))
            if isDirect { #expect(members.count == 2) }
            for member in members {
                #expect(try registry.chats(of: member.user.rawValue).contains(chat.rawValue))
            }
            let shard = shards[chat] ?? Shard()
            #expect(pending == (shard.version < version))
            if !pending {
                let roles = Dictionary(uniqueKeysWithValues: members.map { ($0.user, $0.role) })
                #expect(shard.members == roles)
            }
            return members.count
        }
    }

    @Test("keep every rule and survive snapshots", arguments: Array<UInt64>(1...25))
    func rules(seed: UInt64) throws {
        var run = Run(seed: seed)
        for user in 0..<6 {
            try run.apply(
                .register(name: "user\(user)", displayName: "", email: "", hash: "x"))
        }
        for step in 1...600 {
            try run.step()
            if step % 60 == 0 { try run.check() }
        }
        while !run.registry.announced.isEmpty { try run.deliverOne() }
        try run.check()
        #expect(run.shards.count > 5)
    }

    @Test("do not change a snapshot that was taken before")
    func snapshotsStandStill() throws {
        var registry = try Registry(users: 300)
        for user: UInt64 in 2...200 { _ = try registry.direct(1, user) }
        let snapshot = registry.machine.snapshot
        let bytes = snapshot.encode()
        try registry.deliverAll()
        _ = try registry.group(by: 1, [2, 3])
        _ = try registry.register("late")
        #expect(snapshot.encode() == bytes)
        #expect(registry.machine.snapshot.encode() != bytes)
    }
}
