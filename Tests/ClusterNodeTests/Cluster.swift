import ClusterNode
import Gateway
import LogStorage
import PeerWire
import Placement
import Raft
import ReplicatedState
import Testing
import Toolbox
import Vocabulary

/// Nodes on one thread with a network, disks and workers that take no time.
///
/// Time passes only in `pass` and `run`, from deadline to deadline. Connections, files and lives of
/// processes end when a test says so.
struct Cluster {
    struct Node {
        var plan: NodePlan
        /// Nil while the process is down.
        var instance: NodeInstance?
        var inbox: [NodeEvent] = []
        var files: SortedMap<FileName, Bytes> = SortedMap()
        /// Milliseconds that this node's wall clock is ahead.
        var wallOffset: Int64 = 0
        /// No peer can be reached, and no peer reaches it.
        var isCutOff = false
        /// What its disk has not done yet; nil while the disk is quick.
        var unfinished: [StorageToken]?
        var observations: [Observation] = []
        var halt: String?
        var isFinished = false
        var lives: UInt64 = 0
    }

    /// One end of a connection between nodes.
    struct End: Hashable {
        var node: Int
        var connection: ConnectionID
    }

    var nodes: [Node]
    var now: Int64 = 1_000_000_000
    var peers: [End: End] = [:]
    /// Consensus of these groups does not pass between nodes.
    var heldGroups: Set<ReplicaGroupID> = []
    /// Sections between nodes, of the kinds that a test wants to count.
    var watched: Set<PeerSection.Kind> = []
    var seen: [PeerSection] = []
    /// What clients were sent and have not read.
    var sent: [ConnectionID: Bytes] = [:]
    var closed: Set<ConnectionID> = []
    var lastConnection: UInt64 = 1

    static let wallStart: Int64 = 1_700_000_000_000

    // MARK: Starting

    init(
        _ count: Int = 3, shards: Int = 2, replicas: Int? = nil,
        _ change: (inout NodeSettings) -> Void = { _ in }
    ) throws(NodeStartFailure) {
        nodes = Self.plans(count, shards: shards, replicas: replicas, change)
            .map { Node(plan: $0) }
        for node in nodes.indices { try start(node) }
    }

    /// - Parameter replicas: the first so many nodes found all groups; all nodes if nil.
    static func plans(
        _ count: Int, shards: Int, replicas: Int? = nil,
        _ change: (inout NodeSettings) -> Void = { _ in }
    ) -> [NodePlan] {
        var settings = NodeSettings()
        settings.log.segmentBytes = 64 << 10
        settings.log.batchBytesMaximum = 32 << 10
        settings.gateway.messagesPerSecond = 0
        change(&settings)
        let ids = (1...count).map { NodeID(UInt16($0)) }
        let founders = Array(ids.prefix(replicas ?? count))
        let messages = (0..<shards).map { number in
            let shard = ShardID(UInt16(number))
            return GroupPlan(
                id: GroupNumbers.messages(of: shard), kind: .messages, shard: shard,
                voters: founders, preferredLeader: founders[number % founders.count])
        }
        let coordination = GroupPlan(
            id: GroupNumbers.coordination, kind: .coordination, shard: nil, voters: founders)
        let membership = GroupPlan(
            id: GroupNumbers.membership, kind: .membership, shard: nil,
            voters: founders)
        return ids.map { id in
            NodePlan(
                cluster: "tests", node: id,
                nodes: ids.map { NodeDescription(id: $0, clientURL: "http://node\($0)") },
                groups: [coordination, membership] + messages,
                ring: Ring.balanced(over: ids, epoch: RingEpoch(1)),
                partitions: PartitionMap.balanced(shardsCount: shards),
                secrets: NodeSecrets(
                    cluster: "the secret between the nodes", tokens: "the key that signs tokens",
                    admin: "operators-token"),
                pages: [], settings: settings)
        }
    }

    mutating func start(_ node: Int) throws(NodeStartFailure) {
        nodes[node].lives += 1
        var directives: [NodeDirective] = []
        nodes[node].instance = try NodeInstance.start(
            nodes[node].plan, files: StoredFiles(nodes[node].files),
            incarnation: Incarnation(nodes[node].lives), seed: UInt64(node) + nodes[node].lives,
            at: moment(node), into: &directives)
        perform(directives, of: node)
    }

