public import PeerWire
public import Toolbox
public import Vocabulary

/// What the links of a node want done, and what they learnt.
public enum PeeringDirective: Sendable {
    /// Connect to the peer; answer with `dialled` or `dialFailed` under the same id.
    case dial(ConnectionID, NodeID, PeerChannel)
    /// One whole frame.
    case send(ConnectionID, Bytes)
    case close(ConnectionID)
    /// The channel carries sections from now on.
    case opened(NodeID, PeerChannel)
    /// It no longer does.
    case lost(NodeID, PeerChannel)
    /// No process listens at the peer's address.
    case refused(NodeID)
    /// Another process answers there than before: what the one before promised is void.
    case replaced(NodeID)
    case received(NodeID, PeerChannel, [PeerSection], wall: WallTime)
    case observe(PeeringObservation)
}

/// What operators may want to know of a link.
public enum PeeringObservation: Hashable, Sendable {
    case opened(NodeID, PeerChannel)
    case lost(NodeID, PeerChannel)
    /// A connection was turned away.
    case rejected(ConnectionID, PeerRejection)
}

/// Why a connection between nodes was turned away.
public enum PeerRejection: Hashable, Sendable {
    case otherCluster(UInt64)
    case unknownNode(NodeID)
    /// Dialled as another node than this one.
    case wrongAddressee(NodeID)
    case noCommonVersion(ClosedRange<UInt8>)
    case wrongSecret(NodeID)
    case staleIncarnation
    case unexpected(String)
    case frame(PeerFrameFailure)
}

public struct PeeringSettings: Sendable {
    /// The first wait after a dial that failed; doubled each time, with jitter.
    public var redialMinimum: Duration = .milliseconds(50)
    public var redialMaximum: Duration = .seconds(1)
    /// From a connection's start to its first section.
    public var greetingTimeout: Duration = .seconds(1)

    public init() {}
}

/// Who this node is to its peers.
public struct PeeringIdentity: Sendable {
    public var cluster: UInt64
    public var node: NodeID
    public var incarnation: Incarnation
    /// Known to all nodes of the cluster and to nobody else.
    public var secret: Bytes

    public init(cluster: UInt64, node: NodeID, incarnation: Incarnation, secret: Bytes) {
        self.cluster = cluster
        self.node = node
        self.incarnation = incarnation
        self.secret = secret
    }
}
