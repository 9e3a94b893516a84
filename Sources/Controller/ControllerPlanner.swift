import Placement
import Toolbox
import Vocabulary
import ZooKeeperWire

/// From what is to what should be, one change at a time: looks, decides, remembers nothing.
struct ControllerPlanner: Sendable {
    let foundation: ControllerFoundation
    let settings: ControllerSettings

    // MARK: Founding

    /// What the tree lacks, parents first; nil when it has all that this change could give it.
    ///
    /// - Parameter epochSeen: the last of the ring that this controller knows of.
    func founding(_ picture: ClusterPicture, epochSeen: RingEpoch) -> ControllerChange? {
        var operations: [MultiOperation] = []
        for path in [RookeryPaths.root, RookeryPaths.nodes] {
            found(path, nil, picture, into: &operations)
        }
        found(
            RookeryPaths.ring, firstRing(picture, epochSeen).encoded(), picture, into: &operations)
        found(RookeryPaths.deltas, nil, picture, into: &operations)
        found(RookeryPaths.partitions, foundation.partitions.encoded(), picture, into: &operations)
        found(RookeryPaths.groups, nil, picture, into: &operations)
        for (id, assignment) in foundation.groups
        where operations.count < settings.creationsPerChangeMaximum {
            found(RookeryPaths.group(id), assignment.encoded(), picture, into: &operations)
        }
        guard !operations.isEmpty else { return nil }
        return ControllerChange(
            reason: .founding(znodesCount: operations.count), operations: operations)
    }

    private func found(
        _ path: ZnodePath, _ data: Bytes?, _ picture: ClusterPicture,
        into operations: inout [MultiOperation]
    ) {
        if let version = picture.version(of: path) {
            // Emptied by an operator, who wants it founded again.
            guard let data, picture.isVacant(path) else { return }
            operations.append(
                .setData(SetDataRequest(path: path, data: data, version: version)))
        } else {
            operations.append(
                .create(CreateRequest(path: path, data: data ?? Bytes(), mode: .persistent)))
        }
    }

    /// The configuration's, under an epoch that no ring of this cluster had.
    private func firstRing(_ picture: ClusterPicture, _ epochSeen: RingEpoch) -> Ring {
        let ring = foundation.ring
        let before = max(epochSeen, picture.deltas.last ?? epochSeen)
        guard before >= ring.epoch, before.rawValue < UInt64(Int64.max) else { return ring }
        return Ring(epoch: RingEpoch(before.rawValue + 1), owners: ring.owners)
    }

    // MARK: The ring

    /// The ring's next epoch and the delta that leads to it. Who is given arcs must be registered
    /// as it was when this was planned.
    func ring(
        _ picture: ClusterPicture, nodes: [RingNode], voluntaryArcsMaximum: Int
    ) -> ControllerChange? {
        guard let ring = picture.ring, ring.epoch.rawValue < UInt64(Int64.max),
            let version = picture.version(of: RookeryPaths.ring),
            let plan = RingPlan(
                from: ring, nodes: nodes, voluntaryArcsMaximum: voluntaryArcsMaximum)
        else { return nil }
        var operations: [MultiOperation] = []
        for id in plan.receivers {
            guard let member = picture.members[id] else { return nil }
            operations.append(
                .check(CheckRequest(path: RookeryPaths.node(id), version: member.version)))
        }
        operations.append(
            .setData(
                SetDataRequest(
                    path: RookeryPaths.ring, data: plan.next.encoded(), version: version)))
        operations += deltas(picture, RingDelta(from: ring, to: plan.next))
        return ControllerChange(
            reason: .ring(
                plan.next.epoch, forcedArcsCount: plan.forcedArcsCount,
                voluntaryArcsCount: plan.voluntaryArcsCount,
                remainingArcsCount: plan.remainingArcsCount),
            operations: operations)
    }

    private func deltas(_ picture: ClusterPicture, _ delta: RingDelta) -> [MultiOperation] {
        let path = RookeryPaths.delta(delta.epoch)
        var operations: [MultiOperation] = []
        // A delta that is longer than its ring helps nobody.
        if delta.encodedBytes < Ring.encodedBytesMaximum {
            operations.append(
                picture.version(of: path).map { version in
                    .setData(
                        SetDataRequest(path: path, data: delta.encoded(), version: version))
                } ?? .create(CreateRequest(path: path, data: delta.encoded(), mode: .persistent)))
        }
        let old = picture.deltas.filter { $0 != delta.epoch }
        for epoch in old.prefix(max(0, old.count + 1 - settings.deltasMaximum)) {
            operations.append(.delete(DeleteRequest(path: RookeryPaths.delta(epoch))))
        }
        return operations
    }

