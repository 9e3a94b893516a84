import Routing
import AdminWire
import LogStorage
import Gateway
import Messages
import Peering
import Placement
public import Raft
import Replication
public import Toolbox
public import Vocabulary

/// What a node knows of itself.
extension NodeInstance {
    var state: NodeStatus.State {
        if stopping != nil { return .stopping }
        let hasLeaders = plan.groups.allSatisfy {
            (replicas.leader(of: $0.id) ?? router.leader(of: $0.id)) != nil
                || !replicas.has($0.id)
        }
        return isReady && hasLeaders && !isFenced ? .ready : .starting
    }

    func status(at moment: Moment) -> NodeStatus {
        let url = plan.nodes.first { $0.id == plan.node }?.clientURL ?? ""
        var status = NodeStatus(
            node: plan.node, pid: vitals.pid, url: url, state: state,
            incarnation: log.incarnation)
        status.uptimeSeconds = (moment.monotonic - vitals.startedAt).seconds
        status.cpuSeconds = vitals.cpu.seconds
        status.rssBytes = vitals.residentBytes
        status.connections = UInt64(gateway.counters.connections)
        status.dropped = droppedCounts.filter { $0.count > 0 }
        status.longestTurnMicroseconds = UInt64(max(0, vitals.longestTurn.nanoseconds / 1_000))
        return status
    }

    /// What peers, and strangers at the peers' door, sent in vain, by reason.
    private var droppedCounts: [DroppedCount] {
        PeerDrop.allCases.map { DroppedCount(reason: $0.rawValue, count: peering.dropped[$0]) } + [
            DroppedCount(reason: "unknown_group", count: drops.unknownGroup),
            DroppedCount(reason: "other_copy", count: drops.otherCopy),
            DroppedCount(reason: "malformed_section", count: drops.malformed),
        ]
    }

    func groups(digests: Bool, at now: Instant) -> [GroupStatus] {
        plan.groups.compactMap { group in
            guard let raft = replicas.raft(of: group.id) else { return nil }
            var status = GroupStatus(
                group: group.id, kind: GroupStatus.Kind(group.kind),
                node: plan.node, role: GroupStatus.Role(raft.role), leader: raft.leader,
                term: raft.term)
            status.commit = raft.commitIndex
            status.applied = replicas.applied(of: group.id)
            status.first = raft.firstIndex
            status.last = raft.lastIndex
            status.describe(
                raft, preferred: preferredLeader(of: group.id) ?? group.preferredLeader, at: now)
            if digests { status.digest = replicas.digest(of: group.id) }
            return status
        }
    }

    var shards: [ShardStatus] {
        plan.messageGroups.compactMap { group in
            guard let shard = group.shard, replicas.has(group.id) else { return nil }
            var status = ShardStatus(
                shard: shard, group: group.id, replicas: voterNodes[group.id] ?? group.voters,
                leader: replicas.leader(of: group.id),
                partitions: UInt64(tables.partitions.partitions(of: shard).count))
            if let bytes = replicas.answer(MessageQuery.counts.encoded(), of: group.id),
                case .page(.counts(let chats, let entries, let remembered)) = GatewayAnswer(
                    .done(bytes), .messageAnswer)
            {
                status.chats = chats
                status.entries = entries
                status.remembered = remembered
            }
            return status
        }
    }

    func metrics(at moment: Moment) -> Bytes {
        var text = MetricsText()
        let status = status(at: moment)
        text.single(
            "rookery_cpu_seconds_total", .counter, help: "Processor time of all threads.",
            status.cpuSeconds)
        text.single(
            "rookery_resident_bytes", .gauge, help: "Resident memory.", Double(status.rssBytes))
        text.single(
            "rookery_connections", .gauge, help: "Client sockets.", Double(status.connections))
        text.single(
            "rookery_longest_turn_seconds", .gauge, help: "Longest turn of the node's thread.",
            Double(status.longestTurnMicroseconds) / 1e6)
        text.single(
            "rookery_log_segments", .gauge, help: "Segments of the write-ahead log.",
            Double(log.segmentsCount))
        text.single(
            "rookery_requests_waiting", .gauge, help: "Requests on their way to leaders.",
            Double(router.waitingCount))
        text.family(
            "rookery_dropped_total", .counter,
            help: "Messages of peers that were not taken, by reason.")
        for dropped in droppedCounts {
            text.sample(
                "rookery_dropped_total", labels: [("reason", dropped.reason)],
                Double(dropped.count))
        }
        for (name, help, value) in [
            ("rookery_group_term", "Term of the group.", \GroupStatus.term.rawValue),
            ("rookery_group_commit", "Commit index.", \GroupStatus.commit.rawValue),
            ("rookery_group_applied", "Applied index.", \GroupStatus.applied.rawValue),
        ] {
            text.family(name, .gauge, help: help)
            for group in groups(digests: false, at: moment.monotonic) {
                text.sample(
                    name, labels: [("group", group.group.digits)], Double(group[keyPath: value]))
            }
        }
        return text.take()
    }

    // MARK: For the simulator

    /// The groups with a replica here.
    public var replicaGroups: [ReplicaGroupID] { replicas.groups }
    /// The consensus of one of them.
    public func consensus(of group: ReplicaGroupID) -> RaftInstance? { replicas.raft(of: group) }
    /// The last log index that its machine has seen.
    public func appliedIndex(of group: ReplicaGroupID) -> LogIndex { replicas.applied(of: group) }
    /// A hash over its machine's whole state. Slow.
    public func stateDigest(of group: ReplicaGroupID) -> UInt64 { replicas.digest(of: group) }
    /// Its machine's answer as of now, here.
    public func localAnswer(to query: Bytes, in group: ReplicaGroupID) -> Bytes? {
        replicas.answer(query, of: group)
    }
}

extension GroupStatus {
    /// Who has a share in the group, as this copy sees it.
    fileprivate mutating func describe(
        _ raft: RaftInstance, preferred: NodeID, at now: Instant
    ) {
        let configuration = raft.configuration
        if !configuration.isEmpty, !configuration.isVoter(raft.identity.member) { role = .learner }
        replica = raft.identity.replica
        isJoint = configuration.isJoint
        holdsLease = raft.leaseReadIndex(at: now) != nil
        self.preferred = preferred
        waitsFor = raft.awaitedFounders
        let followers = raft.followers
        members = configuration.members.map { member in
            GroupMember(
                node: member.node, replica: member.replica,
                standing: GroupMember.Standing(of: member, in: configuration),
                match: followers.first { $0.member == member }?.match)
        }
    }
}

extension GroupMember.Standing {
    fileprivate init(of member: RaftMember, in configuration: RaftConfiguration) {
        let stays = configuration.voters.contains(member)
        let leaves = configuration.outgoing.contains(member)
        self =
            switch (stays, leaves) {
            case (true, true): .voter
            case (true, false): configuration.isJoint ? .incoming : .voter
            case (false, true): .outgoing
            case (false, false): .learner
            }
    }
}

extension GroupStatus.Role {
    init(_ role: RaftRole) {
        switch role {
        case .leader: self = .leader
        case .follower: self = .follower
        case .candidate, .preCandidate: self = .candidate
        }
    }
}

extension Duration {
    var seconds: Double { Double(nanoseconds) / 1e9 }
}

extension GroupStatus.Kind {
    init(_ kind: GroupPlan.Kind) {
        switch kind {
        case .coordination: self = .coordination
        case .membership: self = .membership
        case .messages: self = .messages
        }
    }
}
