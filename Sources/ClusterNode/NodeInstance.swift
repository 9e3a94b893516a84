import LogStorage
import Toolbox
public import Vocabulary
import AdminWire
import Controller
import CoordinationService
import Gateway
import Membership
import Messages
import PeerWire
import Peering
public import Placement
import Raft
import ReplicatedState
import Replication
import Routing

/// A whole node as one value: events in, directives out.
///
/// Time and chance are arguments. The services on the floor below know nothing of each other; here,
/// and only here, the words of one are translated into those of another. Their directives are
/// collected while an event is handled and carried out before the call returns; what goes to disk
/// and to peers is collected over the whole turn and leaves in `endTurn`: at most one write, one
/// sync, and one frame per peer and channel.
public struct NodeInstance: Sendable {
    let plan: NodePlan
    /// The newest that this node knows; the plan's until another one comes. Changed by `follow`.
    public internal(set) var ring: Ring
    /// What its subscriptions ask for, by this ring.
    var served: ServedArcs
    var log: WriteAheadLog
    var replicas = ReplicaTable()
    var peering: PeeringInstance
    var router: RouterInstance
    var intake = RequestIntake()
    var gateway: GatewayInstance
    var publishers: SortedMap<ReplicaGroupID, DeliveryPublisher> = SortedMap()
    var subscriptions: SortedMap<ReplicaGroupID, DeliverySubscription> = SortedMap()
    var courier = OutboxCourier()
    var marks: MarkCollector
    var coordination: CoordinationDesk?
    var controller: ControllerDesk?
    var tables: ClusterTables
    var assignments = AssignmentDesk()
    /// Whether this node serves nobody, since it may have been taken for lost.
    public internal(set) var isFenced = false
    var clocks = PeerClocks()
    var admin: AdminDesk
    var adminAnswers: [(ConnectionID, AdminAnswer)] = []
    /// Set by the shell whenever operators may ask.
    public var vitals = NodeVitals()
    var random: SeededRandom

    // What the services said while an event is being handled.
    var peeringDirectives: [PeeringDirective] = []
    var replicaDirectives: [ReplicaDirective] = []
    var routerDirectives: [RouterDirective] = []
    var gatewayDirectives: [GatewayDirective] = []
    var peeringHandover = Handover<PeeringDirective>()
    var replicaHandover = Handover<ReplicaDirective>()
    var routerHandover = Handover<RouterDirective>()
    var gatewayHandover = Handover<GatewayDirective>()

    var observations: [Observation] = []

    // What leaves at the end of the turn.
    var outgoing: SortedMap<PeerRoute, [PeerSection]> = SortedMap()

    // Who holds and who leads what.
    var voterNodes: SortedMap<ReplicaGroupID, [NodeID]> = SortedMap()
    /// Groups that had a copy here, which was removed.
    var removedGroups: Set<ReplicaGroupID> = []
    /// Groups whose copy here is to go once the present step is over.
    var departed: [ReplicaGroupID] = []
    var keeper: LeadershipKeeper
    var changes = GroupChangeDesk()
    var inquiries = CoordinationInquiries()
    var drops = SectionDrops()

    // Who waits for what.
    var afterRecords: [(token: StorageToken, action: AfterRecord)] = []
    var errands = Errands()
    var durability = DurabilityQueue()
    var works: SortedMap<WorkID, WorkPurpose> = SortedMap()
    var lastRequest: UInt64
    var lastWork: UInt64 = 0
    var lastSnapshotToken: UInt64 = 0
    /// Snapshots whose files are being made, with the copies that they are of.
    var saving: SortedMap<StorageToken, (material: SnapshotMaterial, replica: ReplicaID)> =
        SortedMap()
    /// Of snapshots that leave, all groups together.
    var pace: SnapshotPace
    /// The file that the log names for each group.
    var snapshotFiles: SortedMap<ReplicaGroupID, FileName> = SortedMap()
    /// The batch that the newest record belongs to.
    var lastRecord: StorageToken
    /// Whether all message groups stream to this node.
    var isCovered = false

