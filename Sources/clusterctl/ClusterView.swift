public import AdminWire
public import Vocabulary

/// The cluster as its nodes together describe it.
public struct ClusterView: Hashable, Sendable {
    public let cluster: String
    /// Every node of the configuration, those that are down as well; ascending.
    public let nodes: [NodeStatus]
    /// Every copy that was told of.
    public let copies: [GroupStatus]

    public init(cluster: String, nodes: [NodeStatus], copies: [GroupStatus]) {
        self.cluster = cluster
        self.nodes = nodes.sorted { $0.node < $1.node }
        self.copies = copies.sorted { ($0.group, $0.node) < ($1.group, $1.node) }
    }

    /// Each of `expected` as its leader sees it. Only who says that it leads itself counts, in the
    /// highest term; a group without one has no leader, whatever followers still believe.
    public func groups(_ expected: [(ReplicaGroupID, GroupStatus.Kind)]) -> [GroupStatus] {
        expected.map { id, kind in
            let known = copies.filter { $0.group == id }
            let newest = known.filter { $0.role == .leader }.max { $0.term < $1.term }
            if let newest { return newest }
            var status =
                known.max { ($0.term, $0.commit) < ($1.term, $1.commit) }
                ?? GroupStatus(
                    group: id, kind: kind, node: NodeID(0), role: .follower, leader: nil,
                    term: .zero)
            status.leader = nil
            return status
        }
    }

    public var nodesReady: Int { nodes.count { $0.state == .ready } }
    public var areAllDown: Bool { nodes.allSatisfy { $0.state == .down } }
}
