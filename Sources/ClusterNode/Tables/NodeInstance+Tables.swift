import Controller
import Coordination
import CoordinationService
public import Placement
import Replication
import Toolbox
public import Vocabulary
import ZooKeeperWire

/// What the cluster's tables say is followed, whoever leads.
extension NodeInstance {
    /// Something at or below `/rookery` has changed in this node's copy, or the copy itself.
    mutating func tablesDidChange(at moment: Moment) {
        guard let machine = replicas.coordination?.machine else { return }
        for news in tables.read(machine, groups: plan.groups.map(\.id)) {
            switch news {
            case .ring:
                follow(tables.ring, at: moment)
                observations.append(
                    .ringFollowed(ring.epoch, arcsHere: ring.shares[plan.node] ?? 0))
            case .undecodable(let path, let failure):
                observations.append(.tableUndecodable(path, failure))
            }
        }
        tellController(at: moment)
    }

    /// Who shall vote in the group, and lead it, as this node could read it last.
    public func assignment(of group: ReplicaGroupID) -> GroupAssignment? {
        tables.assignments[group]
    }

    /// Who leads the group when all is well.
    public func preferredLeader(of group: ReplicaGroupID) -> NodeID? {
        tables.assignments[group]?.preferredLeader
            ?? plan.groups.first { $0.id == group }?.preferredLeader
    }
}

extension CoordinationEffect {
    /// Whether the cluster's tables, or its nodes, are not what they were.
    var changesTables: Bool {
        guard case .changed(let change) = self else { return false }
        return change.path == RookeryPaths.root || change.path.isDescendant(of: RookeryPaths.root)
    }
}