    /// The first log lane work of this life is done: the node may take part.
    var isReady = false
    var startToken: StorageToken
    /// Files of snapshots that the recovered log does not name.
    var leftovers: [FileName] = []
    var stopping: Stopping?

    struct Stopping: Sendable {
        var deadline: Instant
        /// Until then it waits for others to take its groups over.
        var handOverDeadline: Instant
        /// Until then it waits for the end of its session; nil until it has begun to end it.
        var leaveDeadline: Instant?
        var isDone = false
    }

    struct PeerRoute: Hashable, Comparable, Sendable {
        var node: NodeID
        var channel: PeerChannel

        static func < (left: PeerRoute, right: PeerRoute) -> Bool {
            (left.node, left.channel.rawValue) < (right.node, right.channel.rawValue)
        }
    }

    enum WorkPurpose: Sendable {
        case gateway(RequestID)
        case snapshot(ReplicaGroupID, ReplicaID, SnapshotPurpose)
    }

    // MARK: Entry points

    public mutating func handle(
        _ event: NodeEvent, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        plantFaults()
        keepFence(at: moment)
        switch event {
        case .storageFailed(let reason):
            #if PLANTED_FAULTS
                if plan.settings.plantedFault == .failedSyncIgnored { return }
            #endif
            directives.append(.halt("the disk failed: \(reason)"))
            return
        case .storageCompleted(let token):
            storageCompleted(token, at: moment, into: &directives)
        case .workCompleted(let work, let result):
            workCompleted(work, result, at: moment, into: &directives)
        case .shutdownRequested: beginStop(at: moment, into: &directives)
        case .clientConnected, .coordinationClientConnected, .clientReceived, .clientBacklog,
            .clientClosed:
            handleClient(event, at: moment, into: &directives)
        case .peerAccepted, .peerDialled, .peerDialFailed, .peerReceived, .peerBacklog, .peerClosed:
            handlePeer(event, at: moment)
        }
        settle(at: moment, into: &directives)
    }

    /// Time alone: what every service was waiting for.
    public mutating func timeDidAdvance(
        to moment: Moment, into directives: inout [NodeDirective]
    ) {
        let now = moment.monotonic
        keepFence(at: moment)
        peering.timeDidAdvance(to: now, into: &peeringDirectives)
        for group in replicas.groups {
            drive(group, .timeAdvanced, at: moment, into: &directives)
        }
        router.timeDidAdvance(to: now, into: &routerDirectives)
        gateway.timeDidAdvance(to: moment, into: &gatewayDirectives)
        coordinationTimeDidAdvance(at: moment)
        proposeMarks(at: moment)
        retryOutbox(at: moment)
        let nodes = plan.nodes.map(\.id)
        if let ahead = clocks.deviation(from: nodes, own: plan.node, at: moment) {
            directives.append(.observe(.clockOff(milliseconds: ahead)))
        }
        keepLeaderships(at: moment, into: &directives)
        expireChanges(at: now)
        expireInquiries(at: now)
        renewSubscriptions(at: moment)
        leaveIfDue(at: moment)
        settle(at: moment, into: &directives)
        endStopIfDue(at: now, into: &directives)
    }

    /// The turn is over: everything it collected goes out.
    public mutating func endTurn(at moment: Moment, into directives: inout [NodeDirective]) {
        keepFence(at: moment)
        leaveIfDue(at: moment)
        askCoordinationBarrier(at: moment)
        settle(at: moment, into: &directives)
        for group in replicas.groups where replicas.hasQueued(in: group) {
            drive(
                group, .turnEnded(clock: clock(of: group, at: moment)), at: moment,
                into: &directives)
        }
        settle(at: moment, into: &directives)
        endCoordinationTurn(at: moment, into: &directives)
        sendSnapshotParts(at: moment, into: &directives)
        stream(at: moment)
        settle(at: moment, into: &directives)
        sendOutgoing(at: moment, into: &directives)
        flushLog(into: &directives)
        maintainLog(at: moment, into: &directives)
        settle(at: moment, into: &directives)
        gateway.endTurn(into: &gatewayDirectives)
        settle(at: moment, into: &directives)
        endStopIfDue(at: moment.monotonic, into: &directives)
    }

