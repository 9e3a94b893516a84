import ClusterNode
import CoordinationService
import Gateway
import LogStorage
import Placement
import Raft
import Replication
import Toolbox
import VirtualWorld
import Vocabulary

/// The configuration of every node of a run: the plan's shape, and settings drawn from the seed.
///
/// Tiny limits make rare paths common: segments of a few pages, a snapshot every few entries, one
/// entry per append.
struct ClusterBlueprint: Sendable {
    static let adminToken = "what-opens-the-admin-port-of-a-run"
    let plans: [NodePlan]
    let hasSmallLimits: Bool

    init(plan: SimulationPlan, chance: Chance, planted: PlantedFault?) {
        var random = chance.stream(.settings)
        hasSmallLimits = random.chance(plan.smallLimitsProbability)
        let ids = (1...plan.nodes).map { NodeID(UInt16($0)) }
        let nodes = ids.map {
            NodeDescription(
                id: $0, clientURL: "http://\(Workload.address(ofNode: Int($0.rawValue) - 1))")
        }
        let groups = Self.groups(plan, ids)
        var settings = Self.ordinarySettings()
        if hasSmallLimits { Self.shrink(&settings, &random) }
        if plan.coordinationClients > 0 { Self.hurryCoordination(&settings, chance) }
        planted?.plant(in: &settings)
        let shared = settings
        plans = ids.map { id in
            NodePlan(
                cluster: "simulated", node: id, nodes: nodes, groups: groups,
                ring: Ring.balanced(over: ids, epoch: RingEpoch(1)),
                partitions: PartitionMap.balanced(shardsCount: plan.shards),
                secrets: NodeSecrets(
                    cluster: "the cluster's secret of a run", tokens: "what signs a run's tokens",
                    admin: Bytes(Self.adminToken)),
                pages: [], settings: shared)
        }
    }

    private static func groups(_ plan: SimulationPlan, _ ids: [NodeID]) -> [GroupPlan] {
        let shards = (0..<plan.shards).map { ShardID(UInt16($0)) }
        let numbers =
            [GroupNumbers.coordination, GroupNumbers.membership]
            + shards.map { GroupNumbers.messages(of: $0) }
        let placement = ReplicaPlacement(
            groups: numbers,
            nodes: ids.map { PlacementNode(id: $0, host: "h\($0)", zone: "z\($0)") }, replicas: 3)
        return numbers.map { number in
            let shard = GroupNumbers.shard(of: number)
            let isCoordination = number == GroupNumbers.coordination
            return GroupPlan(
                id: number,
                kind: isCoordination ? .coordination : shard == nil ? .membership : .messages,
                shard: shard,
                voters: placement.groups[number]?.voters ?? [],
                preferredLeader: placement.groups[number]?.preferredLeader)
        }
    }

    private static func ordinarySettings() -> NodeSettings {
        var settings = NodeSettings()
        settings.log.segmentBytes = 256 << 10
        settings.log.batchBytesMaximum = 128 << 10
        settings.gateway.messagesPerSecond = 0
        settings.gateway.heartbeat = .seconds(5)
        settings.drainTimeout = .milliseconds(300)
        // Frames between these nodes are lost without a word, which no connection would do.
        settings.replica.snapshotAnswerTimeout = .seconds(2)
        return settings
    }

    /// Sessions that end within a run, and queues that fill.
    private static func hurryCoordination(_ settings: inout NodeSettings, _ chance: Chance) {
        var random = chance.stream(.coordination)
        let tick = random.choice(of: [200, 200, 400, 1_000])
        settings.coordination.tick = .milliseconds(tick)
        settings.coordination.sessionTimeoutMinimum = .milliseconds(max(tick, 500))
        settings.coordination.outstandingMaximum = random.choice(of: [3, 16, 1_000])
        settings.coordination.barriersMaximum = random.choice(of: [1, 4])
        // Leaders that refuse what they have no room for.
        if random.chance(0.4) {
            settings.replica.raft.uncommittedEntriesMaximum = random.choice(of: [2, 6])
        }
    }

    private static func shrink(_ settings: inout NodeSettings, _ random: inout SeededRandom) {
        settings.log.segmentBytes = random.choice(of: [8 << 10, 16 << 10, 64 << 10])
        settings.log.batchBytesMaximum = settings.log.segmentBytes / 2
        settings.log.spareSegments = random.below(3)
        settings.replica.snapshotLogEntries = random.choice(of: [5, 20, 100])
        settings.replica.snapshotLogBytes = random.choice(of: [512, 4 << 10, 64 << 10])
        settings.replica.keptEntries = random.choice(of: [0, 2, 50])
        settings.replica.snapshotPartBytes = random.choice(of: [256, 4 << 10])
        settings.replica.raft.appendEntriesMaximum = random.choice(of: [1, 2, 16])
        settings.replica.raft.appendBytesMaximum = random.choice(of: [64, 1 << 10, 64 << 10])
        settings.replica.raft.windowAppendsMaximum = random.choice(of: [1, 2, 8])
        settings.replica.raft.applyEntriesMaximum = random.choice(of: [1, 3, 64])
        settings.delivery.recentEffectsMaximum = random.choice(of: [8, 64, 1_024])
        settings.delivery.batchEffectsMaximum = random.choice(of: [1, 16])
        settings.frameBytesMaximum = random.choice(of: [1 << 10, 64 << 10])
        settings.logSegmentsMaximum = random.within(2...4)
    }
}
