import Configuration
import Toolbox
import Vocabulary

/// `clusterctl config show`
struct ConfigShowCommand: Command {
    static let description = CommandDescription(
        path: ["config", "show"], summary: "Prints what a configuration says; asks no node.",
        operands: [
            .init(
                "KEY", isOptional: true,
                help: "print this alone: \(keys.joined(separator: ", "))")
        ],
        details: """
            For scripts, "config show nodes" prints a line for each node, words separated by tabs:
            id, host, peer port, client port, admin host, admin port, client URL, data directory.
            The other keys print one line with the value.
            """)

    private static let keys = [
        "cluster", "stateDirectory", "secretDirectory", "shards", "replicas", "nodes",
    ]

    private let key: String?

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        key = arguments.operands.first
        guard let key, !Self.keys.contains(key) else { return }
        throw .usage("\"\(key)\" is none of: \(Self.keys.joined(separator: ", "))")
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let configuration = try options.configuration()
        let nodes = configuration.nodes.filter { options.node == nil || $0.id == options.node }
        if options.printsJSON {
            console.write(Self.json(configuration, nodes))
        } else if key == "nodes" {
            for node in nodes { console.write(Self.line(of: node)) }
        } else if let key {
            let fact = Self.facts(configuration).first { $0.0 == key }
            console.write((fact?.1 ?? "") + "\n")
        } else {
            console.write(Table.facts(Self.facts(configuration)).text + "\n")
            console.write(Self.table(nodes).text)
        }
        return .good
    }

    private static func facts(_ configuration: ClusterConfiguration) -> [(String, String)] {
        [
            ("cluster", configuration.cluster), ("stateDirectory", configuration.stateDirectory),
            ("secretDirectory", configuration.secretDirectory),
            ("shards", String(configuration.shardsCount)),
            ("replicas", String(configuration.replicas)),
        ]
    }

    private static func line(of node: NodeConfiguration) -> String {
        [
            node.id.digits, node.host, String(node.peerPort), String(node.clientPort),
            node.adminHost, String(node.adminPort), node.clientURL, node.dataDirectory,
        ].joined(separator: "\t") + "\n"
    }

    private static func table(_ nodes: [NodeConfiguration]) -> Table {
        var table = Table(columns: [
            .init("NODE"), .init("URL"), .init("PEERS"), .init("ADMIN"), .init("ZONE"),
            .init("ROLES"), .init("DATA DIRECTORY"),
        ])
        for node in nodes {
            table.append([
                "\(node.id)", node.clientURL, "\(node.host):\(node.peerPort)",
                "\(node.adminHost):\(node.adminPort)", node.zone,
                node.roles.map(\.rawValue).joined(separator: " "), node.dataDirectory,
            ])
        }
        return table
    }

    private static func json(
        _ configuration: ClusterConfiguration, _ nodes: [NodeConfiguration]
    ) -> String {
        var json = JSONWriter(reserving: 1_024)
        json.beginObject()
        json.member("cluster", configuration.cluster)
        json.member("stateDirectory", configuration.stateDirectory)
        json.member("secretDirectory", configuration.secretDirectory)
        json.member("shards", Int64(configuration.shardsCount))
        json.member("replicas", Int64(configuration.replicas))
        json.key("nodes")
        json.beginArray()
        for node in nodes { write(node, into: &json) }
        json.endArray()
        json.endObject()
        return json.take().line
    }

    private static func write(_ node: NodeConfiguration, into json: inout JSONWriter) {
        json.beginObject()
        json.member("node", UInt64(node.id.rawValue))
        json.member("host", node.host)
        json.member("zone", node.zone)
        json.member("peerPort", UInt64(node.peerPort))
        json.member("clientPort", UInt64(node.clientPort))
        json.member("adminHost", node.adminHost)
        json.member("adminPort", UInt64(node.adminPort))
        json.member("url", node.clientURL)
        json.member("dataDirectory", node.dataDirectory)
        json.key("roles")
        json.beginArray()
        for role in node.roles { json.value(role.rawValue) }
        json.endArray()
        json.endObject()
    }
}
