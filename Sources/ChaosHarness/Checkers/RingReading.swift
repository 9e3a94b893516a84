import AdminWire
import Placement
public import Vocabulary

/// The ring as one node gave it out.
public struct RingReading: Hashable, Sendable {
    public let node: NodeID
    public let epoch: RingEpoch
    /// Of each arc.
    public let owners: [NodeID]

    public init(node: NodeID, epoch: RingEpoch, owners: [NodeID]) {
        self.node = node
        self.epoch = epoch
        self.owners = owners
    }

    /// Nil if the status does not name an owner of each arc.
    init?(_ status: RingStatus) {
        let owners = (status.runs ?? []).flatMap { run in
            Array(repeating: run.owner, count: Int(run.count))
        }
        guard owners.count == Int(Limits.arcsCount) else { return nil }
        self.init(node: status.node, epoch: status.epoch, owners: owners)
    }

    public func owner(of user: UserID) -> NodeID { owners[Int(Ring.arc(of: user).rawValue)] }

    /// Arcs that `node` owns.
    public func share(of node: NodeID) -> Int { owners.count { $0 == node } }

    /// Arcs that have other owners in `later`.
    public func moved(to later: RingReading) -> Int {
        zip(owners, later.owners).count { $0 != $1 }
    }
}
