import Gateway
public import Placement
import Toolbox
public import Vocabulary

/// The ring: who is whose home, as this node knows it.
extension NodeInstance {
    /// Another ring is in force. One that is not newer than the present one is ignored.
    ///
    /// As `follow(_:at:)`, for who is not in the middle of an event.
    public mutating func follow(
        _ ring: Ring, at moment: Moment, into directives: inout [NodeDirective]
    ) {
        follow(ring, at: moment)
        settle(at: moment, into: &directives)
    }

    /// Another ring is in force: every subscription is renewed for the arcs that this node owns by
    /// it, and the gateway moves its users. What they want done is carried out by who called.
    ///
    /// No session misses anything without a `gap`. What a session gets is decided by the arcs that
    /// the subscription itself names, whatever ring the group's leader knows; a session is attached
    /// here only once each group has streamed for these arcs, and its chats are read after that;
    /// one whose arc was away between two rings is attached anew.
    mutating func follow(_ ring: Ring, at moment: Moment) {
        guard ring.epoch > self.ring.epoch else { return }
        self.ring = ring
        let arcs = ArcSet(of: plan.node, in: ring)
        if arcs != served.arcs {
            served = ServedArcs(epoch: ring.epoch, arcs: arcs)
            for group in subscriptions.keys {
                subscriptions.update(group) { $0.stop(retryAt: moment.monotonic) }
            }
            // Before the gateway knows the ring: nobody new is attached until they stream again.
            tellCoverage(at: moment)
        }
        gateway.ringDidChange(ring, at: moment, into: &gatewayDirectives)
        renewSubscriptions(at: moment)
    }
}
