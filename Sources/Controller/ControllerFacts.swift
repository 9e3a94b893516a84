public import Placement
public import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// What the controller looks at: the tree below `/rookery`, and what the groups say of themselves.
public struct ControllerFacts: Equatable, Sendable {
    public struct Znode: Hashable, Sendable {
        public var data: Bytes
        public var version: Int32
        /// The change that created it: another life of a node, another number.
        public var created: Zxid

        public init(data: Bytes, version: Int32, created: Zxid) {
            self.data = data
            self.version = version
            self.created = created
        }
    }

    /// `/rookery` and all below it.
    public var znodes: SortedMap<ZnodePath, Znode>
    /// Who votes now, by what the groups' leaders report; groups not heard of are left out.
    public var votersInForce: SortedMap<ReplicaGroupID, [NodeID]>

    public init(
        znodes: SortedMap<ZnodePath, Znode> = SortedMap(),
        votersInForce: SortedMap<ReplicaGroupID, [NodeID]> = SortedMap()
    ) {
        self.znodes = znodes
        self.votersInForce = votersInForce
    }
}

/// What was fixed when the cluster was made, and is written down if the tree does not have it.
public struct ControllerFoundation: Sendable {
    public var ring: Ring
    public var partitions: PartitionMap
    public var groups: SortedMap<ReplicaGroupID, GroupAssignment>
    /// What the configuration says of each node; what a node says of itself counts more.
    public var nodes: SortedMap<NodeID, NodeRegistration>

    public init(
        ring: Ring, partitions: PartitionMap,
        groups: SortedMap<ReplicaGroupID, GroupAssignment>,
        nodes: SortedMap<NodeID, NodeRegistration>
    ) {
        self.ring = ring
        self.partitions = partitions
        self.groups = groups
        self.nodes = nodes
    }
}
