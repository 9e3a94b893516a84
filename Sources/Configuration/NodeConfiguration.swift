public import Placement
public import Vocabulary

/// One node, as a configuration file names it.
public struct NodeConfiguration: Hashable, Sendable {
    public var id: NodeID
    /// The IPv4 address of the machine that it runs on. Nodes of one host share its fate.
    public var host: String
    /// What else shares a fate: a rack, a room, a data centre.
    public var zone: String
    /// For other nodes.
    public var peerPort: UInt16
    /// For apps and browsers.
    public var clientPort: UInt16
    /// For clients of the coordination service.
    public var coordinationPort: UInt16?
    /// For operators.
    public var adminPort: UInt16
    /// The address that the admin port is bound to; loopback unless the file says otherwise.
    public var adminHost: String
    /// Absolute.
    public var dataDirectory: String
    /// Ascending by name, at least one.
    public var roles: [NodeRole]

    /// Where apps and browsers find it.
    public var clientURL: String { "http://\(host):\(clientPort)" }

    /// Where other nodes find it.
    public var peerAddress: String { "\(host):\(peerPort)" }

    /// Where clients of the coordination service find it.
    public var coordinationAddress: String? { coordinationPort.map { "\(host):\($0)" } }

    public func has(_ role: NodeRole) -> Bool { roles.contains(role) }
}

/// What a node is there for.
public enum NodeRole: String, CaseIterable, Hashable, Sendable {
    /// May vote in the coordination group.
    case coordination
    /// Serves clients.
    case gateway
    /// May hold replicas of messages and membership.
    case storage

    /// The same, as a node tells it to others.
    public var registered: NodeRegistration.Role {
        switch self {
        case .coordination: .coordination
        case .gateway: .gateway
        case .storage: .storage
        }
    }
}
