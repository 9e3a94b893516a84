import AdminWire
import Controller
import Coordination
import Gateway
import Membership
import Placement
import Raft
import Replication
import Routing
import Toolbox
import Vocabulary
import ZooKeeperWire

/// What operators are told of the cluster's tables: what this node has read of them last, at once
/// and without asking anybody, also while the node is cut off. It says then that it is fenced.
extension NodeInstance {
    func ringStatus(runs: Bool) -> RingStatus {
        let shares = tables.ring.shares
        let registrations = registrations
        let planned = plan.nodes.map(\.id)
        let ids = Set(shares.keys + planned + (registrations?.keys ?? [])).sorted()
        var status = RingStatus(
            node: plan.node, isFenced: isFenced, epoch: tables.ring.epoch,
            nodes: ids.map { id in
                describe(id, arcs: shares[id] ?? 0, among: registrations)
            }, undecodable: tables.undecodable)
        if runs {
            status.runs = tables.ring.runs.map { run in
                RingRun(
                    first: ArcID(run.arcs.lowerBound), count: UInt16(run.arcs.count),
                    owner: run.owner)
            }
        }
        return status
    }

    private func describe(
        _ id: NodeID, arcs: Int, among registrations: SortedMap<NodeID, NodeRegistration>?
    ) -> RingNodeStatus {
        let planned = plan.nodes.first { $0.id == id }
        var status = RingNodeStatus(
            node: id, arcs: UInt16(clamping: arcs), host: planned?.host ?? "",
            zone: planned?.zone ?? "", url: planned?.clientURL ?? "")
        guard let registrations else { return status }
        status.isRegistered = false
        guard let registered = registrations[id] else { return status }
        status.isRegistered = true
        status.weight = registered.has(.gateway) ? registered.weight : 0
        status.host = registered.host
        status.zone = registered.zone
        status.url = registered.clientURL
        status.isDraining = registered.isDraining
        return status
    }

    func ringOwner(of user: UserID) -> RingOwnerStatus {
        let arc = Ring.arc(of: user)
        let owner = tables.ring.owner(of: arc)
        let url =
            registration(of: owner)?.clientURL
            ?? plan.nodes.first { $0.id == owner }?.clientURL ?? ""
        return RingOwnerStatus(
            user: user, arc: arc, owner: owner, url: url, epoch: tables.ring.epoch,
            node: plan.node, isFenced: isFenced)
    }

    /// The same of a user who was looked up by name.
    func ringOwner(_ answer: GatewayAnswer) -> AdminAnswer {
        guard case .found(.account(let account)) = answer else {
            return AdminAnswer(failing: answer)
        }
        return AdminAnswer(status: 200, body: ringOwner(of: account.user).encoded())
    }

    var placementStatus: PlacementStatus {
        PlacementStatus(
            node: plan.node, isFenced: isFenced, partitionsEpoch: tables.partitions.epoch,
            groups: plan.groups.map(placement), undecodable: tables.undecodable)
    }

    private func placement(of group: GroupPlan) -> GroupPlacement {
        GroupPlacement(
            group: group.id, kind: GroupStatus.Kind(group.kind), shard: group.shard,
            partitions: group.shard.map { UInt64(tables.partitions.partitions(of: $0).count) } ?? 0,
            assignment: tables.assignments[group.id].map { assignment in
                GroupPlacement.Assignment(
                    epoch: assignment.epoch, voters: assignment.voters,
                    preferred: assignment.preferredLeader)
            },
            voters: votersInForce(of: group),
            leader: replicas.leader(of: group.id) ?? router.leader(of: group.id))
    }

    private func votersInForce(of group: GroupPlan) -> [NodeID] {
        if let raft = replicas.raft(of: group.id), !raft.configuration.isEmpty {
            return raft.configuration.voters.map(\.node).sorted()
        }
        return tables.voters[group.id] ?? voterNodes[group.id] ?? group.voters
    }

    // MARK: Who is there

    /// By this node's copy of the tree; nil if it has none. Who does not decode is left out.
    private var registrations: SortedMap<NodeID, NodeRegistration>? {
        guard let machine = replicas.coordination?.machine else { return nil }
        var found = SortedMap<NodeID, NodeRegistration>()
        do throws(ZooKeeperError) {
            let names = try machine.children(at: RookeryPaths.nodes, for: [Self.ownIdentity]).names
            for name in names {
                guard let node = name.text.flatMap({ NodeID(digits: $0) }) else { continue }
                found[node] = registration(of: node)
            }
        } catch {
            // Nobody has registered yet.
        }
        return found
    }

    private func registration(of node: NodeID) -> NodeRegistration? {
        guard let machine = replicas.coordination?.machine else { return nil }
        let path = RookeryPaths.node(node)
        do throws(ZooKeeperError) {
            guard let data = try machine.data(at: path, for: [Self.ownIdentity]).data else {
                return nil
            }
            do throws(DecodeFailure) {
                return try NodeRegistration(decoding: data)
            } catch {
                return nil
            }
        } catch {
            return nil
        }
    }
}
