import AdminWire
import Vocabulary

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