    /// The process ends between two turns; its disk keeps what it was told.
    mutating func kill(_ node: Int) {
        nodes[node].instance = nil
        nodes[node].inbox = []
        breakLinks(of: node)
    }

    mutating func cutOff(_ node: Int) {
        nodes[node].isCutOff = true
        breakLinks(of: node)
    }

    private mutating func breakLinks(of node: Int) {
        let ends = peers.keys.filter { $0.node == node }
            .sorted { $0.connection < $1.connection }
        for end in ends { close(end, tellsBoth: true) }
    }

    // MARK: Turns and time

    func moment(_ node: Int) -> Moment {
        Moment(
            monotonic: Instant(nanoseconds: now),
            wall: WallTime(
                milliseconds: Self.wallStart + now / 1_000_000 + nodes[node].wallOffset))
    }

    mutating func tell(_ node: Int, _ event: NodeEvent) {
        guard nodes[node].instance != nil else { return }
        nodes[node].inbox.append(event)
    }

    /// Turns until nobody has anything to do without time passing.
    mutating func settle() {
        var isBusy = true
        while isBusy {
            isBusy = false
            for node in nodes.indices where isDue(node) {
                turn(node)
                isBusy = true
            }
            // What is due at once again and again would hold time still.
            now += 1_000
        }
    }

    private func isDue(_ node: Int) -> Bool {
        guard let instance = nodes[node].instance, !nodes[node].isFinished else { return false }
        if !nodes[node].inbox.isEmpty { return true }
        guard let deadline = instance.nextDeadline else { return false }
        return deadline.nanoseconds <= now
    }

    mutating func turn(_ node: Int) {
        let moment = moment(node)
        let events = nodes[node].inbox
        nodes[node].inbox = []
        var directives: [NodeDirective] = []
        for event in events {
            nodes[node].instance?.handle(event, at: moment, into: &directives)
        }
        if let deadline = nodes[node].instance?.nextDeadline, deadline <= moment.monotonic {
            nodes[node].instance?.timeDidAdvance(to: moment, into: &directives)
        }
        nodes[node].instance?.endTurn(at: moment, into: &directives)
        perform(directives, of: node)
    }

    mutating func pass(_ duration: Duration) { _ = run(atMost: duration) { _ in false } }

    /// Lets time pass until `condition` holds; false if it does not within `limit`.
    mutating func run(
        atMost limit: Duration = .seconds(15), until condition: (inout Cluster) -> Bool
    ) -> Bool {
        let end = now + limit.nanoseconds
        while true {
            settle()
            if condition(&self) { return true }
            let next = nodes.compactMap { node in
                node.isFinished ? nil : node.instance?.nextDeadline?.nanoseconds
            }.min()
            guard let next, next <= end else {
                now = max(now, end)
                return false
            }
            now = max(next, now + 10_000)
        }
    }

    // MARK: Looking

    func leader(of group: ReplicaGroupID) -> Int? {
        nodes.indices.filter {
            nodes[$0].instance?.consensus(of: group)?.role == .leader && !nodes[$0].isCutOff
        }.max { term(of: group, at: $0) < term(of: group, at: $1) }
    }

    /// A node that does not lead the group.
    func follower(of group: ReplicaGroupID) throws -> Int {
        let leader = try #require(self.leader(of: group))
        return (leader + 1) % nodes.count
    }

    private func term(of group: ReplicaGroupID, at node: Int) -> Term {
        nodes[node].instance?.consensus(of: group)?.term ?? .zero
    }

    var groups: [GroupPlan] { nodes[0].plan.groups }

    /// Waits until every group has a leader and every node that is connected serves.
    mutating func waitForLeaders() -> Bool {
        run { cluster in
            cluster.groups.allSatisfy { cluster.leader(of: $0.id) != nil }
                && cluster.nodes.indices.allSatisfy {
                    cluster.nodes[$0].isCutOff || cluster.serves($0)
                }
        }
    }

    /// Whether the node runs and is not fenced.
    func serves(_ node: Int) -> Bool { nodes[node].instance?.isFenced != true }

    /// All replicas that run have applied the same entries.
    var hasConverged: Bool {
        groups.allSatisfy { group in
            let running = nodes.compactMap(\.instance)
            return Set(running.map { $0.appliedIndex(of: group.id) }).count == 1
        }
    }

    func digests(of group: ReplicaGroupID) -> [UInt64] {
        nodes.compactMap { $0.instance?.stateDigest(of: group) }
    }
}