    /// The earliest moment at which time alone would change something.
    public var nextDeadline: Instant? {
        var earliest: Instant?
        func consider(_ deadline: Instant?) {
            guard let deadline else { return }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        consider(peering.nextDeadline)
        consider(isReady ? replicas.nextDeadline : nil)
        consider(pace.nextDeadline)
        consider(router.nextDeadline)
        consider(gateway.nextDeadline)
        // Without a copy of the tree there is nothing to do at any time.
        if isReady, replicas.coordination != nil {
            consider(coordination?.service.nextDeadline)
            consider(coordination?.registrar.nextDeadline)
            consider(controller?.instance.nextDeadline)
        }
        consider(fenceDeadline)
        consider(marks.nextDeadline)
        consider(courier.nextDeadline)
        for subscription in subscriptions.values { consider(subscription.nextDeadline) }
        for publisher in publishers.values { consider(publisher.nextDeadline) }
        consider(isReady && stopping == nil ? keeper.nextCheck : nil)
        consider(changes.nextDeadline)
        consider(inquiries.nextDeadline)
        consider(nextStopDeadline)
        return earliest
    }

    // MARK: Helpers

    /// Carries out what the services said until none has anything more to say.
    mutating func settle(at moment: Moment, into directives: inout [NodeDirective]) {
        while true {
            if !peeringDirectives.isEmpty {
                carryOutPeering(at: moment, into: &directives)
            } else if !routerDirectives.isEmpty {
                carryOutRouter(at: moment, into: &directives)
            } else if !gatewayDirectives.isEmpty {
                carryOutGateway(at: moment, into: &directives)
            } else if coordination?.hasSaid == true {
                carryOutCoordination(at: moment, into: &directives)
            } else {
                break
            }
        }
        sendAdminAnswers(into: &directives)
        for observation in observations { directives.append(.observe(observation)) }
        observations.removeAll(keepingCapacity: true)
    }

    mutating func nextRequest() -> RequestID {
        lastRequest += 1
        return RequestID(lastRequest)
    }

    mutating func startWork(
        _ request: WorkRequest, for purpose: WorkPurpose, into directives: inout [NodeDirective]
    ) {
        lastWork += 1
        let work = WorkID(rawValue: lastWork)
        works[work] = purpose
        directives.append(.work(work, request))
    }

    private mutating func workCompleted(
        _ work: WorkID, _ result: WorkResult, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        guard let purpose = works.removeValue(forKey: work) else { return }
        switch (purpose, result) {
        case (.gateway(let request), let result):
            gateway.workDone(
                request, GatewayWorkResult(result), at: moment, into: &gatewayDirectives)
        case (.snapshot(let group, let replica, let purpose), .encoded(let bytes)):
            // The copy may be gone meanwhile, and another one here.
            guard replicas.raft(of: group)?.identity.replica == replica else { return }
            drive(group, .snapshotEncoded(bytes, purpose), at: moment, into: &directives)
        case (.snapshot(let group, _, _), .failed), (.snapshot(let group, _, _), .hashed),
            (.snapshot(let group, _, _), .verified):
            directives.append(.halt("\(group): a snapshot could not be encoded"))
        }
    }

    private func clock(of group: ReplicaGroupID, at moment: Moment) -> WallTime {
        clocks.clock(for: voterNodes[group] ?? [], own: plan.node, at: moment)
    }
}

extension GatewayWorkResult {
    init(_ result: WorkResult) {
        switch result {
        case .hashed(let bytes): self = .hashed(bytes)
        case .verified(let isRight): self = .verified(isRight)
        case .encoded, .failed: self = .failed
        }
    }
}
