import Toolbox
public import Vocabulary

/// Which shard, and so which replica group, keeps which chats.
///
/// A chat's partition never changes; the partition's shard may, and then the epoch goes up.
public struct PartitionMap: Hashable, Sendable {
    /// Goes up with every change; requests to message groups carry it.
    public let epoch: UInt64
    /// By partition.
    private let shards: [ShardID]
    /// By shard.
    private let groups: [ReplicaGroupID]

    /// - Precondition: a shard for each partition, and a group for each shard named.
    public init(epoch: UInt64, shards: [ShardID], groups: [ReplicaGroupID]) {
        invariant(shards.count == Int(Limits.partitionsCount), "\(shards.count) partitions")
        for shard in shards {
            invariant(Int(shard.rawValue) < groups.count, "\(shard) of \(groups.count) groups")
        }
        self.epoch = epoch
        self.shards = shards
        self.groups = groups
    }

    /// The first map of a cluster: contiguous shares of partitions, shard by shard.
    ///
    /// - Parameter shardsCount: 1 ... `Limits.partitionsCount`.
    public static func balanced(shardsCount: Int) -> PartitionMap {
        let partitions = Int(Limits.partitionsCount)
        invariant(1...partitions ~= shardsCount, "\(shardsCount) shards")
        return PartitionMap(
            epoch: 1,
            shards: (0..<partitions).map { ShardID(UInt16($0 * shardsCount / partitions)) },
            groups: (0..<shardsCount).map { GroupNumbers.messages(of: ShardID(UInt16($0))) })
    }

    public func shard(of partition: PartitionID) -> ShardID { shards[Int(partition.rawValue)] }

    public func shard(of chat: ChatID) -> ShardID { shard(of: .of(chat: chat)) }

    /// - Precondition: a shard of this map.
    public func group(of shard: ShardID) -> ReplicaGroupID { groups[Int(shard.rawValue)] }

    /// The replica group that keeps `chat`.
    public func group(of chat: ChatID) -> ReplicaGroupID { group(of: shard(of: chat)) }

    public var shardsCount: Int { groups.count }

    /// The groups of all shards, by shard.
    public var messageGroups: [ReplicaGroupID] { groups }

    /// The partitions of `shard`, ascending.
    public func partitions(of shard: ShardID) -> [PartitionID] {
        shards.indices.filter { shards[$0] == shard }.map { PartitionID(UInt16($0)) }
    }
}
