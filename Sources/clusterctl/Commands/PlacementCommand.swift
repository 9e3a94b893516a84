import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// `clusterctl placement`
struct PlacementCommand: Command {
    static let description = CommandDescription(
        path: ["placement"], summary: "Shows who shall keep and lead each group, and who does.",
        details: """
            Assigned and preferred are what the coordination tree says, voters and leader what is.
            State: in place, moving (other voters than assigned), led elsewhere, no leader, or
            unassigned (the tree says nothing yet). All nodes are asked, and the newest answer of a
            node that is not fenced is shown: no node asks another for it. Exits with 1 if only
            fenced nodes answer, or a table in the tree cannot be read.
            JSON: {node, fenced, partitions_epoch, groups: [{group, kind, shard, partitions,
            assignment: {epoch, voters, preferred}, voters, leader}], undecodable}.
            """)

    init(_ arguments: CommandArguments) {}

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let tables = try TablesReading<PlacementStatus>(try options.door(), .placement)
        if let placement = tables.best {
            console.write(
                options.printsJSON
                    ? placement.encoded().line
                    : Self.head(placement) + "\n" + Self.table(placement).text)
        }
        tables.complain(&console)
        return tables.status
    }

    private static func head(_ placement: PlacementStatus) -> String {
        let counts = placement.groups.filter { $0.shard != nil }.map(\.partitions)
        let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
        let each = least == most ? "\(least)" : "\(least) to \(most)"
        return
            "placement as \(placement.node) has it: \(Limits.partitionsCount) partitions in"
            + " \(counts.count) \(counts.count == 1 ? "shard" : "shards") of \(each),"
            + " epoch \(placement.partitionsEpoch)\n"
    }

    private static func table(_ placement: PlacementStatus) -> Table {
        var table = Table(columns: [
            .init("GROUP"), .init("KIND"), .init("SHARD"), .init("PARTITIONS", .right),
            .init("EPOCH", .right), .init("ASSIGNED"), .init("VOTERS"), .init("PREFERRED"),
            .init("LEADER"), .init("STATE"),
        ])
        for group in placement.groups {
            let assigned = group.assignment
            table.append([
                "\(group.group)", group.kind.rawValue,
                group.shard.map { "\($0)" } ?? Table.nothing,
                group.shard == nil ? Table.nothing : "\(group.partitions)",
                assigned.map { "\($0.epoch)" } ?? Table.nothing, list(assigned?.voters ?? []),
                list(group.voters), assigned.map { "\($0.preferred)" } ?? Table.nothing,
                group.leader.map { "\($0)" } ?? Table.nothing, state(of: group),
            ])
        }
        return table
    }

    private static func state(of group: GroupPlacement) -> String {
        guard let assignment = group.assignment else { return "unassigned" }
        if group.leader == nil { return "no leader" }
        if group.voters != assignment.voters { return "moving" }
        return group.leader == assignment.preferred ? "in place" : "led elsewhere"
    }

    private static func list(_ nodes: [NodeID]) -> String {
        nodes.isEmpty ? Table.nothing : nodes.map { "\($0)" }.joined(separator: " ")
    }
}
