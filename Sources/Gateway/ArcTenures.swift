import Placement
import Toolbox
import Vocabulary

/// Since when this node has been the owner of each arc, without a break.
///
/// A session that was attached under one tenure is not good under the next, even if the ring came
/// back to what it was: between them, its entries went elsewhere.
struct ArcTenures: Sendable {
    /// The number of the change that gave the arc to this node, by arc; 0 where it is another's.
    private var since: [UInt32]
    private var changes: UInt32 = 1

    init(of node: NodeID, in ring: Ring) {
        since = (0..<Limits.arcsCount).map { ring.owner(of: ArcID($0)) == node ? 1 : 0 }
    }

    /// Returns whether an arc came.
    mutating func follow(_ ring: Ring, as node: NodeID) -> Bool {
        changes &+= 1
        var hasGained = false
        for arc in 0..<Limits.arcsCount {
            guard ring.owner(of: ArcID(arc)) == node else {
                since[Int(arc)] = 0
                continue
            }
            guard since[Int(arc)] == 0 else { continue }
            since[Int(arc)] = changes
            hasGained = true
        }
        return hasGained
    }

    /// The tenure of the user's arc; 0 if his home is elsewhere.
    func tenure(of user: UserID) -> UInt32 { since[Int(Ring.arc(of: user).rawValue)] }
}
