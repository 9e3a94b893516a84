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
/// The group's leader carries out, and writes down who votes once that is committed.
extension NodeInstance {
    /// For so long who votes must differ from the table, before the table is followed: an order
    /// that was carried out may still be on its way into it.
    private static var assignmentPatience: Duration { .seconds(3) }

    mutating func carryOutAssignments(
        at moment: Moment, into directives: inout [NodeDirective]
    ) {
        writeOrders(at: moment)
        for group in replicas.groups where replicas.isLeader(of: group) {
            guard assignments.ordered[group] == nil, let raft = replicas.raft(of: group),
                !raft.configuration.isJoint, raft.configurationIndex <= raft.commitIndex
            else { continue }
            let voters = raft.configuration.voters.map(\.node).sorted()
            if tables.voters[group] != voters {
                let path = ClusterTables.voters(of: group)
                write(NodeList(voters).encoded(), to: path, of: group, at: moment)
            }
            guard let assignment = tables.assignments[group], assignment.voters != voters else {
                assignments.differsSince[group] = nil
                continue
            }
            let since = assignments.differsSince[group] ?? moment.monotonic
            assignments.differsSince[group] = since
            guard moment.monotonic - since >= Self.assignmentPatience else { continue }
            carryOut(assignment, of: group, raft.configuration, at: moment, into: &directives)
        }
    }

    // MARK: Operators' orders

    /// An operator has changed who votes: that is how it shall be from now on.
    mutating func noteOrder(of group: ReplicaGroupID, at moment: Moment) {
        guard let configuration = replicas.raft(of: group)?.configuration else { return }
        assignments.ordered[group] = configuration.voters.map(\.node).sorted()
        writeOrders(at: moment)
    }

    private mutating func writeOrders(at moment: Moment) {
        for (group, voters) in assignments.ordered {
            // Before the tables are founded there is nothing to replace.
            guard let current = tables.assignments[group] else { continue }
            guard current.voters != voters else {
                assignments.ordered[group] = nil
                continue
            }
            let leader = current.preferredLeader
            let next = GroupAssignment(
                epoch: current.epoch + 1, voters: voters,
                preferredLeader: voters.contains(leader) ? leader : voters[0])
            write(next.encoded(), to: RookeryPaths.group(group), of: group, at: moment)
        }
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
        guard let group = assignments.sent.removeValue(forKey: xid) else { return }
        // Somebody else was quicker, and leads by now: his word is newer.
        if error == .badVersion, !replicas.isLeader(of: group) { assignments.ordered[group] = nil }
        if error == nil { writeOrders(at: moment) }
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
