import ClusterNode
import Placement
import Toolbox
import VirtualWorld
import Vocabulary

/// What must hold of the ring and of the fence, looked at after each turn of a node.
///
/// - *OneOwnerPerArc*: whoever follows an epoch of the ring follows the same ring, and no life of a
///   node goes back to an earlier epoch.
/// - *FencedServesNothing*: a node that serves clients is registered in the newest tree that any
///   copy has; one that is fenced is home to nobody.
struct RingChecker: Sendable {
    private var rings: SortedMap<RingEpoch, Ring> = SortedMap()
    /// What each node followed after its last turn; nil in a new life.
    private var followed: [RingEpoch?]
    private var newest = LogIndex.zero
    private var registered: [NodeID] = []
    /// Epochs that any node has followed.
    var epochsCount: Int { rings.count }
    private(set) var fencesCount = 0
    private var fenced: [Bool]

    init(nodes: Int) {
        followed = Array(repeating: nil, count: nodes)
        fenced = Array(repeating: true, count: nodes)
    }

    mutating func processStarted(node: Int) {
        followed[node] = nil
        fenced[node] = true
    }

    mutating func observe(
        _ instance: NodeInstance, on node: Int, into violations: inout [Violation]
    ) {
        checkRing(instance.ring, on: node, into: &violations)
        checkFence(instance, on: node, into: &violations)
    }

    private mutating func checkRing(
        _ ring: Ring, on node: Int, into violations: inout [Violation]
    ) {
        let before = followed[node]
        guard before != ring.epoch else { return }
        followed[node] = ring.epoch
        if let before, ring.epoch < before {
            violations.append(
                Violation("OneOwnerPerArc", "n\(node + 1) goes from \(before) to \(ring.epoch)"))
        }
        if let known = rings[ring.epoch] {
            guard known.owners != ring.owners else { return }
            let arcs = known.arcsMoved(to: ring)
            violations.append(
                Violation(
                    "OneOwnerPerArc",
                    "\(arcs) arcs have two owners in \(ring.epoch), by n\(node + 1)"))
        } else {
            rings[ring.epoch] = ring
        }
    }

    private mutating func checkFence(
        _ instance: NodeInstance, on node: Int, into violations: inout [Violation]
    ) {
        let applied = instance.applied(of: GroupNumbers.coordination)
        if applied > newest, let nodes = instance.registeredNodes {
            newest = applied
            registered = nodes
        }
        if instance.isFenced, !fenced[node] { fencesCount += 1 }
        fenced[node] = instance.isFenced
        if instance.isFenced {
            guard instance.guestsCount > 0 else { return }
            violations.append(
                Violation(
                    "FencedServesNothing",
                    "n\(node + 1) is fenced and home to \(instance.guestsCount) sessions"))
        } else if !registered.contains(NodeID(UInt16(node + 1))) {
            violations.append(
                Violation(
                    "FencedServesNothing",
                    "n\(node + 1) serves clients and is registered no more: \(registered)"))
        }
    }
}
