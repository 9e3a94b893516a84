import Routing
import Peering
import Gateway
import PeerWire
import Toolbox
import Vocabulary

/// Delivery: streams from the groups led here, and this node's own subscriptions.
extension NodeInstance {
    /// Sends every group's subscribers what is new.
    mutating func stream(at moment: Moment) {
        let turn = StreamTurn(
            own: plan.node, crowded: crowdedNodes, now: moment.monotonic)
        for group in publishers.keys where replicas.isLeader(of: group) {
            let applied = replicas.applied(of: group)
            let batches = replicas.look(at: group) { machine in
                publishers.update(group) { $0.stream(turn, applied: applied, from: machine) }
            }
            for (node, batch) in (batches ?? nil) ?? [] {
                switch batch {
                case .here(let batch): delivered(batch, of: group, from: node, at: moment)
                case .elsewhere(let body):
                    tell(node, .bulk, PeerSection(kind: .delivery, group: group, body: body))
                }
            }
        }
    }

    /// Those that take what is sent to them too slowly.
    private var crowdedNodes: [NodeID] {
        let bound = plan.settings.delivery.backlogBytesMaximum
        var crowded: [NodeID] = []
        for node in plan.nodes where peering.backlogBytes(to: node.id, .bulk) > bound {
            crowded.append(node.id)
        }
        return crowded
    }

    mutating func subscribed(
        _ node: NodeID, to group: ReplicaGroupID, _ request: DeliverySubscribe, at moment: Moment
    ) {
        guard replicas.isLeader(of: group) else { return }
        let applied = replicas.applied(of: group)
        publishers.update(group) {
            $0.subscribe(node, request, applied: applied, at: moment.monotonic)
        }
    }

    mutating func delivered(
        _ batch: DeliveryBatch, of group: ReplicaGroupID, from node: NodeID, at moment: Moment
    ) {
        let verdict = subscriptions.update(group) {
            $0.receive(batch, from: node, at: moment.monotonic)
        }
        switch verdict {
        case nil, .stray: return
        case .restarts: gateway.deliveryInterrupted(group, at: moment, into: &gatewayDirectives)
        case .follows: break
        }
        for event in batch.events {
            gateway.delivered(
                Delivery(group: group, event: event), at: moment, into: &gatewayDirectives)
        }
        tellCoverage(at: moment)
    }

    /// Subscribes wherever this node is not subscribed, as soon as a leader is known.
    mutating func renewSubscriptions(at moment: Moment) {
        let now = moment.monotonic
        for group in subscriptions.keys {
            guard let subscription = subscriptions[group] else { continue }
            let leader = replicas.leader(of: group) ?? router.leader(of: group)
            let isElsewhere = subscription.source != nil && subscription.source != leader
            guard subscription.nextDeadline <= now || isElsewhere else { continue }
            if leader == nil { askWhoLeads(group) }
            guard let leader, leader == plan.node || peering.isOpen(leader, .bulk) else {
                subscriptions.update(group) { $0.stop(retryAt: now + .milliseconds(50)) }
                continue
            }
            let asked = subscriptions.update(group) { $0.ask(leader, for: served, at: now) }
            guard let request = asked else { continue }
            if leader == plan.node {
                subscribed(plan.node, to: group, request, at: moment)
            } else {
                tell(
                    leader, .bulk,
                    PeerSection(kind: .subscribe, group: group, body: request.encoded()))
            }
        }
        tellCoverage(at: moment)
    }

    mutating func tellCoverage(at moment: Moment) {
        let covers = subscriptions.values.allSatisfy(\.isActive)
        guard covers != isCovered else { return }
        isCovered = covers
        gateway.subscriptionsCover(covers, at: moment, into: &gatewayDirectives)
    }
}
