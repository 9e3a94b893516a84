import AdminWire
import ClusterNode
import Configuration
import Toolbox
import Vocabulary

/// `status`, `nodes`, `groups`, `shards`: what all nodes together say.
struct ViewCommands {
    private let client: ClusterClient
    private let isJSON: Bool

    init(_ invocation: Invocation) throws(ControlFailure) {
        client = try ClusterClient(invocation.config)
        isJSON = invocation.isJSON
    }

    // MARK: Commands

    func status() throws(ControlFailure) -> Output {
        let view = try view()
        let groups = view.groups(expectedGroups)
        let led = groups.count { $0.leader != nil }
        let isBad = view.nodesReady < view.nodes.count || led < groups.count
        if isJSON { return Output(Self.statusJSON(view, groups), isBad: isBad) }
        return Output(
            """
            cluster \(view.cluster): \(view.nodesReady) of \(view.nodes.count) nodes ready, \
            \(led) of \(groups.count) groups led

            \(Self.table(of: view.nodes))
            \(Self.table(of: groups))
            """, isBad: isBad)
    }

    func nodes() throws(ControlFailure) -> Output {
        let view = try view()
        return isJSON
            ? .json(NodeStatus.encodeList(view.nodes)) : Output(Self.table(of: view.nodes))
    }

    func groups(copies: Bool) throws(ControlFailure) -> Output {
        if copies { return try listCopies() }
        let groups = try view().groups(expectedGroups)
        return isJSON ? .json(GroupStatus.encodeList(groups)) : Output(Self.table(of: groups))
    }

    func shards() throws(ControlFailure) -> Output {
        var copies: [(node: NodeID, shard: ShardStatus)] = []
        for node in client.configuration.nodes {
            let answer = try client.ask(node, .shards) { bytes throws(AdminFailure) in
                try ShardStatus.decodeList(bytes)
            }
            copies += (answer ?? []).map { (node.id, $0) }
        }
        guard !copies.isEmpty else { throw unreachable }
        // The leader's own copy where it answers, else the one that knows most.
        let shards = Set(copies.map(\.shard.shard)).sorted().compactMap { shard in
            copies.filter { $0.shard.shard == shard }.max {
                (Self.leads($0) ? 1 : 0, $0.shard.entries) < (
                    Self.leads($1) ? 1 : 0, $1.shard.entries
                )
            }?.shard
        }
        return isJSON ? .json(ShardStatus.encodeList(shards)) : Output(Self.table(of: shards))
    }

    private func listCopies() throws(ControlFailure) -> Output {
        var copies: [GroupStatus] = []
        for node in client.configuration.nodes {
            let answer = try client.ask(node, .groups(digests: true)) {
                bytes throws(AdminFailure) in
                try GroupStatus.decodeList(bytes)
            }
            copies += answer ?? []
        }
        guard !copies.isEmpty else { throw unreachable }
        copies.sort { ($0.group, $0.node) < ($1.group, $1.node) }
        let differing = Self.differing(copies)
        if isJSON { return .json(GroupStatus.encodeList(copies), isBad: !differing.isEmpty) }
        let warnings = differing.map { "\($0) has copies that differ\n" }.joined()
        return Output(Self.tableOfCopies(copies) + warnings, isBad: !differing.isEmpty)
    }

    /// The groups with two copies that applied as much and have another state.
    private static func differing(_ copies: [GroupStatus]) -> [ReplicaGroupID] {
        var groups: [ReplicaGroupID] = []
        for (index, later) in copies.enumerated() {
            let differs = copies[..<index].contains {
                $0.group == later.group && $0.applied == later.applied && $0.digest != later.digest
            }
            if differs, groups.last != later.group { groups.append(later.group) }
        }
        return groups
    }

    // MARK: Asking

