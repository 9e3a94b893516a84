import ClusterNode
import LogStorage
import Placement
import Raft
import Toolbox
import Vocabulary
import VirtualWorld

/// By which configuration a group has committed so far.
struct CommittedMembers: Sendable {
    let commit: LogIndex
    let configuration: RaftConfiguration
}

/// What is looked at while the cluster runs.
extension SimulatedCluster {
    /// After a turn of a node: what it changed in its replicas.
    mutating func observe(_ node: Int) {
        guard nodes[node].isUp else { return }
        let clock = nodes[node].clock.monotonic(at: now)
        coordination.observe(
            &nodes[node].process[0], on: node, at: now, clock, into: &violations)
        ring.observe(nodes[node].process[0], on: node, into: &violations)
        let isFirst = raft.observe(&nodes[node].process[0], on: node, into: &violations)
        guard isFirst else { return }
        hasNewCommits = true
        noteConfigurations(node)
    }

    /// Everything that is too dear to be looked at after each turn.
    mutating func sweep() {
        for node in nodes.indices {
            guard let instance = nodes[node].process.first else { continue }
            instance.forEachReplica { $0.checkInvariants() }
            coordination.sweep(instance, on: node, into: &violations)
            for group in instance.groups {
                raft.note(
                    digest: instance.digest(of: group), of: group, at: instance.applied(of: group),
                    on: node, into: &violations)
            }
        }
        if hasNewCommits {
            hasNewCommits = false
            checkPlatters()
        }
    }

    /// What was committed must be on the platters of a majority: not in their memory, nor in their
    /// kernels'.
    private mutating func checkPlatters() {
        let recovered = nodes.indices.map { node in
            // A damaged disk counts as holding what it held, also after its node has said so: it is
            // one of the failures that a quorum was made for.
            nodes[node].hasForgotten || nodes[node].damage != nil ? nil : recoverPlatters(of: node)
        }
        for (group, commit) in raft.commits where commit > .zero {
            guard let configuration = configurations[group]?.configuration else { continue }
            let sets = [configuration.voters, configuration.outgoing].filter { !$0.isEmpty }
            // Each end of a joint phase decides alone before it is committed itself.
            let isHeld = sets.contains { voters in
                let copies = voters.count { member in
                    guard let groups = recovered[Int(member.node.rawValue) - 1] else {
                        return true
                    }
                    return holds(groups[group] ?? RecoveredGroup(), group, commit)
                }
                return copies > voters.count / 2
            }
            if !isHeld {
                violations.append(
                    Violation(
                        "CommittedIsDurable",
                        "\(group) is committed to \(commit), and no majority of \(configuration)"
                            + " has it on its platters"))
            }
        }
    }

    /// The node is the first to call something committed: its configuration is the one that counts.
    private mutating func noteConfigurations(_ node: Int) {
        var seen: [(ReplicaGroupID, CommittedMembers)] = []
        nodes[node].process.first?.forEachReplica { replica in
            guard !replica.configuration.isEmpty else { return }
            seen.append(
                (
                    replica.group,
                    CommittedMembers(
                        commit: replica.commitIndex, configuration: replica.configuration)
                ))
        }
        for (group, members) in seen
        where members.commit > configurations[group]?.commit ?? .zero {
            configurations[group] = members
        }
    }

    private func recoverPlatters(of node: Int) -> SortedMap<ReplicaGroupID, RecoveredGroup>? {
        let plan = plans[node]
        let identity = LogIdentity(
            cluster: LogIdentity.hash(ofClusterName: plan.cluster), node: plan.node,
            incarnation: Incarnation(1))
        do throws(LogStorageFailure) {
            return try WriteAheadLog.recover(
                from: StoredFiles(nodes[node].disk.platters), identity: identity,
                settings: plan.settings.log, random: SeededRandom(seed: 0)
            ).groups
        } catch {
            return nil
        }
    }

    private func holds(
        _ recovered: RecoveredGroup, _ group: ReplicaGroupID, _ commit: LogIndex
    ) -> Bool {
        if let snapshot = recovered.snapshot, snapshot.index >= commit { return true }
        guard let entry = recovered.entries.first(where: { $0.index == commit }) else {
            return false
        }
        guard let prefix = raft.prefix(group, commit, entry.term) else { return false }
        return raft.committedLog(of: group)?.holds(prefix, at: commit) ?? false
    }

    /// The nodes that lead a group.
    var leaders: [Int] {
        nodes.indices.filter { node in
            var isLeader = false
            nodes[node].process.first?.forEachReplica { if $0.role == .leader { isLeader = true } }
            return isLeader
        }
    }

    /// All nodes that may run do, are registered and serve, no others are; all follow one ring, in
    /// which nobody else owns an arc; all copies that are members of
    /// a group have applied the same entries, and all of them.
    var hasConverged: Bool {
        var applied = SortedMap<ReplicaMember, LogIndex>()
        let registrable = nodes.filter { $0.status != .refused }.map {
            NodeID(UInt16($0.index + 1))
        }
        for node in nodes where node.status != .refused {
            guard node.status == .running else { return false }
            guard let process = node.process.first, process.isRegistered,
                process.registeredNodes == registrable
            else { return false }
            guard !process.isFenced, process.ring.epoch == nodes[0].process.first?.ring.epoch,
                process.ring.nodes.allSatisfy(registrable.contains)
            else { return false }
            process.forEachReplica {
                let member = ReplicaMember(group: $0.group, member: $0.identity.member)
                applied[member] = $0.appliedIndex
            }
        }
        for group in plans[0].groups.map(\.id) {
            guard let configuration = configurations[group]?.configuration,
                !configuration.isJoint
            else {
                return false
            }
            let indexes = configuration.members
                .filter { nodes[Int($0.node.rawValue) - 1].status != .refused }
                .map { applied[ReplicaMember(group: group, member: $0)] }
            if indexes.contains(where: { $0 == nil || $0 != indexes[0] }) { return false }
        }
        return true
    }

    private struct ReplicaMember: Hashable, Comparable {
        let group: ReplicaGroupID
        let member: RaftMember

        static func < (left: ReplicaMember, right: ReplicaMember) -> Bool {
            (left.group, left.member) < (right.group, right.member)
        }
    }

    /// For people: what keeps the cluster from rest.
    var unfinished: String {
        nodes.map { node in
            var text = " n\(node.index + 1) \(node.status)"
            if let process = node.process.first {
                text += process.isRegistered ? "" : " not registered"
                text += " \(process.registeredNodes ?? [])"
            }
            node.process.first?.forEachReplica {
                text +=
                    " \($0.group) \($0.role)@\($0.term) \($0.appliedIndex)/\($0.commitIndex)"
                    + "/\($0.lastIndex)"
            }
            return text
        }.joined(separator: ";")
    }

    mutating func sendFromClient(_ bytes: Bytes, _ endpoint: Endpoint) {
        network.send(bytes, from: endpoint, at: now, into: &events, deliveries: &deliveries)
        passOn()
    }
}
