import PeerWire
import Peering
import Placement
import Raft
import Replication
import Toolbox
import Vocabulary

/// Each node has a copy of the coordination tree: voters where the plan says, learners elsewhere.
extension NodeInstance {
    /// The leader's node asks one that has no copy to make one, and takes it in once it says so.
    mutating func spreadCoordination(at moment: Moment) {
        let group = GroupNumbers.coordination
        guard replicas.isLeader(of: group), let raft = replicas.raft(of: group) else { return }
        let members = raft.configuration.members
        let missing = plan.nodes.first { node in
            !members.contains { $0.node == node.id } && peering.isOpen(node.id, .consensus)
        }
        guard let missing else { return }
        tell(
            missing.id, .consensus, PeerSection(kind: .makeCopy, group: group, body: Bytes()))
    }

    /// A copy is there that nobody asked for by hand.
    mutating func takeInCopy(
        _ member: RaftMember, of group: ReplicaGroupID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        guard replicas.isLeader(of: group),
            replicas.raft(of: group)?.configuration.contains(member) == false
        else { return }
        // If it is refused, another change is under way: the next look at it tries again.
        _ = replicas.change(
            group, .addLearner(member), at: moment.monotonic, into: &replicaDirectives)
        carryOutReplicas(of: group, at: moment, into: &directives)
    }
}
