import Placement
import Testing
import Toolbox
import Vocabulary

private func scattered(seed: UInt64, epoch: UInt64 = 9) -> Ring {
    var random = SeededRandom(seed: seed)
    let owners = (0..<16_384).map { _ in NodeID(UInt16(1 + random.below(60_000))) }
    return Ring(epoch: RingEpoch(epoch), owners: owners)
}

/// Tries every cut of short bytes, and many flips and tails; none may trap, none may read as more
/// than it is.
private func shake<Value: Equatable>(
    _ bytes: Bytes, _ read: (Bytes) throws(DecodeFailure) -> Value
) {
    var random = SeededRandom(seed: 11)
    for _ in 0..<300 {
        let cut = bytes.slice(0..<random.below(bytes.count))
        #expect(throws: DecodeFailure.self) { _ = try read(cut) }
        var flipped = bytes.array
        flipped[random.below(flipped.count)] ^= UInt8(1 << random.below(8))
        do throws(DecodeFailure) { _ = try read(Bytes(flipped)) } catch { continue }
    }
    #expect(throws: DecodeFailure.self) { _ = try read(Bytes(bytes.array + [0])) }
    for _ in 0..<500 {
        let noise = Bytes((0..<random.below(80)).map { _ in UInt8(random.below(4)) })
        do throws(DecodeFailure) { _ = try read(noise) } catch { continue }
    }
}

@Suite struct ZnodeBytesTests {
    @Test("a ring in few runs takes few bytes, one in many the size of its table")
    func ringSizes() throws {
        let few = Ring.balanced(over: (1...5).map { NodeID($0) }, epoch: RingEpoch(3))
        #expect(few.encoded().count == 11 + 5 * 4)
        #expect(try Ring(decoding: few.encoded()) == few)
        let many = scattered(seed: 1)
        #expect(many.encoded().count == Ring.encodedBytesMaximum)
        #expect(Ring.encodedBytesMaximum <= 40 << 10)
        #expect(try Ring(decoding: many.encoded()) == many)
    }

