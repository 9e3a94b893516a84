import Placement
import SystemIO
import Toolbox
import Vocabulary

/// A cluster's place in the file system and on this machine's ports: a folder of its own with
/// configuration, secrets, data and what the nodes say.
struct ClusterFiles {
    struct Node {
        let id: NodeID
        let clients: SocketAddress
        let admins: SocketAddress
        /// What it writes to standard error.
        let observations: String
    }

    let folder: Folder
    let nodes: [Node]
    /// Which chats are kept by which group.
    let partitions: PartitionMap
    let adminToken: String
    /// Of each group.
    let copiesCount: Int

    var configuration: String { folder.path(of: "cluster.json5") }
    /// All replica groups.
    var groups: [ReplicaGroupID] { [GroupNumbers.membership] + partitions.messageGroups }

    private static let host = "127.0.0.1"

    /// Makes all of it.
    init(_ draft: ClusterDraft) throws(ChaosFailure) {
        do throws(SystemCallFailure) {
            folder = try Folder.temporary(prefix: "rookery-chaos")
            copiesCount = draft.replicas
            partitions = PartitionMap.balanced(shardsCount: draft.shardsCount)
            let ports = try FreePorts.find(draft.zones.count * 3)
            nodes = try Self.nodes(draft.zones.count, ports, in: folder)
            adminToken = try Self.makeSecrets(in: Folder(folder.path(of: "secrets")))
            let text = Self.text(draft, ports)
            try folder.replace("cluster.json5", by: Bytes(text))
        } catch {
            throw ChaosFailure(error)
        }
    }

    private static func nodes(
        _ count: Int, _ ports: [UInt16], in folder: Folder
    ) throws(SystemCallFailure) -> [Node] {
        var nodes: [Node] = []
        for index in 0..<count {
            guard let clients = SocketAddress(host: host, port: ports[index * 3 + 1]),
                let admins = SocketAddress(host: host, port: ports[index * 3 + 2])
            else { unreachable("\(host) is no address") }
            nodes.append(
                Node(
                    id: NodeID(UInt16(index + 1)), clients: clients, admins: admins,
                    observations: folder.path(of: "n\(index + 1).stderr")))
        }
        return nodes
    }

    /// - Returns: the token of operators.
    private static func makeSecrets(in folder: Folder) throws(SystemCallFailure) -> String {
        try folder.create()
        var secret = ""
        for name in ["cluster", "tokens", "admin"] {
            secret = HexDigits.encode(Bytes(SystemRandom.bytes(32)))
            try folder.replace(name, by: Bytes(secret + "\n"))
        }
        return secret
    }

    private static func text(_ draft: ClusterDraft, _ ports: [UInt16]) -> String {
        var nodes = ""
        for (index, zone) in draft.zones.enumerated() {
            // A node without a zone says nothing of it.
            let zone = zone.isEmpty ? "" : " zone: \"\(zone)\","
            nodes += """
                    { id: \(index + 1), host: "\(host)",\(zone)
                      peerPort: \(ports[index * 3]), clientPort: \(ports[index * 3 + 1]),
                      adminPort: \(ports[index * 3 + 2]) },

                """
        }
        return """
            // Made by scripts/chaos.
            {
              cluster: "chaos",
              stateDirectory: ".",
              secretDirectory: "secrets",
              shards: \(draft.shardsCount),
              replicas: \(draft.replicas),
              nodes: [
            \(nodes)  ],
            \(draft.settings)}

            """
    }
}
