public import ClusterNode
import Gateway
public import Placement
public import Vocabulary

/// A cluster as its configuration file describes it, every value checked.
public struct ClusterConfiguration: Sendable {
    /// Which cluster this is; nodes of another one are turned away.
    public var cluster: String
    /// Absolute; holds data, logs of processes and, unless told otherwise, secrets.
    public var stateDirectory: String
    /// Absolute; what the nodes must know and nobody else.
    public var secretDirectory: String
    /// Ascending by id.
    public var nodes: [NodeConfiguration]
    /// Slices of the message space, each kept by one replica group. Fixed for the cluster's life.
    public var shardsCount: Int
    /// Copies of each replica group.
    public var replicas: Int
    public var settings: ClusterSettings

    public func node(_ id: NodeID) -> NodeConfiguration? { nodes.first { $0.id == id } }

    /// Which users are at home where, from the start.
    public var ring: Ring {
        .balanced(over: nodes.filter { $0.has(.gateway) }.map(\.id), epoch: RingEpoch(1))
    }

    /// What each node is told of all of them.
    public var descriptions: [NodeDescription] {
        nodes.map { node in
            NodeDescription(
                id: node.id, clientURL: node.clientURL, peerAddress: node.peerAddress,
                coordinationAddress: node.coordinationAddress, host: node.host, zone: node.zone,
                roles: node.roles.map(\.registered))
        }
    }

    /// Which chats are kept where, from the start.
    public var partitions: PartitionMap { .balanced(shardsCount: shardsCount) }

    /// Which nodes hold which groups, from the start.
    public var placement: ReplicaPlacement {
        ReplicaPlacement(
            groups: [GroupNumbers.membership] + partitions.messageGroups,
            nodes: nodes.filter { $0.has(.storage) }.map {
                PlacementNode(id: $0.id, host: $0.host, zone: $0.zone)
            },
            replicas: replicas)
    }

    /// Who votes on coordination: five of five nodes or more, else three. All others follow.
    private var coordinationPlacement: ReplicaPlacement {
        let nodes = nodes.filter { $0.has(.coordination) }
        return ReplicaPlacement(
            groups: [GroupNumbers.coordination],
            nodes: nodes.map { PlacementNode(id: $0.id, host: $0.host, zone: $0.zone) },
            replicas: nodes.count >= 5 ? 5 : min(3, nodes.count))
    }

    /// The replica groups, ascending.
    public var groups: [GroupPlan] { coordinationGroups + storedGroups }

    private var coordinationGroups: [GroupPlan] {
        // Without nodes for it there is no tree, and clients are turned away.
        guard nodes.contains(where: { $0.has(.coordination) }) else { return [] }
        return coordinationPlacement.groups.map { id, group in
            GroupPlan(
                id: id, kind: .coordination, shard: nil, voters: group.voters,
                preferredLeader: group.preferredLeader)
        }
    }

    private var storedGroups: [GroupPlan] {
        placement.groups.map { id, group in
            let shard = GroupNumbers.shard(of: id)
            return GroupPlan(
                id: id, kind: shard == nil ? .membership : .messages, shard: shard,
                voters: group.voters, preferredLeader: group.preferredLeader)
        }
    }
}
