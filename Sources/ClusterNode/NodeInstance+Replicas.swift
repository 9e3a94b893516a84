import LogStorage
import Membership
import Messages
import PeerWire
import Raft
import Replication
import Routing
import Toolbox
import Vocabulary

/// Replicas: what they are told, and what they want done.
extension NodeInstance {
    /// Hands an event to a replica and carries out what it says.
    mutating func drive(
        _ group: ReplicaGroupID, _ event: ReplicaEvent, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        guard isReady || event.isAllowedBeforeReady || takesPartTooEarly else { return }
        replicas.handle(event, in: group, at: moment.monotonic, into: &replicaDirectives)
        guard !replicaDirectives.isEmpty else { return }
        let said = replicaDirectives
        replicaDirectives.removeAll(keepingCapacity: true)
        for directive in said {
            carryOut(directive, of: group, at: moment, into: &directives)
        }
        takeEffects(of: group, at: moment)
    }

    private var takesPartTooEarly: Bool {
        #if PLANTED_FAULTS
            plan.settings.plantedFault == .takesPartBeforeReady
        #else
            false
        #endif
    }

    private mutating func carryOut(
        _ directive: ReplicaDirective, of group: ReplicaGroupID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        switch directive {
        case .record(let record): lastRecord = log.append(record)
        case .awaitDurability(let awaited): durability.wait(group, awaited, until: lastRecord)
        case .send(let message, let node):
            tell(node, .consensus, PeerSection(kind: .consensus, group: group, body: message))
        case .sendPart(let part, let node):
            tell(node, .bulk, PeerSection(kind: .snapshot, group: group, body: part.encoded()))
        case .sendPartResult(let result, let node):
            tell(
                node, .bulk,
                PeerSection(kind: .snapshotResult, group: group, body: result.encoded()))
        case .reply(let requester, let reply):
            answer(requester, reply, of: group, at: moment)
        case .encode(let purpose, let snapshot):
            startWork(.encode(snapshot), for: .snapshot(group, purpose), into: &directives)
        case .save(let material): save(material, into: &directives)
        case .observe(let observation):
            directives.append(.observe(.raft(group, observation)))
            note(observation, of: group, at: moment)
        case .observeSnapshotFailure(let node, let failure):
            directives.append(.observe(.snapshotRefused(group, from: node, failure)))
        }
    }

    /// Leadership that came or went: routes, streams and the outbox follow it.
    private mutating func note(
        _ observation: RaftObservation, of group: ReplicaGroupID, at moment: Moment
    ) {
        switch observation {
        case .becameLeader:
            router.leaderChanged(
                of: group, to: plan.node, at: moment.monotonic, into: &routerDirectives)
            if plan.membershipGroup?.id == group { takeOutboxOver(at: moment) }
        case .becameFollower(let leader, _, _):
            publishers.update(group) { $0.unsubscribeAll() }
            if plan.membershipGroup?.id == group { leaveOutbox(at: moment) }
            router.leaderChanged(
                of: group, to: leader, at: moment.monotonic, into: &routerDirectives)
        case .becamePreCandidate, .becameCandidate, .truncated, .nonsense,
            .configurationChanged, .configurationCommitted, .removedFromGroup, .transferBegan,
            .transferEnded, .founded:
            break
        }
    }

    private mutating func takeEffects(of group: ReplicaGroupID, at moment: Moment) {
        let told = replicas.takeMessageEffects(of: group)
        if !told.isEmpty { publishers.update(group) { $0.record(told) } }
        for applied in replicas.takeMembershipEffects(of: group) {
            for effect in applied.effects { carryOut(effect, at: moment) }
        }
    }

    private mutating func carryOut(_ effect: MembershipEffect, at moment: Moment) {
        switch effect {
        case .outbox(let record):
            guard let group = plan.membershipGroup?.id, replicas.isLeader(of: group) else { return }
            dispatch(record, at: moment)
        case .listChanged: break
        }
    }

    // MARK: Replies

    /// Tells whoever asked, here or on another node.
    private mutating func answer(
        _ requester: Requester, _ reply: ReplicaReply, of group: ReplicaGroupID, at moment: Moment
    ) {
        if errands.decisions.contains(requester) {
            guard !holdDecision(requester, reply, of: group, at: moment) else { return }
        }
        finish(requester, RoutedReply(reply), of: group, at: moment)
    }

    mutating func finish(
        _ requester: Requester, _ reply: RoutedReply, of group: ReplicaGroupID, at moment: Moment
    ) {
        guard requester.node != plan.node else {
            router.received(
                reply, for: requester.request, from: plan.node, at: moment.monotonic,
                into: &routerDirectives)
            return
        }
        tell(
            requester.node, .bulk,
            PeerSection(kind: .reply, group: group, body: reply.encoded(for: requester.request)))
    }
}

extension ReplicaEvent {
    /// Until the recovered log is durable again, a replica neither votes nor answers.
    var isAllowedBeforeReady: Bool {
        switch self {
        case .recordsPersisted, .snapshotEncoded, .snapshotSaved: true
        case .received, .receivedPart, .receivedPartResult, .timeAdvanced, .turnEnded,
            .peerUnreachable, .peerRefused, .bulkLinkLost, .snapshotWanted:
            false
        }
    }
}

extension RoutedReply {
    init(_ reply: ReplicaReply) {
        switch reply {
        case .done(let bytes): self = .done(bytes)
        case .notLeader(let leader): self = .notLeader(leader: leader)
        case .overloaded: self = .overloaded
        case .lost: self = .lost
        case .unknown: self = .unknown
        }
    }
}
