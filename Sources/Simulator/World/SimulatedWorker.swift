import ClusterNode
import ReplicatedState
import Toolbox

/// Does what a node leaves to its workers, at once; the cluster lets the time pass.
///
/// Its passwords are hashed by something as strong as a checksum: a run makes hundreds.
enum SimulatedWorker {
    static func result(of request: WorkRequest) -> WorkResult {
        switch request {
        case .hash(let password): .hashed(hash(password))
        case .verify(let password, let expected): .verified(expected == hash(password))
        case .encode(let snapshot): .encoded(encode(snapshot))
        }
    }

    private static func hash(_ password: Bytes) -> Bytes {
        Bytes("$simulated$\(XXH64.hash(password))")
    }

    private static func encode(_ snapshot: any MachineSnapshot) -> Bytes {
        snapshot.encode()
    }
}
