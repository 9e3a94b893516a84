public import Vocabulary

/// Whether the ring is what it must be after a node has left or joined. Functions of what nodes
/// gave out.
public enum RingCheck {
    /// All give out one ring, in which each of `members` owns the floor or the ceiling of its share
    /// and nobody else owns anything.
    public static func isSettled(_ readings: [RingReading], over members: [NodeID]) -> Bool {
        guard let first = readings.first, !members.isEmpty else { return false }
        return readings.allSatisfy { $0.epoch == first.epoch && $0.owners == first.owners }
            && sharesAreEven(in: first, over: members)
    }

    private static func sharesAreEven(in ring: RingReading, over members: [NodeID]) -> Bool {
        let floor = ring.owners.count / members.count
        let ceiling = floor + (ring.owners.count % members.count == 0 ? 0 : 1)
        let shares = members.map { ring.share(of: $0) }
        return shares.allSatisfy { (floor...ceiling).contains($0) }
            && shares.reduce(0, +) == ring.owners.count
    }

    /// Exactly the arcs of the node that left have moved, each once.
    ///
    /// - Parameter rings: one after the other, from before to after.
    public static func leave(of node: NodeID, _ rings: [RingReading]) -> [Violation] {
        check(rings, "the leave of \(node)") { before, after in
            before == node && after != node
        }
    }

    /// Exactly the share of the node that joined has moved, each arc once, and all of it to that
    /// node.
    ///
    /// - Parameter rings: one after the other, from before to after.
    public static func join(of node: NodeID, _ rings: [RingReading]) -> [Violation] {
        check(rings, "the join of \(node)") { before, after in
            before != node && after == node
        } + joinShare(of: node, rings)
    }

    private static func joinShare(of node: NodeID, _ rings: [RingReading]) -> [Violation] {
        guard let before = rings.first, let after = rings.last else { return [] }
        let (moved, share) = (before.moved(to: after), after.share(of: node))
        guard moved != share else { return [] }
        return [
            Violation(.ring, "\(node) joined with \(share) arcs, and \(moved) have moved")
        ]
    }

    private static func check(
        _ rings: [RingReading], _ what: String, mayMove: (NodeID, NodeID) -> Bool
    ) -> [Violation] {
        var violations: [Violation] = []
        for (before, after) in zip(rings, rings.dropFirst()) {
            let step = "\(what), epoch \(after.epoch.rawValue)"
            if after.epoch.rawValue != before.epoch.rawValue + 1 {
                let text = "follows \(before.epoch.rawValue) among those that were seen"
                violations.append(Violation(.ring, "\(step): \(text)"))
            }
            let wrong = zip(before.owners, after.owners).enumerated().filter { _, owners in
                owners.0 != owners.1 && !mayMove(owners.0, owners.1)
            }
            guard let (arc, owners) = wrong.first else { continue }
            let text = "\(wrong.count) arcs moved that must stay, such as \(arc)"
            violations.append(
                Violation(.ring, "\(step): \(text) from \(owners.0) to \(owners.1)"))
        }
        return violations
    }
}
