import Controller
import PeerWire
import Peering
import Placement
import Raft
import Replication
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Who votes in a group follows `/rookery/groups/<id>`; what an operator ordered goes there.
///
/// The group's leader does both, and writes down who votes once that is committed.
extension NodeInstance {
    mutating func carryOutAssignments(
        at moment: Moment, into directives: inout [NodeDirective]
    ) {
        for group in replicas.groups where replicas.isLeader(of: group) {
            guard let raft = replicas.raft(of: group), !raft.configuration.isJoint,
                raft.configurationIndex <= raft.commitIndex
            else { continue }
            let voters = raft.configuration.voters.map(\.node).sorted()
            if let ordered = ordersOpen(for: group) {
                write(ordered.encoded(), to: RookeryPaths.group(group), of: group, at: moment)
                continue
            }
            if tables.voters[group] != voters {
                let path = ClusterTables.voters(of: group)
                write(NodeList(voters).encoded(), to: path, of: group, at: moment)
            }
            guard let assignment = tables.assignments[group], assignment.voters != voters else {
                continue
            }
            carryOut(assignment, of: group, raft.configuration, at: moment, into: &directives)
        }
    }

    /// What an operator ordered and the tree does not say yet.
    private mutating func ordersOpen(for group: ReplicaGroupID) -> GroupAssignment? {
        guard let ordered = assignments.ordered[group] else { return nil }
        let current = tables.assignments[group]
        guard let current, current.voters != ordered else {
            // Either it is written, or there is nothing yet that could be replaced.
            if current != nil { assignments.ordered[group] = nil }
            return nil
        }
        let leader =
            ordered.contains(current.preferredLeader) ? current.preferredLeader : ordered[0]
        return GroupAssignment(
            epoch: current.epoch + 1, voters: ordered, preferredLeader: leader)
    }

    private mutating func write(
        _ data: Bytes, to path: ZnodePath, of group: ReplicaGroupID, at moment: Moment
    ) {
        guard !assignments.isWriting(group),
            tables.version(of: RookeryPaths.group(group)) != nil
        else { return }
        let operation: MultiOperation =
            tables.version(of: path).map { version in
                .setData(SetDataRequest(path: path, data: data, version: version))
            } ?? .create(CreateRequest(path: path, data: data, mode: .persistent))
        guard let xid = changeTables([operation], at: moment) else { return }
        assignments.sent[xid] = group
    }

    /// Refused or lost, it is written again at the next look, from what the tree says then.
    mutating func assignmentDidChange(_ xid: Xid, _ error: ZooKeeperError?, at moment: Moment) {
        assignments.sent[xid] = nil
    }

    /// An operator has changed who votes: that is how it shall be from now on.
    mutating func noteOrder(of group: ReplicaGroupID) {
        guard let configuration = replicas.raft(of: group)?.configuration else { return }
        let voters = configuration.voters.map(\.node).sorted()
        assignments.ordered[group] = tables.assignments[group]?.voters == voters ? nil : voters
    }

    // MARK: Carrying out

    private mutating func carryOut(
        _ assignment: GroupAssignment, of group: ReplicaGroupID,
        _ configuration: RaftConfiguration, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        let members = configuration.members.map(\.node)
        let missing = assignment.voters.filter { !members.contains($0) }
        guard missing.isEmpty else {
            for node in missing where peering.isOpen(node, .consensus) {
                tell(
                    node, .consensus,
                    PeerSection(kind: .makeCopy, group: group, body: Bytes()))
            }
            return
        }
        // While a new copy lags, or another change runs, it is refused, and tried again.
        _ = replicas.change(
            group, .setVoters(assignment.voters), at: moment.monotonic, into: &replicaDirectives)
        carryOutReplicas(of: group, at: moment, into: &directives)
    }

    /// Whether a copy of the group on `node` is wanted although no operator waits for it.
    func wantsCopy(of group: ReplicaGroupID, on node: NodeID) -> Bool {
        group == GroupNumbers.coordination
            || tables.assignments[group]?.voters.contains(node) == true
    }
}
