import Replication
import Toolbox
import Vocabulary

/// Snapshots of this node's replicas, as far as the node as a whole decides about them.
extension NodeInstance {
    /// Lets parts of snapshots leave, as many as the pace allows.
    mutating func sendSnapshotParts(at moment: Moment, into directives: inout [NodeDirective]) {
        while let ticket = pace.next(at: moment.monotonic) {
            drive(
                ticket.group, .partAllowed(to: ticket.member), at: moment, into: &directives)
        }
    }
}
