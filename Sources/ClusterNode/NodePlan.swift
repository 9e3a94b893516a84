public import Controller
#if PLANTED_FAULTS
    public import Coordination
#endif
public import CoordinationService
public import Gateway
public import LogStorage
#if PLANTED_FAULTS
    public import Messages
#endif
public import Peering
public import Placement
#if PLANTED_FAULTS
    public import Raft
#endif
public import ReplicatedState
public import Replication
public import Routing
public import Toolbox
public import Vocabulary

/// All that a node must be told before it starts: who it is, who the others are, who owns what.
public struct NodePlan: Sendable {
    public var cluster: String
    public var node: NodeID
    /// All nodes of the cluster, this one too.
    public var nodes: [NodeDescription]
    public var groups: [GroupPlan]
    public var ring: Ring
    public var partitions: PartitionMap
    public var secrets: NodeSecrets
    public var pages: [StaticPage]
    public var settings: NodeSettings

    public init(
        cluster: String, node: NodeID, nodes: [NodeDescription], groups: [GroupPlan], ring: Ring,
        partitions: PartitionMap, secrets: NodeSecrets, pages: [StaticPage], settings: NodeSettings
    ) {
        self.cluster = cluster
        self.node = node
        self.nodes = nodes
        self.groups = groups
        self.ring = ring
        self.partitions = partitions
        self.secrets = secrets
        self.pages = pages
        self.settings = settings
    }

    /// Of this program, as its registration tells others.
    var version: String { "0.4" }

    /// What the tables say before anything has changed.
    var foundation: ControllerFoundation {
        var assignments: SortedMap<ReplicaGroupID, GroupAssignment> = SortedMap()
        for group in groups {
            assignments[group.id] = GroupAssignment(
                epoch: 1, voters: group.voters, preferredLeader: group.preferredLeader)
        }
        var registrations: SortedMap<NodeID, NodeRegistration> = SortedMap()
        for node in nodes {
            registrations[node.id] = NodeRegistration(
                node, version: version, incarnation: Incarnation(0))
        }
        return ControllerFoundation(
            ring: ring, partitions: partitions, groups: assignments, nodes: registrations)
    }

    var coordinationGroup: GroupPlan? { groups.first { $0.kind == .coordination } }
    var membershipGroup: GroupPlan? { groups.first { $0.kind == .membership } }
    var messageGroups: [GroupPlan] { groups.filter { $0.kind == .messages } }
}

public struct NodeDescription: Hashable, Sendable {
    public var id: NodeID
    /// Where its clients connect, such as `http://127.0.0.1:8081`.
    public var clientURL: String
    /// Where other nodes connect, such as `127.0.0.1:7081`; only told to others.
    public var peerAddress: String
    /// Where clients of the coordination service connect, if they may.
    public var coordinationAddress: String?
    /// What it shares a fate with.
    public var host: String
    public var zone: String
    public var roles: [NodeRegistration.Role]

    public init(
        id: NodeID, clientURL: String, peerAddress: String = "", coordinationAddress: String? = nil,
        host: String = "", zone: String = "",
        roles: [NodeRegistration.Role] = NodeRegistration.Role.allCases
    ) {
        self.roles = roles
        self.host = host
        self.zone = zone
        self.id = id
        self.clientURL = clientURL
        self.peerAddress = peerAddress
        self.coordinationAddress = coordinationAddress
    }
}

public struct GroupPlan: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case coordination, membership, messages }

    public var id: ReplicaGroupID
    public var kind: Kind
    /// Of message groups.
    public var shard: ShardID?
    /// Who votes from the start. Later the group's own log tells.
    public var voters: [NodeID]
    /// Who leads when all is well; one of `voters`.
    public var preferredLeader: NodeID

    /// - Parameter preferredLeader: the first voter if none is named.
    public init(
        id: ReplicaGroupID, kind: Kind, shard: ShardID?, voters: [NodeID],
        preferredLeader: NodeID? = nil
    ) {
        invariant(!voters.isEmpty, "\(id) has no voters")
        self.preferredLeader = preferredLeader ?? voters[0]
        self.id = id
        self.kind = kind
        self.shard = shard
        self.voters = voters
    }

    /// The voters, first the one that founds the group and so leads it first.
    public var founders: [NodeID] {
        [preferredLeader] + voters.filter { $0 != preferredLeader }
    }
}

public struct NodeSecrets: Sendable {
    /// Shared by all nodes: peers prove that they know it.
    public var cluster: Bytes
    /// Signs the tokens of users.
    public var tokens: Bytes
    /// What an operator's requests carry.
    public var admin: Bytes
    /// The `user:digest` of who may do everything in the coordination tree.
    public var coordinationSuper: Bytes?
    /// Who may log in to the coordination service by SASL.
    public var coordinationUsers: [CoordinationUser] = []

    public init(cluster: Bytes, tokens: Bytes, admin: Bytes) {
        self.cluster = cluster
        self.tokens = tokens
        self.admin = admin
    }
}

public struct NodeSettings: Sendable {
    public var replica = ReplicaSettings()
    public var log = LogStorageSettings()
    public var gateway = GatewaySettings()
    public var coordination = CoordinationServiceSettings()
    public var controller = ControllerSettings()
    public var peering = PeeringSettings()
    public var router = RouterSettings()
    public var delivery = DeliverySettings()
    public var limits = MachineLimits()
    /// Marks of all users of a node are proposed together so often.
    public var markInterval: Duration = .milliseconds(200)
    /// Bytes of one frame's sections, beyond which they go on in the next frame.
    public var frameBytesMaximum = 1 << 20
    /// Segments of the write-ahead log; groups that hold on to older ones make a snapshot.
    public var logSegmentsMaximum = 4
    /// How long a graceful stop waits for clients to leave; longer if the gateway's pace asks for
    /// it.
    public var drainTimeout: Duration = .seconds(2)
    #if PLANTED_FAULTS
        /// Faults to commit on purpose, for tests of the tests.
        public var plantedFault: PlantedNodeFault?
        public var plantedRaftFault: PlantedRaftFault?
        public var plantedMessageFault: PlantedMessageFault?
        public var plantedCoordinationFault: PlantedCoordinationFault?
        public var plantedServiceFault: PlantedServiceFault?
    #endif

    public init() {}
}

#if PLANTED_FAULTS
    public enum PlantedNodeFault: String, Hashable, Sendable, CaseIterable {
        /// A removal is answered as soon as it is decided.
        case removalAnsweredBeforeShard
        /// A new leader of the membership group does not take the outbox over.
        case outboxRecordDroppedOnLeaderChange
        /// Snapshots that the recovered log does not name go before that log is durable again.
        case leftoversRemovedTooEarly
        /// Requests are numbered from 1 in each life.
        case requestNumbersStartOver
        /// A replica takes part before its recovered log is durable again.
        case takesPartBeforeReady
        /// The snapshot before goes as soon as the next is saved, not once the log names that.
        case snapshotRemovedTooEarly
        /// A node that was cut off goes on serving.
        case fenceNeverUp
        /// A failed sync is taken for a finished one.
        case failedSyncIgnored
        /// A command of a coordination client is taken though an earlier one was refused.
        case refusedStreamGoesOn
        /// A coordination client's commands go on over a new link, as if the old had lost none.
        case brokenLinkGoesUnnoticed
        /// Reads of the coordination tree are served without asking what is committed.
        case readServedWithoutBarrier
        /// Coordination clients are not told that a snapshot has replaced the tree under them.
        case installationGoesUntold
    }
#endif
