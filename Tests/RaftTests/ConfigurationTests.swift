import Raft
import Testing
import Toolbox
import Vocabulary

/// Configurations as values: their bytes, and what a change makes of them.
@Suite struct ConfigurationTests {
    static let samples: [RaftConfiguration] = [
        .empty, RaftConfiguration(voters: [m(1)]),
        RaftConfiguration(voters: [m(3), m(1), m(2)], learners: [m(9), m(3, 77)]),
        RaftConfiguration(
            voters: [m(1), m(4)], outgoing: [m(1), m(2), m(3)], learners: [m(2)]),
        RaftConfiguration(voters: (1...7).map { m($0) }, learners: (8...14).map { m($0) }),
    ]

    private func decode(_ bytes: Bytes) -> RaftConfiguration? {
        do { return try RaftConfiguration(decoding: bytes) } catch { return nil }
    }

    @Test("what is written is read back, and no part of it", arguments: samples)
    func roundTrip(configuration: RaftConfiguration) {
        let bytes = configuration.encoded()
        #expect(decode(bytes) == configuration)
        for count in 0..<bytes.count { #expect(decode(bytes.slice(0..<count)) == nil) }
    }

    @Test("flipped bits and noise give a sound configuration or none")
    func fuzz() {
        var random = SeededRandom(seed: 5)
        for round in 0..<20_000 {
            var array = Self.samples[round % Self.samples.count].encoded().array
            for _ in 0...random.below(3) {
                array[random.below(array.count)] ^= UInt8(1) << UInt8(random.below(8))
            }
            guard let read = decode(Bytes(array)) else { continue }
            #expect(read.encoded() == Bytes(array))
            #expect(read.voters == read.voters.sorted())
            #expect(!read.isEmpty || read == .empty)
        }
    }

    /// Lists as they stand: their order is the writer's.
    private static func bytes(_ lists: [[RaftMember]], version: UInt8 = 1) -> Bytes {
        var writer = ByteWriter()
        writer.write(version)
        for list in lists {
            writer.write(UInt8(list.count))
            for member in list { writer.write(member) }
        }
        return writer.take()
    }

    @Test(
        "what no writer writes is refused",
        arguments: [
            bytes([[m(1)], [], []], version: 2),
            bytes([[m(2), m(1)], [], []]),
            bytes([[m(1), m(1, 9)], [], []]),
            bytes([[m(1, 0)], [], []]),
            bytes([[], [m(1)], []]),
            bytes([[], [], [m(1)]]),
            bytes([[m(1)], [], [m(1)]]),
            bytes([(1...8).map { m($0) }, [], []]),
        ])
    func refused(bytes: Bytes) { #expect(decode(bytes) == nil) }

    @Test("members are named once, in order, with the role that counts")
    func members() {
        let joint = RaftConfiguration(
            voters: [m(1), m(4)], outgoing: [m(1), m(2)], learners: [m(2), m(5)])
        #expect(joint.members == [m(1), m(2), m(4), m(5)])
        #expect(joint.isJoint)
        #expect(joint.isVoter(m(2)))
        #expect(!joint.isVoter(m(5)))
        #expect(joint.contains(m(5)))
        #expect(!joint.contains(m(5, 6)))
        #expect(joint.description == "n1/y1 n2/y2 → n1/y1 n4/y4 + n2/y2 n5/y5")
    }
}
