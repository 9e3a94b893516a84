public import Toolbox
public import Vocabulary

/// Where does this request go: to the leader of its group, found by hints and by trying.
///
/// Each request is answered exactly once. A request that a leader has refused goes to the next one;
/// one whose fate nobody knows is repeated only if that is harmless.
public struct RouterInstance: Sendable {
    let own: NodeID
    let nodes: [NodeID]
    let settings: RouterSettings
    var routes: SortedMap<ReplicaGroupID, GroupRoute> = SortedMap()
    /// Group of each request that waits.
    var groups: [RequestID: ReplicaGroupID] = [:]

    /// - Parameters:
    ///   - nodes: all of the cluster, who may know where a group has gone.
    ///   - groups: the voters of each, as far as known.
    public init(
        own: NodeID, nodes: [NodeID] = [], groups: SortedMap<ReplicaGroupID, [NodeID]>,
        settings: RouterSettings
    ) {
        self.own = own
        self.nodes = nodes
        self.settings = settings
        for (group, voters) in groups { routes[group] = GroupRoute(voters: voters) }
    }

    /// Others vote in the group now.
    public mutating func votersChanged(of group: ReplicaGroupID, to voters: [NodeID]) {
        routes.update(group) { $0.voters = voters }
    }

    public var waitingCount: Int { groups.count }

    /// The leader of `group` as far as this node knows.
    public func leader(of group: ReplicaGroupID) -> NodeID? { routes[group]?.leader }

    public var nextDeadline: Instant? { routes.values.compactMap(\.nextDeadline).min() }

    /// Takes a request on; its `.answer` follows within `requestTimeout`.
    ///
    /// - Precondition: request ids rise, and the group is one of the cluster's.
    public mutating func submit(
        _ request: RoutedRequest, _ repetition: Repetition, at now: Instant,
        into directives: inout [RouterDirective]
    ) {
        let accepted: Bool? = routes.update(request.group) { route in
            guard route.waiting.count < settings.waitingRequestsMaximum else { return false }
            route.waiting[request.request] = GroupRoute.Waiting(
                kind: request.kind, payload: request.payload, repetition: repetition,
                deadline: now + settings.requestTimeout, state: .queued)
            return true
        }
        invariant(accepted != nil, "a request for \(request.group), which this cluster lacks")
        guard accepted == true else {
            directives.append(.answer(request.request, .overloaded))
            return
        }
        groups[request.request] = request.group
        sendQueued(of: request.group, at: now, into: &directives)
    }

    /// What became of a request at `node`.
    public mutating func received(
        _ reply: RoutedReply, for request: RequestID, from node: NodeID, at now: Instant,
        into directives: inout [RouterDirective]
    ) {
        guard let group = groups[request] else { return }
        if case .done(let bytes) = reply {
            finish(request, of: group, .done(bytes), into: &directives)
            settleStream(of: group, at: now, into: &directives)
            return
        }
        guard let route = routes[group], let waiting = route.waiting[request],
            case .sent(route.stream) = waiting.state, route.destination == node
        else { return }
        routes.update(group) { $0.isBroken = true }
        if reply == .unknown && waiting.repetition == .harmful {
            finish(request, of: group, .unknown, into: &directives)
        } else {
            requeue(request, of: group, after: reply, from: node)
        }
        settleStream(of: group, at: now, into: &directives)
    }

    private mutating func requeue(
        _ request: RequestID, of group: ReplicaGroupID, after reply: RoutedReply, from node: NodeID
    ) {
        routes.update(group) { route in
            route.waiting.update(request) {
                $0.state = .queued
                if reply == .unknown { $0.mayHaveHappened = true }
            }
            route.unansweredCount -= 1
            if case .notLeader(let leader) = reply {
                route.leader = leader == node ? nil : leader
            }
        }
    }

    /// Somebody says who leads `group`; nil if nobody does.
    public mutating func leaderChanged(
        of group: ReplicaGroupID, to leader: NodeID?, at now: Instant,
        into directives: inout [RouterDirective]
    ) {
        routes.update(group) { route in
            guard route.leader != leader else { return }
            route.leader = leader
            route.failures = 0
            route.retryAt = leader == nil ? route.retryAt : now
        }
        guard let leader, let route = routes[group] else { return }
        if let destination = route.destination, destination != leader, route.unansweredCount > 0 {
            abandonStream(of: group, at: now, into: &directives)
        }
        sendQueued(of: group, at: now, into: &directives)
    }

    /// The connection to `node` broke, or its process is gone: what was sent there is in doubt.
    public mutating func lost(
        _ node: NodeID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        for group in routes.keys {
            guard let route = routes[group], route.destination == node else { continue }
            routes.update(group) { $0.leader = $0.leader == node ? nil : $0.leader }
            abandonStream(of: group, at: now, into: &directives)
        }
    }

    public mutating func timeDidAdvance(
        to now: Instant, into directives: inout [RouterDirective]
    ) {
        for group in routes.keys {
            guard let deadline = routes[group]?.nextDeadline, deadline <= now else { continue }
            expire(group, at: now, into: &directives)
            sendQueued(of: group, at: now, into: &directives)
        }
    }
}
