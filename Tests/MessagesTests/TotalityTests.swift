import Messages
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

@Suite("Any bytes")
struct TotalityTests {
    @Test("lead to a reply or an answer", arguments: Array<UInt64>(1...20))
    func commands(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        var desk = Desk()
        for _ in 0..<300 {
            if words.random.chance(0.05) { desk.now = [0, .max, .min][words.random.below(3)] }
            let command = words.command().encoded()
            for bytes in [command, words.damaged(command), words.bytes()] {
                _ = try MessageReply(decoding: desk.apply(bytes: bytes))
            }
            let query = words.query().encoded()
            for bytes in [query, words.damaged(query), words.bytes()] {
                _ = try MessageAnswer(decoding: desk.machine.answer(bytes))
            }
        }
        #expect(try desk.restored().machine.digest == desk.machine.digest)
    }

    @Test("that are no command or query are named so")
    func undecodable() throws {
        var desk = Desk()
        #expect(try MessageReply(decoding: desk.apply(bytes: [9])) == .refused(.undecodable))
        #expect(
            try MessageAnswer(decoding: desk.machine.answer([])) == .refused(.undecodable))
    }

    /// A state with everything in it.
    static func full() throws -> Desk {
        var desk = try Desk(users: [1, 2, 3])
        for sender: UInt64 in [1, 2, 3, 1, 1] { _ = try desk.post(by: sender, seen: 1) }
        _ = try desk.change(2, .leave(UserID(3)))
        _ = try desk.change(3, .role(UserID(2), .admin))
        try desk.mark(user: 2, delivered: 6, read: 4)
        return desk
    }

    static func restore(_ bytes: Bytes) -> MessageMachine? {
        let result = Result {
            try MessageMachine(
                group: ReplicaGroupID(1), limits: MachineLimits(), restoring: bytes)
        }
        switch result {
        case .success(let machine): return machine
        case .failure: return nil
        }
    }

    @Test("are restored or refused, and what is restored goes on", arguments: Array<UInt64>(1...12))
    func snapshots(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        let bytes = try Self.full().machine.snapshot.encode()
        for _ in 0..<60 {
            let damaged = words.damaged(bytes)
            guard let machine = Self.restore(damaged) else { continue }
            #expect(machine.snapshot.encode() == damaged)
            var desk = Desk()
            desk.machine = machine
            for _ in 0..<20 {
                _ = try MessageReply(decoding: desk.apply(bytes: words.command().encoded()))
                _ = try MessageAnswer(decoding: desk.machine.answer(words.query().encoded()))
            }
            for sender: UInt64 in [1, 2, 3] { _ = try desk.post(by: sender, seen: 9) }
        }
    }

    @Test("cut short anywhere are no snapshot")
    func cutSnapshots() throws {
        let bytes = try Self.full().machine.snapshot.encode()
        #expect(Self.restore(bytes) != nil)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(Self.restore(bytes.slice(0..<count)) == nil)
        }
        #expect(Self.restore(Bytes(bytes.array + [0])) == nil)
    }

    @Test("with a turned bit in an entry do not pass its digest")
    func digestGuardsHistory() throws {
        var desk = try Desk(users: [1])
        let text: Bytes = "a text that stands in the snapshot once"
        _ = try desk.post(text, by: 1)
        var array = desk.machine.snapshot.encode().array
        let needle = text.array
        let start = try #require(
            array.indices.first { array[$0...].starts(with: needle) })
        array[start] ^= 1
        #expect(Self.restore(Bytes(array)) == nil)
    }
}
