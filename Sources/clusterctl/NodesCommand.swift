import AdminWire
import Configuration

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
    ) throws(ControlFailure) -> ExitStatus {
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
