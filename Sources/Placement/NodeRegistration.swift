public import Toolbox
public import Vocabulary

/// What a node says of itself in its ephemeral `/rookery/nodes/<id>`.
public struct NodeRegistration: Hashable, Sendable {
    /// What a node may be used for.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// May vote on coordination.
        case coordination
        /// May hold replicas of messages and membership.
        case storage
        /// Serves clients, and so owns arcs.
        case gateway
    }

    /// Where clients connect, such as `http://127.0.0.1:8081`.
    public var clientURL: String
    /// Where other nodes connect, such as `127.0.0.1:7081`.
    public var peerAddress: String
    /// Where clients of the coordination service connect; empty if they may not.
    public var coordinationAddress: String
    /// The machine it runs on.
    public var host: String
    /// The room, rack or data centre that the machine stands in.
    public var zone: String
    /// Of its program.
    public var version: String
    public var incarnation: Incarnation
    /// Its share of arcs relative to others; see `RingNode.weightOrdinary`.
    public var weight: UInt16
    public var roles: [Role]
    /// It is about to stop: its users shall move away, and before long it shall lead nothing.
    public var isDraining: Bool

    public init(
        host: String, zone: String, incarnation: Incarnation,
        weight: UInt16 = RingNode.weightOrdinary, roles: [Role] = Role.allCases
    ) {
        clientURL = ""
        peerAddress = ""
        coordinationAddress = ""
        self.host = host
        self.zone = zone
        version = ""
        self.incarnation = incarnation
        self.weight = weight
        self.roles = roles
        isDraining = false
    }

    public func has(_ role: Role) -> Bool { roles.contains(role) }

    /// As the planner of the ring sees it; a node that serves no clients owns nothing.
    public func ringNode(_ id: NodeID, part: RingNode.Part) -> RingNode {
        RingNode(
            id: id, host: host, zone: zone, weight: has(.gateway) ? weight : 0, part: part)
    }
}

/// As JSON; the incarnation is text, since it may need all 64 bits.
extension NodeRegistration {
    public func encoded() -> Bytes {
        var json = JSONWriter(reserving: 256)
        json.beginObject()
        json.member("client", clientURL)
        json.member("peer", peerAddress)
        json.member("coordination", coordinationAddress)
        json.member("host", host)
        json.member("zone", zone)
        json.member("version", version)
        json.member("incarnation", incarnation.digits)
        json.member("weight", UInt64(weight))
        json.key("roles")
        json.beginArray()
        for role in roles { json.value(role.rawValue) }
        json.endArray()
        json.member("draining", isDraining)
        json.endObject()
        return json.take()
    }

    /// Keys and roles that are not known here are passed over, so that newer nodes can register.
    /// Who names no weight or no roles has the ordinary ones.
    public init(decoding bytes: Bytes) throws(DecodeFailure) {
        let object = try JSONValue.parsed(bytes)
        guard let host = object["host"]?.string, let zone = object["zone"]?.string else {
            throw .invalid(what: "a node without host or zone", offset: 0)
        }
        guard let digits = object["incarnation"]?.string,
            let incarnation = Incarnation(digits: digits)
        else { throw .invalid(what: "a node's incarnation", offset: 0) }
        self.init(host: host, zone: zone, incarnation: incarnation)
        if let value = object["weight"] {
            guard let weight = value.integer.flatMap({ UInt16(exactly: $0) }) else {
                throw .invalid(what: "a node's weight", offset: 0)
            }
            self.weight = weight
        }
        if let value = object["roles"] {
            guard let roles = value.array else {
                throw .invalid(what: "a node's roles", offset: 0)
            }
            self.roles = roles.compactMap { $0.string.flatMap { Role(rawValue: $0) } }
        }
        clientURL = object["client"]?.string ?? ""
        peerAddress = object["peer"]?.string ?? ""
        coordinationAddress = object["coordination"]?.string ?? ""
        version = object["version"]?.string ?? ""
        isDraining = object["draining"]?.bool ?? false
    }
}
