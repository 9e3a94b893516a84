import Toolbox
import Vocabulary

extension RouterInstance {
    /// Sends what is queued, in order, if there is somebody to send it to.
    mutating func sendQueued(
        of group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        let own = own
        let nodes = nodes
        routes.update(group) { route in
            guard !route.isBroken,
                let destination = Self.destination(
                    of: route, from: own, among: nodes, at: now)
            else { return }
            if route.destination != destination {
                guard route.unansweredCount == 0 else { return }
                route.destination = destination
                route.stream += 1
            }
            let stream = route.stream
            var sentCount = 0
            route.waiting.sendQueued { request, waiting in
                sentCount += 1
                directives.append(
                    .dispatch(
                        RoutedRequest(
                            request: request, group: group, stream: stream,
                            kind: waiting.kind, payload: waiting.payload),
                        to: destination))
                return .sent(stream: stream)
            }
            route.unansweredCount += sentCount
            route.retryAt = nil
        }
    }

    /// The known leader; without one, a voter in turn, but not before the wait is over. When none
    /// of them knows, any of `nodes` may have heard where the group has gone.
    private static func destination(
        of route: GroupRoute, from own: NodeID, among nodes: [NodeID], at now: Instant
    ) -> NodeID? {
        if let retryAt = route.retryAt, now < retryAt { return nil }
        if let leader = route.leader { return leader }
        let isOwn = route.voters.contains(own)
        if isOwn, route.guesses.isMultiple(of: 2) { return own }
        let guess = isOwn ? route.guesses / 2 : route.guesses
        if guess < route.voters.count { return route.voters[guess] }
        let others = nodes.filter { !route.voters.contains($0) }
        let place = guess % (route.voters.count + others.count)
        return place < route.voters.count
            ? route.voters[place] : others[place - route.voters.count]
    }

    /// Once every request of a broken stream is accounted for, the next stream may start.
    mutating func settleStream(
        of group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        // Asked in place: a copy of the route would copy its requests at the next change.
        let isSettled = routes.update(group) { $0.isBroken && $0.unansweredCount == 0 }
        guard isSettled == true else { return }
        startOver(group, at: now, into: &directives)
    }

    /// The other side will say nothing more: what it may have taken is in doubt.
    mutating func abandonStream(
        of group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        for request in routes[group]?.waiting.requests ?? [] {
            guard let waiting = routes[group]?.waiting[request], case .sent = waiting.state else {
                continue
            }
            if waiting.repetition == .harmful, !sendsHarmfulAgain {
                finish(request, of: group, .unknown, into: &directives)
            } else {
                routes.update(group) { $0.waiting.requeue(request, mayHaveHappened: true) }
            }
        }
        routes.update(group) { $0.unansweredCount = 0 }
        startOver(group, at: now, into: &directives)
    }

    private var sendsHarmfulAgain: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .harmfulRequestSentAgain
        #else
            false
        #endif
    }

    private mutating func startOver(
        _ group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        routes.update(group) { route in
            route.isBroken = false
            route.stream += 1
            route.destination = nil
            if route.leader == nil {
                let wait = settings.retryInterval * (1 << min(route.failures, 4))
                route.retryAt = now + min(wait, settings.retryIntervalMaximum)
                route.failures += 1
                route.guesses += 1
            }
        }
        sendQueued(of: group, at: now, into: &directives)
    }

    mutating func finish(
        _ request: RequestID, of group: ReplicaGroupID, _ outcome: RouteOutcome,
        into directives: inout [RouterDirective]
    ) {
        groups.removeValue(forKey: request)
        routes.update(group) { route in
            guard let waiting = route.waiting.remove(request) else { return }
            if case .sent(route.stream) = waiting.state { route.unansweredCount -= 1 }
        }
        directives.append(.answer(request, outcome))
    }

    /// Answers what has waited too long. Requests wait in the order of their deadlines.
    mutating func expire(
        _ group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        while let (request, waiting) = routes[group]?.waiting.first, waiting.deadline <= now {
            let isInDoubt = waiting.mayHaveHappened || waiting.state != .queued
            let outcome: RouteOutcome = isInDoubt ? .unknown : .noLeader
            finish(request, of: group, outcome, into: &directives)
        }
        settleStream(of: group, at: now, into: &directives)
    }
}
