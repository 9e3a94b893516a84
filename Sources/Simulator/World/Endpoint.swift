public import PeerWire
public import Vocabulary

/// Where a connection begins or ends.
public enum Place: Hashable, Sendable, CustomStringConvertible {
    /// The node with this position in the plan.
    case node(Int)
    case client(Int)

    public var description: String {
        switch self {
        case .node(let index): "n\(index + 1)"
        case .client(let index): "client\(index + 1)"
        }
    }
}

/// Which port of a node is meant.
public enum VirtualPort: Hashable, Sendable {
    case peer(PeerChannel)
    case chat
    case coordination
}

/// One end of a connection, as the process there knows it.
public struct Endpoint: Hashable, Sendable {
    public var place: Place
    /// Which life of the process; what is meant for an earlier one is dropped.
    public var life: UInt32
    public var connection: ConnectionID

    public init(place: Place, life: UInt32, connection: ConnectionID) {
        self.place = place
        self.life = life
        self.connection = connection
    }
}
