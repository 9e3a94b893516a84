import ClusterNode
import LogStorage
import Raft
import Toolbox
import Vocabulary
import VirtualWorld

/// What is looked at while the cluster runs.
extension SimulatedCluster {
    /// After a turn of a node: what it changed in its replicas.
    mutating func observe(_ node: Int) {
        guard nodes[node].isUp else { return }
        let isFirst = raft.observe(&nodes[node].process[0], on: node, into: &violations)
        if isFirst { hasNewCommits = true }
    }

    /// Everything that is too dear to be looked at after each turn.
    mutating func sweep() {
        for node in nodes.indices {
            guard let instance = nodes[node].process.first else { continue }
            instance.forEachReplica { $0.checkInvariants() }
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
        var copies = SortedMap<ReplicaGroupID, Int>()
        let commits = raft.commits
        for node in nodes.indices {
            // A damaged disk counts as holding what it held, also after its node has said so: it is
            // one of the failures that a quorum was made for.
            guard !nodes[node].hasForgotten, nodes[node].damage == nil,
                let groups = recoverPlatters(of: node)
            else {
                for group in plans[node].groups where group.voters.contains(plans[node].node) {
                    copies[group.id, default: 0] += 1
                }
                continue
            }
            for (group, commit) in commits {
                let recovered = groups[group] ?? RecoveredGroup()
                if holds(recovered, group, commit) { copies[group, default: 0] += 1 }
            }
        }
        for (group, commit) in commits {
            guard let plan = plans[0].groups.first(where: { $0.id == group }) else { continue }
            let quorum = plan.voters.count / 2 + 1
            let found = copies[group] ?? 0
            if commit > .zero, found < quorum {
                violations.append(
                    Violation(
                        "CommittedIsDurable",
                        "\(group) is committed to \(commit), and \(found) platters have it"))
            }
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

    /// All nodes that may run do, and all replicas of a group have applied the same entries.
    var hasConverged: Bool {
        var applied = SortedMap<ReplicaGroupID, LogIndex>()
        for node in nodes where node.status != .refused {
            guard node.status == .running, let instance = node.process.first else { return false }
            for group in instance.groups {
                let index = instance.applied(of: group)
                if let other = applied[group], other != index { return false }
                applied[group] = index
            }
        }
        return true
    }

    /// Whether the group could do without what is on `node`'s disk: no other node's was lost, or what
    /// was is whole again. So a recovery is always possible, and may be asked for.
    func canLose(_ node: Int) -> Bool {
        nodes.allSatisfy { $0.damage == nil && (!$0.hasForgotten || $0.index == node) }
    }

    /// For people: what keeps the cluster from rest.
    var unfinished: String {
        nodes.map { node in
            var text = " n\(node.index + 1) \(node.status)"
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
