import Coordination
import Vocabulary
import ZooKeeperWire

/// A request that is not yet answered.
struct PendingRequest: Sendable {
    enum Work: Sendable {
        /// To be proposed, once every earlier request but writes under way is answered.
        case write(CoordinationOperation)
        case closeSession
        case reconfigure(ReconfigRequest)
        /// On its way to the log, under this number of the connection's.
        case proposed(sequence: Int32)
        /// To be served from the tree, once `barrier` is passed; `none` for what needs no barrier.
        case read(ZooKeeperRequest, barrier: CoordinationBarrier)
        /// To be refused in its turn.
        case refusal(ZooKeeperError, closes: Bool)
    }

    let xid: Xid
    let operation: OperationCode
    let arrivedAt: Instant
    var work: Work
}
