import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// `clusterctl shards`
struct ShardsCommand: Command {
    static let description = CommandDescription(
        path: ["shards"], summary: "Lists the slices of the message space and what is in them.",
        details: "A shard's line is its leader's view, or the fullest copy's if nobody leads.")

    init(_ arguments: CommandArguments) {}

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let reading = NodeReading(try options.door().askAll(.shards)) {
            answer throws(AdminCallFailure) in
            try answer.list(of: ShardStatus.self)
        }
        let shards = Self.best(
            of: reading.told.flatMap { node, shards in shards.map { (node.id, $0) } })
        console.write(
            options.printsJSON ? ShardStatus.encodeList(shards).line : Self.table(shards).text)
        reading.complain(&console)
        return reading.status
    }

    /// One view of each shard, ascending.
    private static func best(of views: [(node: NodeID, shard: ShardStatus)]) -> [ShardStatus] {
        var chosen: SortedMap<ShardID, (node: NodeID, shard: ShardStatus)> = SortedMap()
        for view in views {
            guard let earlier = chosen[view.shard.shard] else {
                chosen[view.shard.shard] = view
                continue
            }
            if rank(earlier) < rank(view) { chosen[view.shard.shard] = view }
        }
        return chosen.map { $0.1.shard }
    }

    private static func rank(_ view: (node: NodeID, shard: ShardStatus)) -> (Int, UInt64) {
        (view.shard.leader == view.node ? 1 : 0, view.shard.entries)
    }

    private static func table(_ shards: [ShardStatus]) -> Table {
        var table = Table(columns: [
            .init("SHARD"), .init("GROUP"), .init("LEADER"), .init("REPLICAS"),
            .init("PARTITIONS", .right), .init("CHATS", .right), .init("ENTRIES", .right),
            .init("REMEMBERED", .right),
        ])
        for shard in shards {
            table.append([
                "\(shard.shard)", "\(shard.group)",
                shard.leader.map { "\($0)" } ?? Table.nothing,
                shard.replicas.map { "\($0)" }.joined(separator: " "), String(shard.partitions),
                String(shard.chats), String(shard.entries), String(shard.remembered),
            ])
        }
        return table
    }
}
