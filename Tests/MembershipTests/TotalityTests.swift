import Membership
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

@Suite("Any bytes")
struct TotalityTests {
    @Test("lead to a reply or an answer", arguments: Array<UInt64>(1...20))
    func commands(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        var registry = Registry()
        for _ in 0..<300 {
            if words.random.chance(0.05) { registry.now = [0, .max, .min][words.random.below(3)] }
            let command = words.command().encoded()
            for bytes in [command, words.damaged(command), words.bytes()] {
                _ = try MembershipReply(decoding: registry.apply(bytes: bytes))
            }
            let query = words.query().encoded()
            for bytes in [query, words.damaged(query), words.bytes()] {
                _ = try MembershipAnswer(decoding: registry.machine.answer(bytes))
            }
        }
        #expect(try registry.restored().machine.digest == registry.machine.digest)
    }

    @Test("that are no command or query are named so")
    func undecodable() throws {
        var registry = Registry()
        #expect(
            try MembershipReply(decoding: registry.apply(bytes: [99])) == .refused(.undecodable))
        #expect(
            try MembershipAnswer(decoding: registry.machine.answer([])) == .refused(.undecodable))
    }

    static func full() throws -> Registry {
        var registry = try Registry(users: 4)
        _ = try registry.direct(1, 2)
        _ = try registry.group(by: 1, [2, 3], key: "k")
        _ = try registry.apply(.openDevice(user: UserID(2), device: nil, label: "phone"))
        try registry.deliverAll()
        _ = try registry.set(4, .admin, by: 1, in: 2)
        _ = try registry.remove(3, by: 3, in: 2)
        return registry
    }

    static func restore(_ bytes: Bytes) -> MembershipMachine? {
        let result = Result {
            try MembershipMachine(
                group: ReplicaGroupID(2), limits: MachineLimits(), restoring: bytes)
        }
        switch result {
        case .success(let machine): return machine
        case .failure: return nil
        }
    }

    @Test("are restored or refused, and what is restored goes on", arguments: Array<UInt64>(1...20))
    func snapshots(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        let bytes = try Self.full().machine.snapshot.encode()
        for _ in 0..<150 {
            let damaged = words.damaged(bytes)
            guard let machine = Self.restore(damaged) else { continue }
            #expect(machine.snapshot.encode() == damaged)
            var registry = Registry()
            registry.machine = machine
            for _ in 0..<40 {
                _ = try registry.apply(words.command())
                _ = try registry.ask(words.query())
            }
        }
    }

    @Test("cut short anywhere are no snapshot")
    func cutSnapshots() throws {
        let bytes = try Self.full().machine.snapshot.encode()
        #expect(Self.restore(bytes) != nil)
        for count in 0..<bytes.count {
            #expect(Self.restore(bytes.slice(0..<count)) == nil)
        }
        #expect(Self.restore(Bytes(bytes.array + [0])) == nil)
    }
}
