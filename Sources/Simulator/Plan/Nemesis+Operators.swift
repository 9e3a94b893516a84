import AdminWire
import ClusterNode
import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// What operators order through the admin port, while everything else goes wrong.
extension Nemesis {
    mutating func order(_ action: GroupChange.Action, _ cluster: inout SimulatedCluster) {
        // Members of which one was just lost are left alone: nobody may have noticed yet.
        guard cluster.now >= cluster.membersRestUntil || action == .transfer else { return }
        let group = random.choice(of: cluster.plans[0].groups).id
        let node = random.below(cluster.nodes.count)
        let leader = cluster.nodes.indices.first { cluster.leads($0, group) } ?? node
        let change = GroupChange(action, cluster.plans[node].node)
        cluster.transcript.note(cluster.now, "n\(leader + 1) is asked for \(group) \(change)")
        cluster.order(.changeGroup(group, change), at: leader)
    }
}

extension SimulatedCluster {
    func leads(_ node: Int, _ group: ReplicaGroupID) -> Bool {
        var isLeader = false
        nodes[node].process.first?.forEachReplica {
            if $0.group == group, $0.role == .leader { isLeader = true }
        }
        return isLeader
    }

    /// An operator's request, on a connection of its own. Nobody waits for the answer.
    mutating func order(_ request: AdminRequest, at node: Int) {
        guard nodes[node].isUp else { return }
        operatorsCount += 1
        let connection = ConnectionID(rawValue: 1 << 62 + operatorsCount)
        let body = request.body
        var writer = ByteWriter()
        writer.writeRaw(
            Bytes(
                "\(request.method.rawValue) \(request.target) HTTP/1.1\r\nHost: simulated\r\n"
                    + "Authorization: Bearer \(ClusterBlueprint.adminToken)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
                    + "Connection: close\r\n\r\n"))
        writer.writeRaw(body)
        tell(node, .clientConnected(connection, .admin))
        tell(node, .clientReceived(connection, writer.take()))
    }

    /// The disk is another, empty one.
    mutating func wipe(_ node: Int) {
        end(node, by: .kill)
        guard nodes[node].status == .down else { return }
        transcript.note(now, "n\(node + 1) has an empty disk")
        transcript.mix(0x317E, UInt64(node))
        nodes[node].disk = VirtualDisk()
        nodes[node].damage = nil
        lose(node)
    }

    /// What was on the disk of `node` is gone, in part or all of it.
    mutating func lose(_ node: Int) {
        nodes[node].hasForgotten = true
        raft.forget(node: node)
        membersRestUntil = max(membersRestUntil, now.advanced(by: 4 * Nanoseconds.second))
    }

    /// Whether every group could do without what is on `node`'s disk: no other node's was lost, and
    /// the other voters are enough. So a recovery is always possible, and may be asked for.
    func canLose(_ node: Int) -> Bool {
        guard nodes.count >= 3,
            nodes.allSatisfy({
                $0.index == node || $0.isUp && $0.damage == nil && !$0.hasForgotten
            })
        else { return false }
        let own = plans[node].node
        // A group that is being founded has nobody yet who could take the place of its founder.
        let commits = raft.commits
        var isEnough = plans[node].groups.allSatisfy { commits[$0.id] ?? .zero > .zero }
        for other in nodes {
            other.process.first?.forEachReplica { replica in
                let configuration = replica.configuration
                for voters in [configuration.voters, configuration.outgoing] {
                    let others = voters.count { $0.node != own }
                    if !voters.isEmpty, others <= voters.count / 2 { isEnough = false }
                }
            }
        }
        return isEnough
    }
}