    private func view() throws(ControlFailure) -> ClusterView {
        var nodes: [NodeStatus] = []
        var copies: [GroupStatus] = []
        for node in client.configuration.nodes {
            let report = try client.ask(node, .status) { bytes throws(AdminFailure) in
                try StatusReport.decode(bytes)
            }
            nodes.append(report?.node ?? .down(node.id, url: node.clientURL))
            copies += report?.groups ?? []
        }
        let view = ClusterView(
            cluster: client.configuration.cluster, nodes: nodes, copies: copies)
        guard !view.areAllDown else { throw unreachable }
        return view
    }

    private var unreachable: ControlFailure {
        let ports = client.configuration.nodes.map { "\($0.adminHost):\($0.adminPort)" }
        return .unreachable(
            "no node of \"\(client.configuration.cluster)\" answers at"
                + " \(ports.joined(separator: ", "))\nStart it with scripts/cluster up, or name"
                + " another one with --config FILE.")
    }

    private var expectedGroups: [(ReplicaGroupID, GroupStatus.Kind)] {
        client.configuration.groups.map {
            ($0.id, $0.kind == .membership ? .membership : .messages)
        }
    }

    private static func leads(_ copy: (node: NodeID, shard: ShardStatus)) -> Bool {
        copy.shard.leader == copy.node
    }

    // MARK: Printing

    private static func statusJSON(_ view: ClusterView, _ groups: [GroupStatus]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("cluster", view.cluster)
        json.key("nodes")
        json.raw(NodeStatus.encodeList(view.nodes))
        json.key("groups")
        json.raw(GroupStatus.encodeList(groups))
        json.endObject()
        return (json.take().text ?? "") + "\n"
    }

    private static func table(of nodes: [NodeStatus]) -> String {
        var table = TextTable([
            "node", "state", "pid", "up", "cpu", "memory", "connections", "longest turn", "url",
        ])
        for node in nodes {
            let isDown = node.state == .down
            func cell(_ text: String) -> String { isDown ? "-" : text }
            table.add([
                node.node.description, node.state.rawValue, cell("\(node.pid)"),
                cell(Figures.seconds(node.uptimeSeconds)), cell(Figures.seconds(node.cpuSeconds)),
                cell(Figures.bytes(node.rssBytes)), cell("\(node.connections)"),
                cell(Figures.microseconds(node.longestTurnMicroseconds)), node.url,
            ])
        }
        return table.text
    }

    private static func table(of groups: [GroupStatus]) -> String {
        var table = TextTable(["group", "kind", "leader", "term", "commit", "applied"])
        for group in groups {
            table.add([
                group.group.description, group.kind.rawValue, group.leader?.description ?? "-",
                group.term.digits, group.commit.digits, group.applied.digits,
            ])
        }
        return table.text
    }

    private static func tableOfCopies(_ copies: [GroupStatus]) -> String {
        var table = TextTable([
            "group", "kind", "node", "role", "term", "first", "last", "commit", "applied", "digest",
        ])
        for copy in copies {
            table.add([
                copy.group.description, copy.kind.rawValue, copy.node.description,
                copy.role.rawValue, copy.term.digits, copy.first.digits, copy.last.digits,
                copy.commit.digits, copy.applied.digits,
                copy.digest.map { HexDigits.encode($0) } ?? "-",
            ])
        }
        return table.text
    }

    private static func table(of shards: [ShardStatus]) -> String {
        var table = TextTable([
            "shard", "group", "leader", "partitions", "chats", "entries", "replicas",
        ])
        for shard in shards {
            table.add([
                shard.shard.description, shard.group.description,
                shard.leader?.description ?? "-", "\(shard.partitions)", "\(shard.chats)",
                "\(shard.entries)", shard.replicas.map(\.description).joined(separator: " "),
            ])
        }
        return table.text
    }
}

extension Output {
    static func json(_ bytes: Bytes, isBad: Bool = false) -> Output {
        Output((bytes.text ?? "") + "\n", isBad: isBad)
    }
}
