import Coordination
import ReplicatedState
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("Any bytes")
struct TotalityTests {
    @Test("lead to a reply", arguments: Array<UInt64>(1...20))
    func commands(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        var grove = Grove(sessions: 5)
        for _ in 0..<300 {
            if words.random.chance(0.05) { grove.now = words.pick([0, .max, .min]) }
            let command = words.command(at: grove.index + 1).encoded()
            let noise = Bytes(
                (0..<words.random.below(60)).map { _ in
                    UInt8(words.random.below(256))
                })
            for bytes in [command, words.damaged(command), noise] {
                let reply = grove.apply(bytes: bytes)
                #expect(try CoordinationReply(decoding: reply.encoded()) == reply)
                // Whatever comes of it, it is no trap.
                _ = Result { try CoordinationReply(decoding: words.damaged(reply.encoded())) }
            }
        }
        #expect(try grove.restored().machine.digest == grove.machine.digest)
    }

    @Test("that are no command are named so, and take a number")
    func undecodable() {
        var grove = Grove(sessions: 1)
        for bytes: Bytes in [[], [99], [1, 99], [1, 0], [1, 4, 0xFF, 0xFF, 0xFF, 0xFF]] {
            let reply = grove.apply(bytes: bytes)
            #expect(reply.outcome == .refused(.marshallingError))
            #expect(reply.requester == nil)
            #expect(reply.zxid.rawValue == Int64(grove.index))
        }
        #expect(grove.effects.isEmpty)
    }

    static func full() throws -> Grove {
        var run = ModelRun(seed: 3)
        let found = try run.disagreement(steps: 120)
        #expect(found == nil)
        return run.grove
    }

    static func restore(_ bytes: Bytes) -> CoordinationMachine? {
        do {
            return try CoordinationMachine(
                group: ReplicaGroupID(0), limits: MachineLimits(), restoring: bytes)
        } catch {
            return nil
        }
    }

    @Test("are restored or refused, and what is restored goes on", arguments: Array<UInt64>(1...20))
    func snapshots(seed: UInt64) throws {
        var words = RandomWords(seed: seed)
        let grove = try Self.full()
        let bytes = grove.machine.snapshot.encode()
        for _ in 0..<150 {
            let damaged = words.damaged(bytes)
            guard let machine = Self.restore(damaged) else { continue }
            #expect(machine.snapshot.encode() == damaged)
            var copy = grove
            copy.machine = machine
            for _ in 0..<40 { copy.apply(words.command(at: copy.index + 1)) }
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

    @Test("of deep paths and broad parents are carried out")
    func extremes() throws {
        var grove = Grove(sessions: 1)
        var path = ZnodePath("/d")
        for _ in 0..<2_000 {
            #expect(grove.create(path) == .created(path))
            path = path.child(named: "d")
        }
        for number in 0..<20_000 { grove.create(ZnodePath(Bytes("/zookeeper/\(number)"))) }
        #expect(try grove.stat("/zookeeper").numChildren == 20_002)
        #expect(try grove.machine.descendantsCount(at: "/d", for: []) == 1_999)
        let copy = try grove.restored()
        #expect(copy.machine.digest == grove.machine.digest)
        #expect(try copy.children("/zookeeper") == grove.children("/zookeeper"))
    }
}