    @Test("a ring's bytes are those of the page")
    func ringBytes() {
        let ring = Ring.balanced(over: [NodeID(1), NodeID(0x0203)], epoch: RingEpoch(0x0405))
        #expect(
            ring.encoded().array == [
                1, 5, 4, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0x20, 3, 2, 0, 0x20,
            ])
    }

    @Test("what is no ring is a failure, never a trap")
    func ringNoise() {
        let ring = Ring.balanced(over: (1...7).map { NodeID($0) }, epoch: RingEpoch(3))
        shake(ring.encoded()) { bytes throws(DecodeFailure) in try Ring(decoding: bytes) }
        #expect(throws: DecodeFailure.self) { try Ring(decoding: Bytes()) }
        var last = ring.encoded().array
        for index in 1...8 { last[index] = 0xFF }
        #expect(throws: DecodeFailure.self) { try Ring(decoding: Bytes(last)) }
    }

    @Test("a delta leads from one ring to the next, and from no other", arguments: 1...10)
    func deltas(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let old = Ring.balanced(over: (1...5).map { NodeID($0) }, epoch: RingEpoch(6))
        var owners = old.owners
        for _ in 0..<random.below(200) {
            owners[random.below(owners.count)] = NodeID(UInt16(random.below(9)))
        }
        let new = Ring(epoch: RingEpoch(7), owners: owners)
        let delta = RingDelta(from: old, to: new)
        #expect(delta.arcsCount == old.arcsMoved(to: new))
        #expect(delta.encoded().count == delta.encodedBytes)
        let read = try RingDelta(decoding: delta.encoded())
        #expect(read == delta)
        #expect(try old.applying(read) == new)
        #expect(throws: RingDeltaFailure.startsElsewhere(wanted: RingEpoch(7), found: RingEpoch(6)))
        {
            try new.applying(read)
        }
        shake(delta.encoded()) { bytes throws(DecodeFailure) in try RingDelta(decoding: bytes) }
    }

    @Test("a partition map reads back what it wrote", arguments: [1, 3, 8, 1_024])
    func partitions(shardsCount: Int) throws {
        let map = PartitionMap.balanced(shardsCount: shardsCount)
        #expect(try PartitionMap(decoding: map.encoded()) == map)
        shake(map.encoded()) { bytes throws(DecodeFailure) in try PartitionMap(decoding: bytes) }
    }

    @Test("a group's assignment is JSON that people can read")
    func groups() throws {
        let assignment = GroupAssignment(
            epoch: 3, voters: [NodeID(3), NodeID(1), NodeID(2)], preferredLeader: NodeID(2))
        #expect(assignment.encoded().text == #"{"epoch":3,"voters":[1,2,3],"leader":2}"#)
        #expect(try GroupAssignment(decoding: assignment.encoded()) == assignment)
        shake(assignment.encoded()) { bytes throws(DecodeFailure) in
            try GroupAssignment(decoding: bytes)
        }
    }

    @Test(
        "what is no assignment is a failure",
        arguments: [
            "", "[]", "{", #"{"epoch":1,"voters":[],"leader":1}"#,
            #"{"epoch":1,"voters":[1,1],"leader":1}"#, #"{"epoch":1,"voters":[1,2],"leader":3}"#,
            #"{"epoch":-1,"voters":[1],"leader":1}"#, #"{"epoch":1,"voters":[65536],"leader":1}"#,
            #"{"epoch":1,"voters":[1,"2"],"leader":1}"#, #"{"voters":[1],"leader":1}"#,
            #"{"epoch":9223372036854775807,"voters":[1],"leader":1}"#,
            #"{"epoch":1,"voters":[1,2,3,4,5,6,7,8],"leader":1}"#,
        ])
    func wrongGroups(text: String) {
        #expect(throws: DecodeFailure.self) { try GroupAssignment(decoding: Bytes(text)) }
    }

    @Test("a node's registration reads back, and newer words in it are passed over")
    func registrations() throws {
        var node = NodeRegistration(host: "h1", zone: "a", incarnation: Incarnation(.max))
        node.clientURL = "http://127.0.0.1:8081"
        node.isDraining = true
        #expect(try NodeRegistration(decoding: node.encoded()) == node)
        let newer =
            #"{"host":"h","zone":"z","incarnation":"7","weight":50,"roles":["gateway","x"],"y":1}"#
        let read = try NodeRegistration(decoding: Bytes(newer))
        #expect(read.roles == [.gateway] && read.weight == 50 && !read.isDraining)
        let brief = try NodeRegistration(
            decoding: Bytes(#"{"host":"h","zone":"z","incarnation":"7"}"#))
        #expect(brief.roles == NodeRegistration.Role.allCases)
        #expect(brief.weight == RingNode.weightOrdinary)
        shake(node.encoded()) { bytes throws(DecodeFailure) in
            try NodeRegistration(decoding: bytes)
        }
    }
}

@Suite struct WrongRegistrationTests {
    @Test(
        "what is no registration is a failure",
        arguments: [
            "", "null", "[]", "{}", #"{"host":"h","zone":"z"}"#,
            #"{"host":1,"zone":"z","incarnation":"7"}"#,
            #"{"host":"h","zone":"z","incarnation":"-7"}"#,
            #"{"host":"h","zone":"z","incarnation":"18446744073709551616"}"#,
            #"{"host":"h","zone":"z","incarnation":"7","weight":65536}"#,
            #"{"host":"h","zone":"z","incarnation":"7","weight":"1"}"#,
            #"{"host":"h","zone":"z","incarnation":"7","roles":"gateway"}"#,
        ])
    func wrong(text: String) {
        #expect(throws: DecodeFailure.self) { try NodeRegistration(decoding: Bytes(text)) }
    }

    @Test("no depth and no length of other words makes it trap")
    func deep() {
        for text in ["[", "{\"a\":"] {
            let bytes = Bytes(String(repeating: text, count: 200_000))
            #expect(throws: DecodeFailure.self) { try NodeRegistration(decoding: bytes) }
        }
    }
}

@Suite struct ReplicaMovesTests {
    private let places = (1...6 as ClosedRange<UInt16>).map {
        PlacementNode(id: NodeID($0), host: "h\($0)", zone: "z\($0 % 3)")
    }

    private func group(_ voters: [UInt16], leader: UInt16) -> GroupAssignment {
        GroupAssignment(
            epoch: 1, voters: voters.map { NodeID($0) }, preferredLeader: NodeID(leader))
    }

    @Test("a lost replica goes to the zone that the others leave free")
    func zones() throws {
        var groups = SortedMap<ReplicaGroupID, GroupAssignment>()
        groups[ReplicaGroupID(1)] = group([1, 2, 3], leader: 1)
        let moves = ReplicaMoves(groups: groups, places: places)
        let change = try #require(
            moves.substitution(
                of: NodeID(1), in: ReplicaGroupID(1), among: (2...6).map { NodeID($0) }))
        #expect(change.assignment.voters == [2, 3, 4].map { NodeID($0) })
        #expect(change.assignment.epoch == 2)
        #expect(change.assignment.preferredLeader == NodeID(4))
        #expect(moves.substitution(of: NodeID(1), in: ReplicaGroupID(1), among: []) == nil)
        let voters = [2, 3].map { NodeID($0) }
        #expect(moves.substitution(of: NodeID(1), in: ReplicaGroupID(1), among: voters) == nil)
    }

    @Test("leaders spread until nobody leads two more than a rival", arguments: 1...20)
    func leaders(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var groups = SortedMap<ReplicaGroupID, GroupAssignment>()
        for number in 0..<20 as Range<UInt32> {
            let voters = Array((1...6).map { UInt16($0) }.shuffled(using: &random).prefix(3))
            groups[ReplicaGroupID(number)] = group(voters, leader: voters.min() ?? 1)
        }
        let all = Set(places.map(\.id))
        let unable: Set<NodeID> = [NodeID(3)]
        var changes = 0
        while let change = ReplicaMoves(groups: groups, places: places).betterLeader(
            able: all.subtracting(unable), unable: unable, among: groups.keys)
        {
            groups[change.group] = change.assignment
            changes += 1
            #expect(changes <= 60)
            guard changes <= 60 else { return }
        }
        for assignment in groups.values { #expect(assignment.preferredLeader != NodeID(3)) }
        let led = { (node: NodeID) in groups.values.count { $0.preferredLeader == node } }
        for assignment in groups.values {
            for voter in assignment.voters where voter != NodeID(3) {
                #expect(led(assignment.preferredLeader) - led(voter) <= 1)
            }
        }
    }
}
