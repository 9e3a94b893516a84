import ClusterNode
import Configuration
import Gateway
import Glibc
import NodeRuntime
import SystemIO
import Toolbox
import Vocabulary

/// `chatnode --config FILE --node ID`: one node of a cluster, until it is told to stop.
enum ChatNodeCommand {
    static let help = """
        usage: chatnode --config FILE --node ID [--json]

        Runs one node of the cluster that FILE describes, until SIGTERM.

          --config FILE   the cluster's configuration (see cluster-configs/reference.json5)
          --node ID       which of its nodes this process is
          --json          print observations as JSON, one a line, on standard error

        exit status: 0 after a graceful stop; 2 for wrong arguments; 78 when the configuration,
        the secrets or the data directory forbid to start; 70 when the disk failed.

        """

    static func run(_ arguments: [String]) {
        switch ChatNodeArguments.parse(Array(arguments.dropFirst())) {
        case .help:
            print(help, terminator: "")
        case .wrong(let what):
            complain("\(what)\n\n\(help)", status: 2)
        case .run(let arguments):
            start(arguments)
        }
    }

    private static func start(_ arguments: ChatNodeArguments) {
        let configuration: ClusterConfiguration
        let secrets: NodeSecrets
        do {
            configuration = try ClusterConfiguration.load(arguments.config)
            secrets = try Secrets.load(configuration.secretDirectory)
        } catch {
            return complain("\(error)\n", status: 78)
        }
        guard let node = configuration.node(arguments.node),
            let settings = shellSettings(node, of: configuration, arguments)
        else {
            let known = configuration.nodes.map(\.id.digits).joined(separator: ", ")
            let what = "\(arguments.config) has no node \(arguments.node.digits), only \(known)\n"
            return complain(what, status: 78)
        }
        let plan = NodePlan(
            cluster: configuration.cluster, node: node.id,
            nodes: configuration.descriptions,
            groups: configuration.groups, ring: configuration.ring,
            partitions: configuration.partitions, secrets: secrets, pages: ChatPage.files,
            settings: configuration.settings.node)
        do throws(ShellFailure) {
            try checkDescriptors(plan)
            let shell = try NodeShell(plan: plan, settings: settings)
            try shell.run()
        } catch {
            complain("node \(node.id.digits) can not run: \(error)\n", status: 78)
        }
    }

    private static func shellSettings(
        _ node: NodeConfiguration, of configuration: ClusterConfiguration,
        _ arguments: ChatNodeArguments
    ) -> ShellSettings? {
        var peers: SortedMap<NodeID, SocketAddress> = SortedMap()
        for other in configuration.nodes {
            peers[other.id] = SocketAddress(host: other.host, port: other.peerPort)
        }
        guard let clients = SocketAddress(host: node.host, port: node.clientPort),
            let admins = SocketAddress(host: node.adminHost, port: node.adminPort),
            let own = peers[node.id]
        else { return nil }
        let coordination = node.coordinationPort.flatMap {
            SocketAddress(host: node.host, port: $0)
        }
        return ShellSettings(
            clientAddress: clients, adminAddress: admins, coordinationAddress: coordination,
            peerAddress: own, peers: peers,
            dataDirectory: Folder(node.dataDirectory),
            passwordCost: configuration.settings.passwords.hashCost,
            printsJSON: arguments.printsJSON)
    }

    /// A node that runs out of descriptors turns clients away one by one; better to say so now.
    private static func checkDescriptors(_ plan: NodePlan) throws(ShellFailure) {
        do throws(SystemCallFailure) {
            let limit = try DescriptorLimit.raise()
            let needed = plan.settings.gateway.connectionsMaximum + 128
            guard limit < needed else { return }
            let text =
                "warning: this process may have \(limit) descriptors; \(needed) would be needed"
                + " for connectionsMaximum \(plan.settings.gateway.connectionsMaximum)\n"
            StandardError.write(text)
        } catch {
            throw .system(error)
        }
    }

    private static func complain(_ text: String, status: Int32) {
        StandardError.write("chatnode: \(text)")
        exit(status)
    }
}
