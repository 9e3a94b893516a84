import PeerWire
import Raft
import Replication
import Routing
import Toolbox
import Vocabulary

/// Which node leads what: the preferred one takes its groups, a node that stops or whose clock is
/// off hands its own over.
extension NodeInstance {
    /// Entries that a node may lack and still be given a leadership.
    private static var claimLagMaximum: Int { 1_024 }

    mutating func keepLeaderships(at moment: Moment, into directives: inout [NodeDirective]) {
        let now = moment.monotonic
        guard isReady, stopping == nil, keeper.isDue(at: now) else { return }
        if clocks.isOff(from: plan.nodes.map(\.id), own: plan.node, at: moment) {
            for group in replicas.groups where replicas.isLeader(of: group) {
                guard keeper.mayMove(group, at: now) else { continue }
                handOver(group, at: moment, into: &directives)
            }
            return
        }
        spreadCoordination(at: moment)
        publishServers(at: moment)
        carryOutAssignments(at: moment, into: &directives)
        for group in plan.groups where preferredLeader(of: group.id) == plan.node {
            claim(group.id, at: moment)
        }
    }

    /// Asks the leader for a group that this node should lead, once it could.
    private mutating func claim(_ group: ReplicaGroupID, at moment: Moment) {
        guard let raft = replicas.raft(of: group), raft.role == .follower,
            let leader = raft.leader, leader != plan.node,
            raft.configuration.isVoter(raft.identity.member), !raft.configuration.isJoint,
            raft.commitIndex == replicas.applied(of: group), !isDiskSlow(at: moment.monotonic),
            keeper.claims(group, at: moment.monotonic)
        else { return }
        tell(leader, .consensus, PeerSection(kind: .claim, group: group, body: Bytes()))
    }

    /// A write has been under way for longer than a leader's should.
    private func isDiskSlow(at now: Instant) -> Bool {
        guard let since = durability.oldestWait else { return false }
        return now - since > plan.settings.replica.raft.diskStallTimeout / 4
    }

    /// Another node would like to lead a group that this one leads.
    mutating func receiveClaim(
        of group: ReplicaGroupID, from node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) {
        guard stopping == nil, replicas.isLeader(of: group),
            preferredLeader(of: group) == node,
            keeper.mayMove(group, at: moment.monotonic), let raft = replicas.raft(of: group),
            let follower = raft.followers.first(where: { $0.node == node && $0.isVoter }),
            follower.mode == .replicate,
            follower.match.distance(to: raft.lastIndex) <= Self.claimLagMaximum
        else { return }
        _ = transfer(group, to: node, at: moment, into: &directives)
    }

    @discardableResult
    mutating func transfer(
        _ group: ReplicaGroupID, to node: NodeID, at moment: Moment,
        into directives: inout [NodeDirective]
    ) -> TransferOutcome {
        let outcome = replicas.transferLeadership(
            of: group, to: node, at: moment.monotonic, into: &replicaDirectives)
        if outcome == .begun { keeper.moved(group, at: moment.monotonic) }
        carryOutReplicas(of: group, at: moment, into: &directives)
        return outcome
    }

    /// Gives a group to the voter that has most of its log; false if nobody can take it.
    @discardableResult
    mutating func handOver(
        _ group: ReplicaGroupID, at moment: Moment, into directives: inout [NodeDirective]
    ) -> Bool {
        guard let raft = replicas.raft(of: group), raft.role == .leader else { return false }
        let preferred = preferredLeader(of: group)
        let rivals = raft.followers.filter(\.isVoter).sorted { left, right in
            (left.match, left.node == preferred ? 1 : 0)
                > (right.match, right.node == preferred ? 1 : 0)
        }
        for rival in rivals {
            if transfer(group, to: rival.node, at: moment, into: &directives) == .begun {
                return true
            }
        }
        return false
    }

    // MARK: For nodes without a copy

    /// Voters are told by their leader; others have to ask.
    mutating func askWhoLeads(_ group: ReplicaGroupID) {
        guard !replicas.has(group) else { return }
        for node in voterNodes[group] ?? [] where node != plan.node {
            tell(node, .consensus, PeerSection(kind: .whoLeads, group: group, body: Bytes()))
        }
    }

    mutating func tellLeader(of group: ReplicaGroupID, to node: NodeID) {
        guard let leader = replicas.leader(of: group) ?? router.leader(of: group),
            leader != node
        else { return }
        var writer = ByteWriter(reserving: 2)
        writer.write(leader.rawValue)
        tell(node, .consensus, PeerSection(kind: .leads, group: group, body: writer.take()))
    }

    /// A hint: whoever it names says if it is wrong.
    mutating func hearLeader(of group: ReplicaGroupID, _ leader: NodeID, at moment: Moment) {
        guard !replicas.has(group), leader != plan.node,
            plan.nodes.contains(where: { $0.id == leader }), router.leader(of: group) == nil
        else { return }
        router.leaderChanged(
            of: group, to: leader, at: moment.monotonic, into: &routerDirectives)
    }

    // MARK: Before a stop

    /// Longer than a transfer may take.
    var handOverPatience: Duration { plan.settings.replica.raft.electionTimeoutMinimum * 2 }

    /// Begins to hand everything over; true if there is something to wait for.
    mutating func handEverythingOver(
        at moment: Moment, into directives: inout [NodeDirective]
    ) -> Bool {
        var waits = false
        for group in replicas.groups where replicas.isLeader(of: group) {
            if handOver(group, at: moment, into: &directives) { waits = true }
        }
        return waits
    }

    var leadsSomethingToHandOver: Bool {
        replicas.groups.contains { group in
            guard let raft = replicas.raft(of: group), raft.role == .leader else { return false }
            return raft.followers.contains(where: \.isVoter)
        }
    }
}
