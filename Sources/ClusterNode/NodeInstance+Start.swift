public import LogStorage
public import Toolbox
public import Vocabulary
import Credentials
import Gateway
import Membership
import Messages
import Peering
import Raft
import ReplicatedState
import Replication
import Routing

/// Why a node must not start.
public enum NodeStartFailure: Error, Hashable, Sendable {
    case log(LogStorageFailure)
    /// Copies of groups on this disk may have forgotten what they promised.
    case damaged([LogDamage])
    /// The log names a snapshot whose file is not there.
    case missingSnapshot(FileName)
    /// A snapshot's bytes are whole and yet no state of this version.
    case snapshot(FileName, DecodeFailure)
    case settings(String)
}

extension NodeInstance {
    /// The node as its data directory left it.
    ///
    /// What must reach the disk before it takes part is among `directives`.
    ///
    /// - Parameters:
    ///   - files: the bytes of every file of the data directory whose name is a `FileName`.
    ///   - incarnation: a number that is hoped to be new.
    ///   - seed: chance, for this life.
    public static func start(
        _ plan: NodePlan, files stored: StoredFiles, incarnation: Incarnation, seed: UInt64,
        at moment: Moment, into directives: inout [NodeDirective]
    ) throws(NodeStartFailure) -> NodeInstance {
        let files = stored.contents
        let recovery: Recovery
        let identity = LogIdentity(
            cluster: LogIdentity.hash(ofClusterName: plan.cluster), node: plan.node,
            incarnation: incarnation)
        do throws(LogStorageFailure) {
            recovery = try WriteAheadLog.recover(
                from: stored, identity: identity, settings: plan.settings.log,
                random: SeededRandom(seed: seed).stream(4))
        } catch {
            throw .log(error)
        }
        for (file, failure) in stored.unreadable {
            directives.append(.observe(.unreadable(file, failure)))
        }
        // Until a copy can take part under another id than it did before.
        guard recovery.damage.isEmpty else { throw .damaged(recovery.damage) }
        var node = NodeInstance(
            plan, log: recovery.log, startToken: recovery.token, random: SeededRandom(seed: seed),
            at: moment)
        try node.restoreReplicas(recovery, files, seed: seed, at: moment)
        directives.append(.observe(.started(plan.node, recovery.log.incarnation)))
        if let tail = recovery.tornTail {
            directives.append(.observe(.tornTailCut(tail.segment, offset: tail.offset)))
        }
        for (group, recovered) in recovery.groups {
            directives.append(.observe(.recovered(group, recovered)))
        }
        directives.append(.storage(.log, recovery.directives))
        node.leftovers = SnapshotFile.leftovers(among: files.keys, groups: recovery.groups)
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .leftoversRemovedTooEarly {
                node.removeLeftovers(into: &directives)
            }
        #endif
        return node
    }

    private init(
        _ plan: NodePlan, log: WriteAheadLog, startToken: StorageToken, random: SeededRandom,
        at moment: Moment
    ) {
        self.plan = plan
        self.log = log
        self.startToken = startToken
        lastRecord = startToken
        let now = moment.monotonic
        peering = PeeringInstance(
            identity: PeeringIdentity(
                cluster: LogIdentity.hash(ofClusterName: plan.cluster), node: plan.node,
                incarnation: log.incarnation, secret: plan.secrets.cluster),
            peers: plan.nodes.map(\.id), settings: plan.settings.peering,
            random: random.stream(1), at: now)
        var voters: SortedMap<ReplicaGroupID, [NodeID]> = SortedMap()
        for group in plan.groups { voters[group.id] = group.voters }
        router = RouterInstance(own: plan.node, groups: voters, settings: plan.settings.router)
        var urls: SortedMap<NodeID, String> = SortedMap()
        for node in plan.nodes { urls[node.id] = node.clientURL }
        gateway = GatewayInstance(
            node: plan.node, ring: plan.ring, urls: urls,
            tokens: TokenSigner(key: plan.secrets.tokens, keyID: 1),
            settings: plan.settings.gateway, page: plan.pages, random: random.stream(2))
        marks = MarkCollector(interval: plan.settings.markInterval)
        admin = AdminDesk(token: plan.secrets.admin)
        self.random = random.stream(3)
        // Somewhere no earlier life of this node began: a peer may still answer that one's
        // requests.
        lastRequest = self.random.next() >> 2
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .requestNumbersStartOver { lastRequest = 0 }
        #endif
        for group in plan.messageGroups {
            subscriptions[group.id] = DeliverySubscription(
                silenceMaximum: plan.settings.delivery.silenceMaximum, at: now)
        }
    }

