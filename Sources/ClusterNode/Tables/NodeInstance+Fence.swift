import Gateway
import Vocabulary

/// A node that may no longer be registered, as far as it can tell, serves no client: it fences
/// itself by its own clock, before the leader of the coordination group lets its session end and
/// the controller gives its arcs to others.
extension NodeInstance {
    /// Whether this node may have been taken for lost. Without a coordination group nobody does.
    private func shouldBeFenced(at now: Instant) -> Bool {
        guard coordination != nil else { return false }
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .fenceNeverUp, isFenced == false { return false }
        #endif
        guard let until = coordination?.registrar.certainUntil else { return true }
        return now >= until
    }

    /// Looks at the clock before anything else is done: the node may have been stopped for long.
    mutating func keepFence(at moment: Moment) {
        let should = shouldBeFenced(at: moment.monotonic)
        guard should != isFenced else { return }
        isFenced = should
        observations.append(should ? .fenced : .unfenced)
        gateway.setFenced(should, at: moment, into: &gatewayDirectives)
    }

    var fenceDeadline: Instant? {
        #if PLANTED_FAULTS
            if plan.settings.plantedFault == .fenceNeverUp { return nil }
        #endif
        return isFenced ? nil : coordination?.registrar.certainUntil
    }
}
