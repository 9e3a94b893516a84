import AdminWire
import HTTPWire
import ClusterNode
import Raft
import Testing
import Toolbox
import Vocabulary

/// What tests do to groups, and see of them.
extension Cluster {
    /// An operator's wish, asked of `node` (0-based); answered "done", "unchanged", "begun" or with
    /// the code of a refusal.
    mutating func change(
        _ group: ReplicaGroupID, _ action: GroupChange.Action, _ number: UInt16, at node: Int
    ) throws -> String {
        let change = GroupChange(action, NodeID(number))
        let response = try ask(.changeGroup(group, change), at: node)
        guard response.status == 200 else { return try AdminError.decode(response.body).code }
        return try GroupChanged.decode(response.body).outcome.rawValue
    }

    /// The same, asked of the leader, which must be there.
    mutating func change(
        _ group: ReplicaGroupID, _ action: GroupChange.Action, _ number: UInt16
    ) throws -> String {
        let leader = try #require(self.leader(of: group))
        return try change(group, action, number, at: leader)
    }

    /// The configuration as the leader has it.
    func configuration(of group: ReplicaGroupID) throws -> RaftConfiguration {
        let leader = try #require(self.leader(of: group))
        return try #require(nodes[leader].instance?.consensus(of: group)?.configuration)
    }

    func voters(of group: ReplicaGroupID) throws -> [UInt16] {
        try configuration(of: group).voters.map(\.node.rawValue)
    }

    func replica(of group: ReplicaGroupID, at node: Int) -> ReplicaID? {
        nodes[node].instance?.consensus(of: group)?.identity.replica
    }

    /// Every copy of the group has applied the same, and has the same state.
    func agrees(on group: ReplicaGroupID) -> Bool {
        let copies = nodes.compactMap(\.instance).filter { $0.consensus(of: group) != nil }
        return Set(copies.map { $0.appliedIndex(of: group) }).count == 1
            && Set(copies.map { $0.stateDigest(of: group) }).count == 1
    }

    /// Each group is led, and by the node that should.
    var isLedAsPreferred: Bool {
        groups.allSatisfy { group in
            let wanted = nodes.compactMap { $0.instance?.preferredLeader(of: group.id) }
            return leader(of: group.id).map { wanted.contains(NodeID(UInt16($0 + 1))) } ?? false
                && Set(wanted).count == 1
        }
    }
}
