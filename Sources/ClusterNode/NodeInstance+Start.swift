public import LogStorage
public import Toolbox
public import Vocabulary
import CoordinationService
import Credentials
import Gateway
import Peering
import Placement
import Raft
import Replication
import Routing

/// Why a node must not start.
public enum NodeStartFailure: Error, Hashable, Sendable {
    case log(LogStorageFailure)
    /// What is damaged, or missing, was the only copy of a group.
    case damaged([LogDamage])
    /// A snapshot's bytes are whole and yet no state of this version, and it is the only copy.
    case snapshot(FileName, DecodeFailure)
    case settings(String)
}

extension NodeInstance {
    /// The node as its data directory left it.
    ///
    /// What must reach the disk before it takes part is among `directives`.
    ///
    /// - Parameters:
    ///   - incarnation: a number that is hoped to be new.
    ///   - seed: chance, for this life.
    public static func start(
        _ plan: NodePlan, files stored: StoredFiles, incarnation: Incarnation, seed: UInt64,
        at moment: Moment, into directives: inout [NodeDirective]
    ) throws(NodeStartFailure) -> NodeInstance {
        var recovery: Recovery
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
        var random = SeededRandom(seed: seed).stream(5)
        let images = recovery.readSnapshots(in: stored.contents, of: plan, random: &random)
        let lonely = plan.groups.filter { $0.founders == [plan.node] }.map(\.id)
        guard !recovery.damage.contains(where: { $0.affected.contains(where: lonely.contains) })
        else { throw .damaged(recovery.damage) }
        var node = NodeInstance(
            plan, log: recovery.log, startToken: recovery.token, random: SeededRandom(seed: seed),
            at: moment)
        try node.restoreReplicas(
            recovery, images, seed: seed, at: moment, into: &directives)
        directives.append(.observe(.started(plan.node, recovery.log.incarnation)))
        if let tail = recovery.tornTail {
            directives.append(.observe(.tornTailCut(tail.segment, offset: tail.offset)))
        }
        for (group, recovered) in recovery.groups {
            directives.append(.observe(.recovered(group, recovered)))
        }
        for damage in recovery.damage { directives.append(.observe(.damaged(damage))) }
        directives.append(.storage(.log, recovery.directives))
        // Copies that begin now speak when their ids stand in the log.
        node.startToken = max(node.startToken, node.lastRecord)
        node.leftovers = SnapshotFile.leftovers(
            among: stored.contents.keys, groups: recovery.groups)
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
        ring = plan.ring
        served = ServedArcs(
            epoch: plan.ring.epoch, arcs: ArcSet(of: plan.node, in: plan.ring))
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
        router = RouterInstance(
            own: plan.node, nodes: plan.nodes.map(\.id), groups: voters,
            settings: plan.settings.router)
        voterNodes = voters
        var urls: SortedMap<NodeID, String> = SortedMap()
        for node in plan.nodes { urls[node.id] = node.clientURL }
        tables = ClusterTables(ring: plan.ring, partitions: plan.partitions)
        gateway = GatewayInstance(
            node: plan.node, ring: plan.ring, urls: urls,
            tokens: TokenSigner(key: plan.secrets.tokens, keyID: 1),
            settings: plan.settings.gateway, page: plan.pages, random: random.stream(2))
        if plan.coordinationGroup != nil {
            var settings = plan.settings.coordination
            settings.superDigest = plan.secrets.coordinationSuper
            settings.users = plan.secrets.coordinationUsers
            coordination = CoordinationDesk(
                service: CoordinationServiceInstance(
                    node: plan.node, incarnation: log.incarnation, secret: plan.secrets.cluster,
                    settings: settings, at: moment),
                registrar: NodeRegistrar(
                    node: plan.node,
                    registration: Self.registration(of: plan, incarnation: log.incarnation),
                    at: now))
            controller = ControllerDesk(
                foundation: plan.foundation, settings: plan.settings.controller)
        }
        isFenced = coordination != nil
        pace = SnapshotPace(
            bytesPerSecondMaximum: plan.settings.replica.snapshotBytesPerSecondMaximum)
        keeper = LeadershipKeeper(at: now)
        marks = MarkCollector(interval: plan.settings.markInterval)
        admin = AdminDesk(token: plan.secrets.admin)
        self.random = random.stream(3)
        // Somewhere no earlier life of this node began: a peer may still answer that one's
        // requests.
        lastRequest = self.random.next() >> 2
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .requestNumbersStartOver { lastRequest = 0 }
        #endif
        gateway.setFenced(isFenced, at: moment, into: &gatewayDirectives)
        for group in plan.messageGroups {
            subscriptions[group.id] = DeliverySubscription(
                silenceMaximum: plan.settings.delivery.silenceMaximum, at: now)
        }
    }
}

extension Observation {
    static func recovered(_ group: ReplicaGroupID, _ recovered: RecoveredGroup) -> Observation {
        .recovered(
            group, term: recovered.term, snapshot: recovered.snapshot?.index,
            last: recovered.entries.last?.index ?? recovered.snapshot?.index ?? .zero)
    }
}
