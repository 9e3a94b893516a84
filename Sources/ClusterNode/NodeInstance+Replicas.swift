import LogStorage
import Membership
import Placement
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
        carryOutReplicas(of: group, at: moment, into: &directives)
    }

    mutating func carryOutReplicas(
        of group: ReplicaGroupID, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        // A follower that hears of a commit has nothing to say, but its machine may.
        guard !replicaDirectives.isEmpty else { return takeEffects(of: group, at: moment) }
        let said = replicaHandover.take(&replicaDirectives)
        for directive in said {
            carryOut(directive, of: group, at: moment, into: &directives)
        }
        replicaHandover.giveBack(said)
        takeEffects(of: group, at: moment)
        while let group = departed.popLast() {
            destroyCopy(of: group, at: moment, into: &directives)
        }
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
        case .awaitDurability(let awaited):
            durability.wait(group, awaited, until: lastRecord, at: moment.monotonic)
        case .send(let letter, let member):
            tell(
                member.node, .consensus,
                PeerSection(kind: .consensus, group: group, body: letter))
        case .wantPart(let bytes, let member):
            pace.wait(SnapshotPace.Ticket(group: group, member: member, bytes: bytes))
        case .sendPart(let part, let member): sendBulk(.snapshot, part, of: group, to: member)
        case .sendPartResult(let result, let member):
            sendBulk(.snapshotResult, result, of: group, to: member)
        case .reply(let requester, let reply):
            answer(requester, reply, of: group, at: moment)
        case .encode(let purpose, let snapshot):
            guard let replica = replicas.raft(of: group)?.identity.replica else { return }
            startWork(
                .encode(snapshot), for: .snapshot(group, replica, purpose), into: &directives)
        case .save(let material): save(material, into: &directives)
        case .observe(let observation):
            directives.append(.observe(.raft(group, observation)))
            note(observation, of: group, at: moment, into: &directives)
        case .observeSnapshotFailure(let member, let failure):
            directives.append(.observe(.snapshotRefused(group, from: member.node, failure)))
        }
    }

    private mutating func sendBulk(
        _ kind: PeerSection.Kind, _ content: some ByteCodable, of group: ReplicaGroupID,
        to member: RaftMember
    ) {
        guard let own = replicas.raft(of: group)?.identity.replica else { return }
        let letter = ReplicaLetter(from: own, to: member.replica, content: content)
        tell(member.node, .bulk, PeerSection(kind: kind, group: group, body: letter.encoded()))
    }

    /// Leadership that came or went: routes, streams and the outbox follow it.
    private mutating func note(
        _ observation: RaftObservation, of group: ReplicaGroupID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        switch observation {
        case .becameLeader:
            router.leaderChanged(
                of: group, to: plan.node, at: moment.monotonic, into: &routerDirectives)
            if plan.membershipGroup?.id == group { takeOutboxOver(at: moment) }
            keeper.moved(group, at: moment.monotonic)
        case .becameFollower(let leader, _, _):
            publishers.update(group) { $0.unsubscribeAll() }
            if plan.membershipGroup?.id == group { leaveOutbox(at: moment) }
            router.leaderChanged(
                of: group, to: leader, at: moment.monotonic, into: &routerDirectives)
            endChanges(of: group, under: leader)
        case .configurationChanged: membersDidChange(of: group)
        case .configurationCommitted(let configuration, _):
            configurationDidCommit(configuration, of: group)
        case .removedFromGroup: departed.append(group)
        case .transferEnded(let node, let succeeded):
            transferDidEnd(of: group, to: node, succeeded: succeeded)
            if !succeeded, stopping != nil {
                handOver(group, at: moment, into: &directives)
            }
        case .becamePreCandidate, .becameCandidate, .truncated, .nonsense, .transferBegan,
            .founded:
            break
        }
    }

    private mutating func takeEffects(of group: ReplicaGroupID, at moment: Moment) {
        if group == GroupNumbers.coordination { return followCoordination(at: moment) }
        let told = replicas.takeMessageEffects(of: group)
        if !told.isEmpty { publishers.update(group) { $0.record(told) } }
        for applied in replicas.takeMembershipEffects(of: group) {
            carryOut(applied.effect, at: moment)
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
        if CoordinationDesk.isProposal(requester.request) {
            return proposalEnded(requester, reply, at: moment)
        }
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
        case .received, .receivedPart, .receivedPartResult, .partAllowed, .timeAdvanced,
            .turnEnded, .peerUnreachable, .peerRefused, .bulkLinkLost, .snapshotWanted:
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
