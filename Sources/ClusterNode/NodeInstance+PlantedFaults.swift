import CoordinationService
import Messages
import Raft
import Replication

/// Mistakes made on purpose, so that the simulator can show that it finds them.
extension NodeInstance {
    /// Nothing at all, but in builds for that purpose. A restored machine knows nothing of what was
    /// planted in the one before, so this is repeated.
    @inline(__always)
    mutating func plantFaults() {
        #if PLANTED_FAULTS
            replicas.plant(plan.settings)
            coordination?.service.plantedFault = plan.settings.plantedServiceFault
        #endif
    }
}
