import Vocabulary

/// Reads the list of nodes, and checks what must hold between them.
struct NodeListReader {
    static let nodesMaximum = 100

    let folder: String
    let state: String
    /// Of the list's key.
    let line: Int
    private(set) var problems: [ObjectReader.LocatedProblem] = []

    private struct LocatedNode {
        let node: NodeConfiguration
        let line: Int
    }

    init(folder: String, state: String, line: Int) {
        self.folder = folder
        self.state = state
        self.line = line
    }

    mutating func read(_ elements: [LocatedValue]) -> [NodeConfiguration] {
        guard 1...Self.nodesMaximum ~= elements.count else {
            report(line, "\"nodes\" must have 1 to \(Self.nodesMaximum) elements")
            return []
        }
        let nodes = elements.compactMap { readNode($0) }
        if nodes.count == elements.count { check(nodes) }
        return nodes.map(\.node)
    }

    private mutating func report(_ line: Int, _ message: String) {
        problems.append(.init(line: line, message: message))
    }

    private mutating func readNode(_ value: LocatedValue) -> LocatedNode? {
        guard case .object(let members) = value.content else {
            report(value.line, "each of \"nodes\" must be an object, not \(value.content.kind)")
            return nil
        }
        var reader = ObjectReader(members, name: "nodes", line: value.line)
        let id = reader.integer("id", 1...65_535, unit: "")
        let node = node(UInt16(id ?? 1), &reader)
        reader.finish()
        problems += reader.problems
        return reader.problems.isEmpty ? LocatedNode(node: node, line: value.line) : nil
    }

    private func node(_ id: UInt16, _ reader: inout ObjectReader) -> NodeConfiguration {
        func port(_ value: Int64?) -> UInt16 { UInt16(value ?? 1) }
        let ports: ClosedRange<Int64> = 1...65_535
        return NodeConfiguration(
            id: NodeID(id), host: host("host", &reader) ?? "127.0.0.1",
            zone: reader.textIfAny("zone") ?? "",
            peerPort: port(reader.integer("peerPort", ports, unit: "")),
            clientPort: port(reader.integer("clientPort", ports, unit: "")),
            coordinationPort: reader.integerIfAny("coordinationPort", ports, unit: "")
                .map { UInt16($0) },
            adminPort: port(reader.integer("adminPort", ports, unit: "")),
            adminHost: host("adminHost", &reader) ?? "127.0.0.1",
            dataDirectory: reader.textIfAny("dataDirectory").map { Path.join(folder, $0) }
                ?? Path.join(state, "n\(id)"),
            roles: roles(&reader))
    }

    /// An IPv4 address; names are not resolved, since a node must start without asking anybody.
    private func host(_ key: String, _ reader: inout ObjectReader) -> String? {
        guard let text = reader.textIfAny(key) else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0).map(String.init) == String($0) }) {
            return text
        }
        let line = reader.member(key)?.line ?? reader.line
        reader.report(line, "\"\(key)\" in \"nodes\" must be an IPv4 address, not \"\(text)\"")
        return nil
    }

    private func roles(_ reader: inout ObjectReader) -> [NodeRole] {
        guard let list = reader.listIfAny("roles") else { return NodeRole.allCases }
        let known = NodeRole.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        var roles: Set<NodeRole> = []
        for element in list.elements {
            guard case .text(let text) = element.content, let role = NodeRole(rawValue: text) else {
                reader.report(element.line, "\"roles\" in \"nodes\" must be some of \(known)")
                continue
            }
            roles.insert(role)
        }
        if list.elements.isEmpty {
            reader.report(list.line, "\"roles\" in \"nodes\" must be some of \(known)")
        }
        return roles.sorted { $0.rawValue < $1.rawValue }
    }

    // MARK: Between nodes

    private mutating func check(_ nodes: [LocatedNode]) {
        for role in [NodeRole.storage, .gateway] where !nodes.contains(where: { $0.node.has(role) })
        {
            report(line, "no node has the role \"\(role.rawValue)\"")
        }
        for (index, later) in nodes.enumerated() {
            for earlier in nodes[..<index] { checkPair(earlier.node, later) }
            checkPorts(of: later)
        }
    }

    private mutating func checkPair(_ earlier: NodeConfiguration, _ later: LocatedNode) {
        if earlier.id == later.node.id {
            report(later.line, "two nodes have the id \(earlier.id.rawValue)")
        }
        if earlier.dataDirectory == later.node.dataDirectory {
            report(later.line, "two nodes have the data directory \(earlier.dataDirectory)")
        }
        let taken = Self.addresses(of: earlier)
        for address in Self.addresses(of: later.node) where taken.contains(address) {
            report(later.line, "two nodes have the address \(address)")
        }
    }

    private mutating func checkPorts(of located: LocatedNode) {
        let addresses = Self.addresses(of: located.node)
        for (index, address) in addresses.enumerated()
        where addresses[..<index].contains(address) {
            report(located.line, "the node has the address \(address) twice")
        }
    }

    private static func addresses(of node: NodeConfiguration) -> [String] {
        ([node.peerPort, node.clientPort] + (node.coordinationPort.map { [$0] } ?? []))
            .map { "\(node.host):\($0)" } + ["\(node.adminHost):\(node.adminPort)"]
    }
}
