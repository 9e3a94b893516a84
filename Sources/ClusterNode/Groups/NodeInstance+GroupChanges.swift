import AdminWire
import PeerWire
import Peering
import Placement
import Raft
import Replication
import Routing
import Toolbox
import Vocabulary

/// What operators want changed about who holds and who leads a group.
///
/// The answer waits until the change is committed, or the new leader is heard, so that commands may
/// follow each other; what takes longer than 10 s goes on by itself.
extension NodeInstance {
    mutating func changeGroup(
        _ group: ReplicaGroupID, _ change: GroupChange, for connection: ConnectionID,
        at moment: Moment, into directives: inout [NodeDirective]
    ) {
        guard plan.groups.contains(where: { $0.id == group }) else {
            return refuse(connection, 404, GroupRefusal("not_found", "there is no group \(group)"))
        }
        guard plan.nodes.contains(where: { $0.id == change.node }) else {
            let refusal = GroupRefusal("not_found", "there is no node \(change.node)")
            return refuse(connection, 404, refusal)
        }
        guard isReady, stopping == nil, replicas.isLeader(of: group) else {
            let known = replicas.leader(of: group) ?? router.leader(of: group)
            let leader = known == plan.node ? nil : known
            return refuse(connection, 409, .notLeader(leader, of: group))
        }
        switch change.action {
        case .transfer:
            transferByOrder(group, change, for: connection, at: moment, into: &directives)
        case .addLearner: askForCopy(group, change, for: connection, at: moment)
        case .promote, .demote, .remove:
            guard let wanted = MembershipChange(change) else { return }
            propose(wanted, change, of: group, for: connection, at: moment, into: &directives)
        }
    }

    private mutating func transferByOrder(
        _ group: ReplicaGroupID, _ change: GroupChange, for connection: ConnectionID,
        at moment: Moment, into directives: inout [NodeDirective]
    ) {
        changes.wait(connection, group, change, .awaitsLeader, at: moment.monotonic)
        switch transfer(group, to: change.node, at: moment, into: &directives) {
        case .begun: keeper.pause(group, at: moment.monotonic)
        case .alreadyLeader:
            for pending in changes.take(where: { $0.connection == connection }) {
                answer(pending, .unchanged)
            }
        case .refused(let refusal):
            _ = changes.take { $0.connection == connection }
            refuse(connection, 409, GroupRefusal(refusal, of: group))
        }
    }

    /// The node makes a copy, or has one, and says which.
    private mutating func askForCopy(
        _ group: ReplicaGroupID, _ change: GroupChange, for connection: ConnectionID,
        at moment: Moment
    ) {
        let configuration = replicas.raft(of: group)?.configuration
        if let configuration, change.isDone(in: configuration) {
            return adminAnswers.append(
                (connection, AdminAnswer(group, change, .unchanged)))
        }
        if configuration?.voters.contains(where: { $0.node == change.node }) == true {
            let refusal = GroupRefusal(
                "is_voter", "\(change.node) votes in \(group): demote it to make it a learner")
            return refuse(connection, 409, refusal)
        }
        guard peering.isOpen(change.node, .consensus) else {
            let refusal = GroupRefusal(
                "unreachable", "\(change.node) is not connected: it can not make a copy")
            return refuse(connection, 409, refusal)
        }
        changes.wait(connection, group, change, .awaitsCopy, at: moment.monotonic)
        tell(
            change.node, .consensus, PeerSection(kind: .makeCopy, group: group, body: Bytes()))
    }

    /// A node has the copy that it was asked for.
    mutating func copyIsThere(
        _ member: RaftMember, of group: ReplicaGroupID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        let waiting = changes.take {
            $0.group == group && $0.phase == .awaitsCopy && $0.change.node == member.node
        }
        if waiting.isEmpty, wantsCopy(of: group, on: member.node) {
            takeInCopy(member, of: group, at: moment, into: &directives)
        }
        for pending in waiting {
            propose(
                .addLearner(member), pending.change, of: group, for: pending.connection,
                at: moment, into: &directives)
        }
    }

    private mutating func propose(
        _ wanted: MembershipChange, _ change: GroupChange, of group: ReplicaGroupID,
        for connection: ConnectionID, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        changes.wait(connection, group, change, .awaitsCommit, at: moment.monotonic)
        let outcome = replicas.change(
            group, wanted, at: moment.monotonic, into: &replicaDirectives)
        carryOutReplicas(of: group, at: moment, into: &directives)
        switch outcome {
        case .accepted: noteOrder(of: group, at: moment)
        case .unchanged:
            for pending in changes.take(where: { $0.connection == connection }) {
                answer(pending, .unchanged)
            }
        case .refused(let refusal):
            _ = changes.take { $0.connection == connection }
            refuse(connection, 409, GroupRefusal(refusal, of: group))
        }
    }

    // MARK: The end

    mutating func configurationDidCommit(
        _ configuration: RaftConfiguration, of group: ReplicaGroupID
    ) {
        let done = changes.take {
            $0.group == group && $0.phase == .awaitsCommit && $0.change.isDone(in: configuration)
        }
        for pending in done { answer(pending, .done) }
    }

    mutating func transferDidEnd(
        of group: ReplicaGroupID, to node: NodeID, succeeded: Bool
    ) {
        let over = changes.take { $0.group == group && $0.phase == .awaitsLeader }
        for pending in over {
            if succeeded, pending.change.node == node {
                answer(pending, .done)
            } else {
                let refusal = GroupRefusal(
                    "transfer_failed", "\(pending.change.node) did not take \(group) over in time")
                refuse(pending.connection, 409, refusal)
            }
        }
    }

    /// This node no longer leads: what it proposed may be committed by another.
    mutating func endChanges(of group: ReplicaGroupID, under leader: NodeID?) {
        for pending in changes.take(where: { $0.group == group && $0.phase == .awaitsCommit }) {
            answer(pending, .begun)
        }
        for pending in changes.take(where: { $0.group == group && $0.phase == .awaitsCopy }) {
            refuse(pending.connection, 409, .notLeader(leader, of: group))
        }
    }

    mutating func expireChanges(at now: Instant) {
        for pending in changes.take(where: { $0.deadline <= now }) {
            switch pending.phase {
            case .awaitsCommit, .awaitsLeader: answer(pending, .begun)
            case .awaitsCopy:
                let refusal = GroupRefusal(
                    "timeout", "\(pending.change.node) did not say that it has a copy")
                refuse(pending.connection, 504, refusal)
            }
        }
    }

    private mutating func answer(
        _ pending: GroupChangeDesk.Pending, _ outcome: GroupChanged.Outcome
    ) {
        adminAnswers.append(
            (pending.connection, AdminAnswer(pending.group, pending.change, outcome)))
    }

    private mutating func refuse(
        _ connection: ConnectionID, _ status: Int, _ refusal: GroupRefusal
    ) {
        let error = AdminError(
            code: refusal.code, message: refusal.message, leader: refusal.leader)
        adminAnswers.append((connection, AdminAnswer(status: status, body: error.encoded())))
    }
}

extension AdminAnswer {
    init(_ group: ReplicaGroupID, _ change: GroupChange, _ outcome: GroupChanged.Outcome) {
        self.init(
            status: 200,
            body: GroupChanged(group: group, change: change, outcome: outcome).encoded())
    }
}

extension MembershipChange {
    /// Nil for what is no change of voters.
    init?(_ change: GroupChange) {
        switch change.action {
        case .transfer, .addLearner: return nil
        case .promote: self = .promote(change.node)
        case .demote: self = .demote(change.node)
        case .remove: self = .remove(change.node)
        }
    }
}