    // MARK: Groups

    /// A new home for one replica whose node has been away for long, or a better leader.
    func group(_ picture: ClusterPicture, _ watch: NodeWatch, at now: Instant) -> ControllerChange?
    {
        let moving = picture.groups.filter { id, assignment in
            picture.facts.votersInForce[id].map { $0.sorted() != assignment.voters } ?? false
        }.map(\.key)
        let settled = picture.groups.keys.filter { !moving.contains($0) }
        let moves = ReplicaMoves(groups: picture.groups, places: places(picture, watch))
        if moving.count < settings.groupsMovingMaximum,
            let change = substitution(picture, watch, (settled, moves), at: now)
        {
            return change
        }
        let unable = Set(
            picture.groups.values.map(\.preferredLeader).filter {
                watch.isAway($0, for: settings.leaderGrace, at: now)
            })
        let able = Set(picture.members.keys.filter { isUsable($0, picture, watch, at: now) })
        // Who only starts anew gives up what it leads by itself, and is back before this matters.
        let leaving = watch.draining(for: settings.leaderGrace, at: now)
        let better = moves.betterLeader(
            able: able, unable: unable.union(leaving), among: settled)
        return better.flatMap {
            change($0, .leader($0.group, $0.assignment.preferredLeader), in: picture)
        }
    }

    private func substitution(
        _ picture: ClusterPicture, _ watch: NodeWatch,
        _ work: (settled: [ReplicaGroupID], moves: ReplicaMoves), at now: Instant
    ) -> ControllerChange? {
        for group in work.settled {
            guard let assignment = picture.groups[group] else { continue }
            let lost = assignment.voters.filter {
                watch.isAway($0, for: settings.replicaGrace, at: now)
            }
            guard let first = lost.first, hasQuorum(assignment, watch) else { continue }
            let role: NodeRegistration.Role =
                group == GroupNumbers.coordination ? .coordination : .storage
            let candidates = picture.members.filter { id, member in
                member.registration?.has(role) == true && isUsable(id, picture, watch, at: now)
            }.map(\.key)
            guard
                let found = work.moves.substitution(of: first, in: group, among: candidates),
                let substitute = found.assignment.voters.first(where: {
                    !assignment.voters.contains($0)
                }),
                let change = change(
                    found, .replica(group, lost: first, substitute: substitute), in: picture,
                    given: substitute)
            else { continue }
            return change
        }
        return nil
    }

    /// Whether enough voters are there to agree on another voter.
    func hasQuorum(_ assignment: GroupAssignment, _ watch: NodeWatch) -> Bool {
        assignment.voters.count { watch.isPresent($0) } > assignment.voters.count / 2
    }

    /// Whether so many voters have been away for so long that this is worth telling.
    func hasLostQuorum(
        _ assignment: GroupAssignment, _ watch: NodeWatch, at now: Instant
    ) -> Bool {
        let lost = assignment.voters.count {
            watch.isAway($0, for: settings.crashGrace, at: now)
        }
        return assignment.voters.count - lost <= assignment.voters.count / 2
    }

    private func isUsable(
        _ id: NodeID, _ picture: ClusterPicture, _ watch: NodeWatch, at now: Instant
    ) -> Bool {
        picture.members[id]?.registration?.isDraining == false && watch.isSteady(id, at: now)
    }

    private func places(_ picture: ClusterPicture, _ watch: NodeWatch) -> [PlacementNode] {
        let named = picture.groups.values.flatMap(\.voters) + picture.members.keys
        return Set(named).sorted().compactMap { id in
            watch.registration(of: id).map {
                PlacementNode(id: id, host: $0.host, zone: $0.zone)
            }
        }
    }

    /// - Parameter given: who gets something and so must be registered as it is known here.
    private func change(
        _ change: ReplicaMoves.Change, _ reason: ControllerChange.Reason,
        in picture: ClusterPicture, given: NodeID? = nil
    ) -> ControllerChange? {
        let path = RookeryPaths.group(change.group)
        guard let version = picture.version(of: path) else { return nil }
        var operations: [MultiOperation] = []
        let checked = given ?? change.assignment.preferredLeader
        guard let member = picture.members[checked] else { return nil }
        operations.append(
            .check(CheckRequest(path: RookeryPaths.node(checked), version: member.version)))
        operations.append(
            .setData(
                SetDataRequest(
                    path: path, data: change.assignment.encoded(), version: version)))
        return ControllerChange(reason: reason, operations: operations)
    }
}