    private mutating func restoreReplicas(
        _ recovery: Recovery, _ files: SortedMap<FileName, Bytes>, seed: UInt64, at moment: Moment
    ) throws(NodeStartFailure) {
        for group in plan.groups where group.voters.contains(plan.node) {
            let recovered = recovery.groups[group.id] ?? RecoveredGroup()
            if recovered.replica == .none { createReplica(of: group.id, seed: seed) }
            let body = try snapshotBody(recovered.snapshot, files)
            snapshotFiles[group.id] = recovered.snapshot?.file
            let replica = ReplicaRecovery(
                raft: RaftRecovery(
                    hardState: HardState(term: recovered.term, vote: recovered.vote),
                    snapshot: recovered.snapshot.map {
                        SnapshotPosition(index: $0.index, term: $0.term)
                    },
                    configuration: RaftConfiguration(
                        voters: group.voters.map(ReplicaInstance<MessageMachine>.member)),
                    entries: recovered.entries),
                snapshotBody: body)
            do throws(DecodeFailure) {
                try addReplica(group, replica, seed: seed, at: moment)
            } catch {
                guard let file = recovered.snapshot?.file else {
                    unreachable("a replica without a snapshot has nothing to decode: \(error)")
                }
                throw .snapshot(file, error)
            }
        }
    }

    /// The group has no log here: one begins, under an id that no copy had before.
    private mutating func createReplica(of group: ReplicaGroupID, seed: UInt64) {
        var random = SeededRandom(seed: seed).stream(1 << 40 + UInt64(group.rawValue))
        log.append(.replicaCreated(group, ReplicaID(max(1, random.next()))))
    }

    private func snapshotBody(
        _ reference: SnapshotReference?, _ files: SortedMap<FileName, Bytes>
    ) throws(NodeStartFailure) -> Bytes? {
        guard let reference else { return nil }
        guard let bytes = files[reference.file] else { throw .missingSnapshot(reference.file) }
        do throws(LogStorageFailure) {
            let file = try SnapshotFile.decode(
                bytes, file: reference.file,
                cluster: LogIdentity.hash(ofClusterName: plan.cluster))
            var writer = ByteWriter(reserving: file.bodyBytes)
            for piece in file.body { writer.writeRaw(piece) }
            return writer.take()
        } catch {
            throw .log(error)
        }
    }

    private mutating func addReplica(
        _ group: GroupPlan, _ recovery: ReplicaRecovery, seed: UInt64, at moment: Moment
    ) throws(DecodeFailure) {
        let identity = RaftIdentity(
            group: group.id, member: ReplicaInstance<MessageMachine>.member(on: plan.node))
        let random = SeededRandom(seed: seed).stream(1_000 + UInt64(group.id.rawValue))
        switch group.kind {
        case .membership:
            replicas.add(
                try ReplicaInstance<MembershipMachine>(
                    identity: identity, founders: group.voters, limits: plan.settings.limits,
                    recovery: recovery, settings: plan.settings.replica, random: random,
                    at: moment.monotonic))
        case .messages:
            let replica = try ReplicaInstance<MessageMachine>(
                identity: identity, founders: group.voters, limits: plan.settings.limits,
                recovery: recovery, settings: plan.settings.replica, random: random,
                at: moment.monotonic)
            publishers[group.id] = DeliveryPublisher(
                settings: plan.settings.delivery, applied: replica.applied)
            replicas.add(replica)
        }
        plantFaults()
    }
}

extension Observation {
    static func recovered(_ group: ReplicaGroupID, _ recovered: RecoveredGroup) -> Observation {
        .recovered(
            group, term: recovered.term, snapshot: recovered.snapshot?.index,
            last: recovered.entries.last?.index ?? recovered.snapshot?.index ?? .zero)
    }
}
