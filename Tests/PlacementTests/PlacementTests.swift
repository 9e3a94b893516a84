import Placement
import Testing
import Toolbox
import Vocabulary

private func nodes(_ numbers: ClosedRange<UInt16>) -> [NodeID] { numbers.map { NodeID($0) } }

@Suite struct VectorTests {
    struct Vector: Sendable {
        let id: UInt64
        let arc: UInt16
        let partition: UInt16
    }

    /// The same as in the page of this room, computed by another program.
    static let vectors = [
        Vector(id: 0, arc: 3_378, partition: 955),
        Vector(id: 1, arc: 10_186, partition: 405),
        Vector(id: 2, arc: 15_025, partition: 432),
        Vector(id: 3, arc: 8_686, partition: 65),
        Vector(id: 17, arc: 10_611, partition: 24),
        Vector(id: 4_096, arc: 13_186, partition: 367),
        Vector(id: 1 << 32, arc: 12_952, partition: 681),
        Vector(id: 1 << 53 - 1, arc: 9_830, partition: 314),
        Vector(id: .max, arc: 8_564, partition: 713),
    ]

    /// Computed by the Python program of this room's page.
    static let strangers: [(id: UInt64, arc: UInt16)] = [
        (5, 8_815), (100, 10_359), (1_000, 14_671), (65_535, 15_406), (1_000_000, 15_433),
        (1_000_000_000, 12_369), (123_456_789_012_345, 4_443), (1 << 63, 4_048),
        (17_485_029_721_327_973_432, 5_828), (7_283_207_964_119_141_687, 7_963),
        (890_727_360_438_182_992, 2_358), (15_149_836_622_520_594_227, 7_067),
        (1_736_392_818_365_009_963, 3_340), (10_750_541_312_280_087_032, 16_368),
        (16_781_078_052_021_535_861, 15_817), (3_960_482_443_532_127_989, 14_379),
    ]

    @Test("the page's Python program finds the same arcs", arguments: strangers)
    func python(id: UInt64, arc: UInt16) {
        #expect(Ring.arc(of: UserID(id)) == ArcID(arc))
    }

    @Test("users and chats are where strangers compute them to be", arguments: vectors)
    func published(vector: Vector) {
        #expect(Ring.arc(of: UserID(vector.id)) == ArcID(vector.arc))
        #expect(PartitionID.of(chat: ChatID(vector.id)) == PartitionID(vector.partition))
    }
}

@Suite struct RingTests {
    @Test("shares arcs within one", arguments: [1, 2, 3, 5, 6, 7, 100] as [UInt16])
    func balance(count: UInt16) {
        let ring = Ring.balanced(over: nodes(1...count), epoch: RingEpoch(1))
        let shares = nodes(1...count).map { node in
            ring.arcs(of: node).reduce(0) { $0 + $1.count }
        }
        #expect(shares.reduce(0, +) == 16_384)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        #expect(ring.nodes == nodes(1...count))
    }

    @Test("does not depend on the order in which nodes are named")
    func order() {
        let ring = Ring.balanced(over: [NodeID(3), NodeID(1), NodeID(2)], epoch: RingEpoch(1))
        #expect(ring == Ring.balanced(over: nodes(1...3) + nodes(1...3), epoch: RingEpoch(1)))
    }

    @Test("a user's owner is the owner of the user's arc")
    func users() {
        let ring = Ring.balanced(over: nodes(1...3), epoch: RingEpoch(1))
        #expect(ring.owner(of: UserID(0)) == NodeID(1))
        #expect(ring.owner(of: UserID(1)) == NodeID(2))
        #expect(ring.owner(of: UserID(2)) == NodeID(3))
        #expect(ring.arcs(of: NodeID(1)) == [0..<5_462])
        #expect(ring.owner(of: ArcID(5_461)) == NodeID(1))
        #expect(ring.owner(of: ArcID(5_462)) == NodeID(2))
        #expect(ring.arcs(of: NodeID(9)).isEmpty)
    }

    @Test("reads back what it wrote, and refuses everything else")
    func bytes() throws {
        let ring = Ring.balanced(over: nodes(1...5), epoch: RingEpoch(7))
        var writer = ByteWriter()
        ring.encode(into: &writer)
        let bytes = writer.take()
        var reader = ByteReader(bytes)
        #expect(try Ring(from: &reader) == ring)
        for count in 0..<bytes.count {
            #expect(throws: DecodeFailure.self) {
                var cut = ByteReader(bytes.slice(0..<count))
                _ = try Ring(from: &cut)
            }
        }
        var wrong = bytes.array
        wrong[13] ^= 1
        #expect(throws: DecodeFailure.self) {
            var reader = ByteReader(Bytes(wrong))
            _ = try Ring(from: &reader)
        }
    }

    @Test("no bytes make it trap")
    func noise() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<2_000 {
            let bytes = Bytes((0..<random.below(64)).map { _ in UInt8(random.below(256)) })
            var reader = ByteReader(bytes)
            #expect(throws: DecodeFailure.self) { _ = try Ring(from: &reader) }
        }
    }
}

