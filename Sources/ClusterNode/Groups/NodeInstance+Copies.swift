import Coordination
import LogStorage
import Membership
import Messages
import PeerWire
import Raft
import ReplicatedState
import Routing
import Replication
import Toolbox
import Vocabulary

/// Copies of groups on this node: made, filled from what the disk knows, and taken away.
///
/// A copy has an id that no other ever had. Its making, and its end, stand in the log before
/// anybody is told of them.
extension NodeInstance {
    /// What waits for the log to be durable, besides replicas.
    enum AfterRecord: Sendable {
        /// The copy's id stands in the log: it may speak. `asker` wants to hear of it.
        case addCopy(ReplicaGroupID, ReplicaID, asker: NodeID?)
        /// Nobody needs the file any more.
        case removeFile(FileName)
    }

    // MARK: Making

    func freshReplica(_ random: inout SeededRandom) -> ReplicaID {
        ReplicaID(max(1, random.next()))
    }

    /// Begins an empty copy, if there is none; `asker`'s node hears its id once it is recorded.
    mutating func makeCopy(of group: ReplicaGroupID, for asker: NodeID?, at moment: Moment) {
        guard plan.groups.contains(where: { $0.id == group }) else { return }
        if let raft = replicas.raft(of: group) {
            // A copy that was a member has been taken out, if the asker is right, and will hear of
            // that: then it goes, and were its id taken in again, that would be nobody's. After a
            // start its own log tells before anybody says how far that is committed.
            let isOrWasMember = raft.wasMember || raft.configuration.contains(raft.identity.member)
            if let asker, !isOrWasMember {
                tellCopy(of: group, raft.identity.replica, to: asker, at: moment)
            }
            return
        }
        for case .addCopy(group, _, _) in afterRecords.map(\.action) { return }
        let replica = freshReplica(&random)
        lastRecord = log.append(.replicaCreated(group, replica))
        afterRecords.append(
            (lastRecord, .addCopy(group, replica, asker: asker)))
    }

    mutating func tellCopy(
        of group: ReplicaGroupID, _ replica: ReplicaID, to node: NodeID, at moment: Moment
    ) {
        var writer = ByteWriter(reserving: 8)
        writer.write(replica.rawValue)
        tell(node, .consensus, PeerSection(kind: .copyMade, group: group, body: writer.take()))
    }

    /// The log is durable through `token`.
    mutating func recordsAreDurable(
        through token: StorageToken, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        while let first = afterRecords.first, first.token <= token {
            afterRecords.removeFirst()
            switch first.action {
            case .removeFile(let file):
                directives.append(.storage(.bulk, [.remove(file), .synchronizeDirectory]))
            case .addCopy(let group, let replica, let asker):
                guard let described = plan.groups.first(where: { $0.id == group }) else { continue }
                removedGroups.remove(group)
                let member = RaftMember(node: plan.node, replica: replica)
                let recovery = ReplicaRecovery(raft: .empty, snapshotBody: nil)
                let seed = random.next()
                do throws(DecodeFailure) {
                    try addReplica(
                        described, member, founders: [], recovery, seed: seed, at: moment)
                } catch {
                    unreachable("an empty copy has nothing to decode: \(error)")
                }
                directives.append(.observe(.copyMade(group, replica)))
                if let asker { tellCopy(of: group, replica, to: asker, at: moment) }
            }
        }
    }

    mutating func addReplica(
        _ group: GroupPlan, _ member: RaftMember, founders: [NodeID], _ recovery: ReplicaRecovery,
        seed: UInt64, at moment: Moment
    ) throws(DecodeFailure) {
        let identity = RaftIdentity(group: group.id, member: member)
        let settings = plan.settings.replica
        let random = SeededRandom(seed: seed).stream(1_000 + UInt64(group.id.rawValue))
        switch group.kind {
        case .coordination:
            var prompt = settings
            // Clients of a follower are answered once it has applied: it must know at once.
            prompt.raft.commitNoticeDelay = .zero
            let replica = try ReplicaInstance<CoordinationMachine>(
                identity: identity, founders: founders, limits: plan.settings.limits,
                recovery: recovery, settings: prompt, random: random, at: moment.monotonic)
            replicas.add(replica)
            coordinationCopyBegan(at: moment)
        case .membership:
            replicas.add(
                try ReplicaInstance<MembershipMachine>(
                    identity: identity, founders: founders, limits: plan.settings.limits,
                    recovery: recovery, settings: settings, random: random,
                    at: moment.monotonic))
        case .messages:
            let replica = try ReplicaInstance<MessageMachine>(
                identity: identity, founders: founders, limits: plan.settings.limits,
                recovery: recovery, settings: settings, random: random, at: moment.monotonic)
            publishers[group.id] = DeliveryPublisher(
                settings: plan.settings.delivery, applied: replica.applied)
            replicas.add(replica)
        }
        membersDidChange(of: group.id)
        plantFaults()
    }

    /// What hangs on who the members are.
    mutating func membersDidChange(of group: ReplicaGroupID) {
        guard let configuration = replicas.raft(of: group)?.configuration, !configuration.isEmpty
        else { return }
        let nodes = Set((configuration.voters + configuration.outgoing).map(\.node)).sorted()
        voterNodes[group] = nodes
        router.votersChanged(of: group, to: nodes)
    }

    // MARK: Taking away

    /// The group goes on without this node's copy: everything of it goes.
    mutating func destroyCopy(
        of group: ReplicaGroupID, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        guard let raft = replicas.raft(of: group) else { return }
        let replica = raft.identity.replica
        var last: [ReplicaDirective] = []
        replicas.abandon(group, into: &last)
        for case .reply(let requester, let reply) in last {
            finish(requester, RoutedReply(reply), of: group, at: moment)
        }
        if plan.membershipGroup?.id == group { leaveOutbox(at: moment) }
        if plan.coordinationGroup?.id == group { closeCoordinationClients(into: &directives) }
        endChanges(of: group, under: raft.leader)
        replicas.remove(group)
        publishers.removeValue(forKey: group)
        durability.forget(group)
        removedGroups.insert(group)
        lastRecord = log.append(.replicaRemoved(group))
        // A trace that outlives the copy: the group was here, so nobody here may found it again.
        lastRecord = log.append(.hardState(group, term: max(raft.term, Term(1)), vote: nil))
        if let file = snapshotFiles.removeValue(forKey: group) {
            afterRecords.append((lastRecord, .removeFile(file)))
        }
        directives.append(.observe(.copyRemoved(group, replica)))
    }
}
