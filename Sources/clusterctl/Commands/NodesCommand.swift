import AdminWire
import Configuration
import Vocabulary

/// `clusterctl nodes`
struct NodesCommand: Command {
    static let description = CommandDescription(
        path: ["nodes"], summary: "Lists the nodes and how they are.",
        details: """
            A node that does not answer is shown as down. Exits with 3 if none answers.
            JSON: a list of {node, pid, url, state, ...}; pid is 0 for a node that is down.
            """)

    init(_ arguments: CommandArguments) {}

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        let reading = NodeReading(try door.askAll(.nodes)) { answer throws(AdminCallFailure) in
            try answer.list(of: NodeStatus.self)
        }
        let down = reading.failed.map { NodeStatus.down($0.node.id, url: $0.node.clientURL) }
        let nodes = (reading.told.flatMap(\.value) + down).sorted { $0.node < $1.node }
        console.write(
            options.printsJSON
                ? NodeStatus.encodeList(nodes).line : NodeTable.table(nodes).text)
        reading.complain(&console)
        return reading.status
    }
}

/// Nodes, one a line.
enum NodeTable {
    static func table(_ nodes: [NodeStatus]) -> Table {
        var table = Table(columns: [
            .init("NODE"), .init("STATE"), .init("PID", .right), .init("UPTIME", .right),
            .init("CPU", .right), .init("MEMORY", .right), .init("CLIENTS", .right),
            .init("LONGEST TURN", .right), .init("URL"),
        ])
        for node in nodes { table.append(row(of: node)) }
        return table
    }

    private static func row(of node: NodeStatus) -> [String] {
        let head = ["\(node.node)", node.state.rawValue]
        guard node.state != .down else {
            return head + Array(repeating: Table.nothing, count: 6) + [node.url]
        }
        return head + [
            String(node.pid), Quantity.seconds(node.uptimeSeconds),
            Quantity.seconds(node.cpuSeconds), Quantity.bytes(node.rssBytes),
            String(node.connections), Quantity.microseconds(node.longestTurnMicroseconds), node.url,
        ]
    }
}
