public import Toolbox
public import Vocabulary

/// A node that may hold replicas, and what it shares with others when something burns.
public struct PlacementNode: Hashable, Sendable {
    public let id: NodeID
    /// The machine it runs on.
    public let host: String
    /// The room, rack or data centre that the machine stands in.
    public let zone: String

    public init(id: NodeID, host: String, zone: String) {
        self.id = id
        self.host = host
        self.zone = zone
    }
}

/// Which nodes hold which groups, and who should lead them.
///
/// - Every group has `replicas` different nodes, or all nodes if there are fewer.
/// - No two replicas share a zone while a zone is free; none a host while a host is free.
/// - The same nodes and groups give the same placement, in whatever order they are named.
public struct ReplicaPlacement: Equatable, Sendable {
    public struct Group: Hashable, Sendable {
        /// Ascending.
        public let voters: [NodeID]
        /// Who campaigns first after a start; any voter may lead.
        public let preferredLeader: NodeID
    }

    public let groups: SortedMap<ReplicaGroupID, Group>

    /// - Parameters:
    ///   - groups: repeats do not matter.
    ///   - nodes: at least one, each id once.
    ///   - replicas: copies of each group, 1 ... `Limits.votersMaximum`.
    public init(groups: [ReplicaGroupID], nodes: [PlacementNode], replicas: Int) {
        invariant(!nodes.isEmpty, "replicas without nodes")
        invariant(1...Limits.votersMaximum ~= replicas, "\(replicas) replicas")
        let nodes = nodes.sorted { $0.id < $1.id }
        var held = [Int](repeating: 0, count: nodes.count)
        var led = [Int](repeating: 0, count: nodes.count)
        var placed = SortedMap<ReplicaGroupID, Group>()
        for group in Set(groups).sorted() {
            let chosen = Self.choose(min(replicas, nodes.count), of: nodes, held: held)
            let leader = chosen.min { (led[$0], $0) < (led[$1], $1) } ?? chosen[0]
            led[leader] += 1
            for index in chosen { held[index] += 1 }
            placed[group] = Group(
                voters: chosen.sorted().map { nodes[$0].id }, preferredLeader: nodes[leader].id)
        }
        self.groups = placed
    }

    /// The groups that `node` holds a replica of, ascending.
    public func groups(on node: NodeID) -> [ReplicaGroupID] {
        groups.filter { $0.value.voters.contains(node) }.map(\.key)
    }

    /// One node after the other: the zone least used for this group, then the host least used, then
    /// the node that holds the fewest replicas, then the lowest number.
    private static func choose(_ count: Int, of nodes: [PlacementNode], held: [Int]) -> [Int] {
        var chosen: [Int] = []
        while chosen.count < count {
            let rivals = nodes.indices.filter { !chosen.contains($0) }
            let costs = rivals.map { index in
                (
                    chosen.count { nodes[$0].zone == nodes[index].zone },
                    chosen.count { nodes[$0].host == nodes[index].host }, held[index], index
                )
            }
            guard let best = costs.min(by: <) else { return chosen }
            chosen.append(best.3)
        }
        return chosen
    }
}
