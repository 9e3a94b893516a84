import ClusterNode

/// Does what a node leaves to its workers, at once; the cluster lets the time pass.
enum SimulatedWorker {
    static func result(of request: WorkRequest) -> WorkResult { .none }
}
