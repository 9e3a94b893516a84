import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// `clusterctl ring`
struct RingCommand: Command {
    static let description = CommandDescription(
        path: ["ring"], summary: "Shows which nodes are home to how many users.",
        options: [.init("--arcs", help: "show the owner of every arc, too")],
        details: """
            Every user belongs to one of 16,384 arcs, every arc to one node. All nodes are asked, and
            the newest answer of a node that is not fenced is shown: no node asks another for it.
            Exits with 1 if only fenced nodes answer, or the ring in the tree cannot be read.
            State: registered, draining, away (not registered), fenced or silent (asked itself).
            JSON: {node, fenced, epoch, arcs, nodes: [{node, arcs, share, weight, host, zone, url,
            registered, draining}], runs: [{first, count, owner}], undecodable}; runs with --arcs.
            """)

    private let showsArcs: Bool

    init(_ arguments: CommandArguments) { showsArcs = arguments.has("--arcs") }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let tables = try TablesReading<RingStatus>(
            try options.door(), .ring(runs: showsArcs))
        if let ring = tables.best {
            console.write(
                options.printsJSON ? ring.encoded().line : Self.text(ring, tables.reading))
        }
        tables.complain(&console)
        return tables.status
    }

    private static func text(_ ring: RingStatus, _ reading: NodeReading<RingStatus>) -> String {
        let owners = ring.nodes.count { $0.arcs > 0 }
        let head =
            "ring \(ring.epoch) as \(ring.node) has it: \(Limits.arcsCount) arcs,"
            + " \(owners) \(owners == 1 ? "owner" : "owners")\n"
        let parts = [head, table(ring, reading).text] + (ring.runs.map { [table($0).text] } ?? [])
        return parts.joined(separator: "\n")
    }

    private static func table(_ ring: RingStatus, _ reading: NodeReading<RingStatus>) -> Table {
        var table = Table(columns: [
            .init("NODE"), .init("ARCS", .right), .init("SHARE", .right), .init("WEIGHT", .right),
            .init("ZONE"), .init("STATE"), .init("URL"),
        ])
        for node in ring.nodes {
            table.append([
                "\(node.node)", "\(node.arcs)/\(Limits.arcsCount)", Quantity.percent(node.share),
                node.weight.map { "\($0)" } ?? Table.nothing,
                node.zone.isEmpty ? Table.nothing : node.zone, state(of: node, reading), node.url,
            ])
        }
        return table
    }

    private static func table(_ runs: [RingRun]) -> Table {
        var table = Table(columns: [
            .init("FIRST", .right), .init("LAST", .right), .init("ARCS", .right), .init("OWNER"),
        ])
        for run in runs {
            let last = Int(run.first.rawValue) + Int(run.count) - 1
            table.append([
                run.first.digits, "\(last)", "\(run.count)", "\(run.owner)",
            ])
        }
        return table
    }

    /// What a node says of itself counts more than what others see of it.
    private static func state(
        of node: RingNodeStatus, _ reading: NodeReading<RingStatus>
    ) -> String {
        if reading.failed.contains(where: { $0.node.id == node.node && $0.failure.isSilence }) {
            return "silent"
        }
        if reading.told.contains(where: { $0.node.id == node.node && $0.value.isFenced }) {
            return "fenced"
        }
        switch node.isRegistered {
        case true?: return node.isDraining ? "draining" : "registered"
        case false?: return "away"
        case nil: return Table.nothing
        }
    }
}
