public import Toolbox
import Vocabulary

/// The bytes of `/rookery/partitions`, little-endian.
///
/// Version (1), epoch (64 bits), number of groups (16 bits), the group of each shard (32 bits
/// each), number of runs (16 bits), then for each run of partitions its shard and its length (16
/// bits each).
extension PartitionMap: ByteCodable {
    static let formatVersion: UInt8 = 1

    public func encode(into writer: inout ByteWriter) {
        writer.write(Self.formatVersion)
        writer.write(epoch)
        writer.write(UInt16(shardsCount))
        for group in messageGroups { writer.write(group.rawValue) }
        var runs: [(shard: ShardID, length: UInt16)] = []
        for number in 0..<Limits.partitionsCount {
            let shard = shard(of: PartitionID(number))
            if let last = runs.last, last.shard == shard {
                runs[runs.count - 1].length += 1
            } else {
                runs.append((shard, 1))
            }
        }
        writer.write(UInt16(runs.count))
        for run in runs {
            writer.write(run.shard.rawValue)
            writer.write(run.length)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        try reader.expectVersion(Self.formatVersion, of: "partition map")
        let epoch = try reader.readEpochNumber()
        var groups: [ReplicaGroupID] = []
        for _ in 0..<(try reader.read(UInt16.self)) {
            groups.append(ReplicaGroupID(try reader.read()))
        }
        var shards: [ShardID] = []
        for _ in 0..<(try reader.read(UInt16.self)) {
            let shard = ShardID(try reader.read())
            let length = Int(try reader.read(UInt16.self))
            try reader.expect(Int(shard.rawValue) < groups.count, "\(shard) without a group")
            try reader.expect(
                length > 0 && shards.count + length <= Int(Limits.partitionsCount),
                "a run of \(length) partitions")
            shards.append(contentsOf: repeatElement(shard, count: length))
        }
        try reader.expect(
            shards.count == Int(Limits.partitionsCount), "a map of \(shards.count) partitions")
        self.init(epoch: epoch, shards: shards, groups: groups)
    }
}
