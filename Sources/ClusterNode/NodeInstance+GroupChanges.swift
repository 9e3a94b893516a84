import AdminWire
import Routing
import Toolbox
import Vocabulary

/// What operators want changed about who holds and who leads a group.
extension NodeInstance {
    mutating func changeGroup(
        _ group: ReplicaGroupID, _ change: GroupChange, for connection: ConnectionID,
        at moment: Moment
    ) {
        guard plan.groups.contains(where: { $0.id == group }) else {
            return refuse(connection, 404, "not_found", "there is no group \(group)")
        }
        guard plan.nodes.contains(where: { $0.id == change.node }) else {
            return refuse(connection, 404, "not_found", "there is no node \(change.node)")
        }
        let leader = replicas.leader(of: group) ?? router.leader(of: group)
        refuse(
            connection, 409, "not_leader",
            leader.map { "\($0) leads \(group)" } ?? "\(group) has no leader that is known here",
            leader: leader)
    }

    mutating func refuse(
        _ connection: ConnectionID, _ status: Int, _ code: String, _ message: String,
        leader: NodeID? = nil
    ) {
        let error = AdminError(code: code, message: message, leader: leader)
        adminAnswers.append((connection, AdminAnswer(status: status, body: error.encoded())))
    }
}
