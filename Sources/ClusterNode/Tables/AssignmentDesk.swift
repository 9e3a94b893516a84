import Toolbox
import Vocabulary
import ZooKeeperWire

/// What this node, leading groups, writes into the tables: who votes, and what operators ordered.
struct AssignmentDesk: Sendable {
    /// Who shall vote by operators' orders, until the tree says so: until then the tree is out of
    /// date, and is not carried out.
    var ordered: SortedMap<ReplicaGroupID, [NodeID]> = SortedMap()
    /// Since when who votes has not been what the table says.
    var differsSince: SortedMap<ReplicaGroupID, Instant> = SortedMap()
    /// The changes under way, one for each group.
    var sent: [Xid: ReplicaGroupID] = [:]

    func isWriting(_ group: ReplicaGroupID) -> Bool { sent.values.contains(group) }
}