@Suite struct PartitionMapTests {
    @Test("shares partitions within one", arguments: [1, 2, 3, 8, 1_000, 1_024])
    func balance(count: Int) {
        let map = PartitionMap.balanced(shardsCount: count)
        let shares = (0..<count).map { map.partitions(of: ShardID(UInt16($0))).count }
        #expect(shares.reduce(0, +) == 1_024)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        #expect(map.shardsCount == count)
    }

    @Test("finds the group of a chat")
    func chats() {
        let map = PartitionMap.balanced(shardsCount: 4)
        #expect(map.shard(of: ChatID(3)) == ShardID(0))
        #expect(map.shard(of: ChatID(1)) == ShardID(1))
        #expect(map.group(of: ChatID(1)) == ReplicaGroupID(101))
        #expect(map.messageGroups == (100...103).map { ReplicaGroupID($0) })
    }

    @Test("numbers of groups tell what they keep")
    func numbers() {
        #expect(GroupNumbers.shard(of: GroupNumbers.messages(of: ShardID(7))) == ShardID(7))
        #expect(GroupNumbers.shard(of: GroupNumbers.membership) == nil)
        #expect(GroupNumbers.shard(of: GroupNumbers.coordination) == nil)
        #expect(GroupNumbers.shard(of: ReplicaGroupID(.max)) == nil)
    }
}

@Suite struct ReplicaPlacementTests {
    static func node(_ id: UInt16, _ host: String, _ zone: String) -> PlacementNode {
        PlacementNode(id: NodeID(id), host: host, zone: zone)
    }

    static let groups = [ReplicaGroupID(1)] + (100..<108).map { ReplicaGroupID($0) }

    @Test("three nodes hold everything, and lead a third each")
    func three() {
        let placement = ReplicaPlacement(
            groups: Self.groups, nodes: (1...3).map { Self.node($0, "h\($0)", "a") }, replicas: 3)
        for (_, group) in placement.groups { #expect(group.voters == nodes(1...3)) }
        for id in nodes(1...3) {
            #expect(placement.groups.count { $0.value.preferredLeader == id } == 3)
        }
    }

    @Test("six nodes in three zones: one replica in each zone, equal shares")
    func zones() {
        let six = (1...6).map { Self.node(UInt16($0), "h\($0)", "z\(($0 - 1) / 2)") }
        let placement = ReplicaPlacement(groups: Self.groups, nodes: six, replicas: 3)
        for (_, group) in placement.groups {
            #expect(Set(group.voters.map { ($0.rawValue - 1) / 2 }).count == 3)
        }
        let shares = nodes(1...6).map { placement.groups(on: $0).count }
        #expect(shares.reduce(0, +) == 27)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        let led = nodes(1...6).map { node in
            placement.groups.count { $0.value.preferredLeader == node }
        }
        #expect((led.max() ?? 0) - (led.min() ?? 0) <= 1)
    }

    @Test("nodes of one host share a group only when there is no other host")
    func hosts() {
        let four = [
            Self.node(1, "a", "z"), Self.node(2, "a", "z"), Self.node(3, "b", "z"),
            Self.node(4, "c", "z"),
        ]
        let placement = ReplicaPlacement(groups: Self.groups, nodes: four, replicas: 3)
        for (_, group) in placement.groups {
            #expect(group.voters.contains(NodeID(3)) && group.voters.contains(NodeID(4)))
        }
        let five = ReplicaPlacement(groups: Self.groups, nodes: four, replicas: 4)
        for (_, group) in five.groups { #expect(group.voters == nodes(1...4)) }
    }

    @Test("fewer nodes than replicas: each holds one")
    func single() {
        let placement = ReplicaPlacement(
            groups: Self.groups, nodes: [Self.node(1, "a", "z")], replicas: 3)
        for (_, group) in placement.groups {
            #expect(group.voters == [NodeID(1)])
            #expect(group.preferredLeader == NodeID(1))
        }
    }

    @Test("does not depend on the order in which nodes and groups are named")
    func order() {
        var random = SeededRandom(seed: 1)
        let six = (1...6).map { Self.node(UInt16($0), "h\($0 % 4)", "z\($0 % 3)") }
        let placement = ReplicaPlacement(groups: Self.groups, nodes: six, replicas: 3)
        for _ in 0..<20 {
            let shuffled = ReplicaPlacement(
                groups: Self.groups.shuffled(using: &random) + [ReplicaGroupID(1)],
                nodes: six.shuffled(using: &random), replicas: 3)
            #expect(shuffled == placement)
        }
    }
}
