import Toolbox
import Vocabulary

/// How many arcs each node shall own: the floor or the ceiling of its weighted share.
///
/// Who may have one arc more is decided so that the fewest arcs move: first those that have it
/// already, then the largest remainder, then the lowest number.
struct RingShares {
    /// Of every node named, also 0.
    private(set) var targets = SortedMap<NodeID, Int>()
    /// Somebody who is away lacks arcs; the shares of the others will change when it is back.
    private(set) var areProvisional = false

    /// - Parameters:
    ///   - nodes: each id once.
    ///   - held: arcs that each node has now.
    /// Nil when nobody may own anything.
    init?(nodes: [RingNode], held: SortedMap<NodeID, Int>) {
        let able = nodes.filter { $0.weight > 0 }
        // A cluster whose nodes all drain has nobody to drain to, so it stays as it is.
        let parts: [RingNode.Part] = [.active, .unsteady, .draining]
        guard let part = parts.first(where: { part in able.contains { $0.part == part } })
        else { return nil }
        let owners = able.filter { $0.part == part }
        for node in nodes { targets[node.id] = 0 }
        var waiting = able.filter {
            $0.part == .away || ($0.part == .unsteady && part != .unsteady)
        }
        var arcsLeft = Int(Limits.arcsCount)
        while true {
            let shared = Self.share(arcsLeft, among: owners + waiting, held: held)
            let short = waiting.filter { (shared[$0.id] ?? 0) > (held[$0.id] ?? 0) }
            guard !short.isEmpty else {
                for (id, count) in shared { targets[id] = count }
                return
            }
            // They get nothing more, so what would be their gain is shared by the others.
            areProvisional = areProvisional || short.contains { $0.part == .away }
            for node in short {
                targets[node.id] = held[node.id] ?? 0
                arcsLeft -= held[node.id] ?? 0
            }
            waiting.removeAll { node in short.contains { $0.id == node.id } }
        }
    }

    private static func share(
        _ arcs: Int, among nodes: [RingNode], held: SortedMap<NodeID, Int>
    ) -> SortedMap<NodeID, Int> {
        let weights = nodes.reduce(0) { $0 + Int($1.weight) }
        var shares = SortedMap<NodeID, Int>()
        var rivals: [(lacksIt: Int, remainder: Int, id: NodeID)] = []
        var left = arcs
        for node in nodes {
            let (floor, remainder) = (arcs * Int(node.weight)).quotientAndRemainder(
                dividingBy: weights)
            shares[node.id] = floor
            left -= floor
            if remainder > 0 {
                let hasIt = (held[node.id] ?? 0) > floor
                rivals.append((hasIt ? 0 : 1, -remainder, node.id))
            }
        }
        for rival in rivals.sorted(by: <).prefix(left) { shares[rival.id, default: 0] += 1 }
        return shares
    }
}
