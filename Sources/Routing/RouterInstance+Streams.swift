import Toolbox
import Vocabulary

extension RouterInstance {
    /// Sends what is queued, in order, if there is somebody to send it to.
    mutating func sendQueued(
        of group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        guard let route = routes[group], !route.isBroken else { return }
        guard let destination = destination(of: route, at: now) else { return }
        routes.update(group) { route in
            if route.destination != destination {
                guard route.unansweredCount == 0 else { return }
                route.destination = destination
                route.stream += 1
            }
            for (request, waiting) in route.waiting where waiting.state == .queued {
                route.waiting.update(request) { $0.state = .sent(stream: route.stream) }
                route.unansweredCount += 1
                directives.append(
                    .dispatch(
                        RoutedRequest(
                            request: request, group: group, stream: route.stream,
                            kind: waiting.kind, payload: waiting.payload),
                        to: destination))
            }
            route.retryAt = nil
        }
    }

    /// The known leader; without one, a voter in turn, but not before the wait is over. When none
    /// of them knows, any node may have heard where the group has gone.
    private func destination(of route: GroupRoute, at now: Instant) -> NodeID? {
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
        guard let route = routes[group], route.isBroken, route.unansweredCount == 0 else { return }
        startOver(group, at: now, into: &directives)
    }

    /// The other side will say nothing more: what it may have taken is in doubt.
    mutating func abandonStream(
        of group: ReplicaGroupID, at now: Instant, into directives: inout [RouterDirective]
    ) {
        guard let route = routes[group] else { return }
        for (request, waiting) in route.waiting {
            guard case .sent = waiting.state else { continue }
            if waiting.repetition == .harmful, !sendsHarmfulAgain {
                finish(request, of: group, .unknown, into: &directives)
            } else {
                routes.update(group) { route in
                    route.waiting.update(request) {
                        $0.state = .queued
                        $0.mayHaveHappened = true
                    }
                }
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
            guard let waiting = route.waiting.removeValue(forKey: request) else { return }
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
