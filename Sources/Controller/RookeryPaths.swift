import Toolbox
public import Vocabulary
public import ZooKeeperWire

/// Where the cluster keeps in the coordination tree what all nodes agree on.
public enum RookeryPaths {
    public static let root: ZnodePath = "/rookery"
    /// Below it an ephemeral for each node that is there: a `NodeRegistration`.
    public static let nodes: ZnodePath = "/rookery/nodes"
    /// A `Ring`.
    public static let ring: ZnodePath = "/rookery/ring"
    /// Below it a `RingDelta` for each of the latest epochs.
    public static let deltas: ZnodePath = "/rookery/ring/deltas"
    /// A `PartitionMap`.
    public static let partitions: ZnodePath = "/rookery/partitions"
    /// Below it a `GroupAssignment` for each replica group.
    public static let groups: ZnodePath = "/rookery/groups"

    public static func node(_ id: NodeID) -> ZnodePath { nodes.child(named: Bytes(id.digits)) }

    public static func delta(_ epoch: RingEpoch) -> ZnodePath {
        deltas.child(named: Bytes(epoch.digits))
    }

    public static func group(_ id: ReplicaGroupID) -> ZnodePath {
        groups.child(named: Bytes(id.digits))
    }

    /// The number that the znode right below `parent` is named after; nil for any other path.
    static func number<ID: Identifier>(_ path: ZnodePath, below parent: ZnodePath) -> ID? {
        guard path.parent == parent, let digits = path.name.text else { return nil }
        return ID(digits: digits)
    }
}
