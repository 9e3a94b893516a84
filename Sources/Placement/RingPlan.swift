import Toolbox
public import Vocabulary

/// The next ring: what must move from the present one so that the nodes named own their shares.
///
/// - In the end every active node owns the floor or the ceiling of its weighted share.
/// - Not one arc more moves than must; none between two nodes that both keep what they should.
/// - Arcs of nodes that are gone move at once; all others at most so many in one step.
/// - Steps give everybody as many arcs as one unbounded step would, and move as many together.
/// - While somebody is away in the middle of getting arcs, nothing moves for balance alone.
/// - The same ring and nodes give the same plan, in whatever order the nodes are named.
public struct RingPlan: Hashable, Sendable {
    /// One epoch after the ring it was made from.
    public let next: Ring
    /// Arcs whose owners are gone; all of them move.
    public let forcedArcsCount: Int
    /// Arcs that leave draining nodes, or nodes that own too much, in this step.
    public let voluntaryArcsCount: Int
    /// Arcs that later steps will move.
    public let remainingArcsCount: Int
    /// Who is given arcs, ascending.
    public let receivers: [NodeID]

    /// Nil when nothing can or need move in this step.
    ///
    /// - Parameters:
    ///   - nodes: all nodes that are not gone, each id once.
    ///   - voluntaryArcsMaximum: arcs that may move although their owners live; not negative.
    public init?(from ring: Ring, nodes: [RingNode], voluntaryArcsMaximum: Int = .max) {
        var work = RingMoves(ring: ring, nodes: nodes.sorted { $0.id < $1.id })
        guard let movable = work?.carryOut(voluntaryArcsMaximum: voluntaryArcsMaximum),
            let work, movable.forced + movable.voluntary > 0
        else { return nil }
        next = Ring(epoch: RingEpoch(ring.epoch.rawValue + 1), owners: work.owners)
        forcedArcsCount = movable.forced
        voluntaryArcsCount = movable.voluntary
        remainingArcsCount = movable.later
        receivers = work.receivers.keys
    }
}

/// A ring while arcs are taken from who has too many and given to who has too few.
private struct RingMoves {
    /// Who gives: first the gone, then the draining, then who owns too much; each by number.
    private struct Giver {
        let id: NodeID
        let zone: String?
        let surplus: Int
        let isGone: Bool
        let isDraining: Bool
    }

    private(set) var owners: [NodeID]
    private(set) var receivers = SortedMap<NodeID, Int>()
    private var lacking = SortedMap<NodeID, Int>()
    private var zones = SortedMap<NodeID, String>()
    private var givers: [Giver] = []
    private let runs: [Ring.Run]
    /// Nothing moves for balance alone: it would move back.
    private let areProvisional: Bool

    init?(ring: Ring, nodes: [RingNode]) {
        let shares = ring.shares
        guard let wanted = RingShares(nodes: nodes, held: shares) else { return nil }
        let targets = wanted.targets
        areProvisional = wanted.areProvisional
        owners = ring.owners
        runs = ring.runs
        var draining: Set<NodeID> = []
        for node in nodes {
            zones[node.id] = node.zone
            if node.part == .draining { draining.insert(node.id) }
            let lack = (targets[node.id] ?? 0) - (shares[node.id] ?? 0)
            if lack > 0 { lacking[node.id] = lack }
        }
        for (id, count) in shares {
            let surplus = count - (targets[id] ?? 0)
            guard surplus > 0 else { continue }
            givers.append(
                Giver(
                    id: id, zone: zones[id], surplus: surplus, isGone: targets[id] == nil,
                    isDraining: draining.contains(id)))
        }
        givers.sort { Self.rank($0) < Self.rank($1) }
    }

    private static func rank(_ giver: Giver) -> (Int, NodeID) {
        (giver.isGone ? 0 : giver.isDraining ? 1 : 2, giver.id)
    }

    mutating func carryOut(
        voluntaryArcsMaximum: Int
    ) -> (forced: Int, voluntary: Int, later: Int) {
        var (forced, voluntary, later) = (0, 0, 0)
        for giver in givers {
            let isIdle = areProvisional && !giver.isGone && !giver.isDraining
            let count =
                giver.isGone
                ? giver.surplus
                : isIdle ? 0 : min(giver.surplus, max(0, voluntaryArcsMaximum - voluntary))
            move(count, from: giver)
            if giver.isGone { forced += count } else { voluntary += count }
            later += giver.surplus - count
        }
        return (forced, voluntary, later)
    }

    /// To its own zone first, so that homes stay near; else to whoever lacks arcs, by number.
    private mutating func move(_ count: Int, from giver: Giver) {
        guard count > 0 else { return }
        var left = lastArcs(count, of: giver.id)[...]
        let near = lacking.keys.filter { giver.zone != nil && zones[$0] == giver.zone }
        let far = lacking.keys.filter { giver.zone == nil || zones[$0] != giver.zone }
        for receiver in near + far {
            let count = min(left.count, lacking[receiver] ?? 0)
            guard count > 0 else { continue }
            for arc in left.prefix(count) { owners[arc] = receiver }
            left = left.dropFirst(count)
            receivers[receiver, default: 0] += count
            lacking[receiver, default: 0] -= count
        }
        invariant(left.isEmpty, "\(left.count) arcs of \(giver.id) that nobody lacks")
    }

    /// Descending. The arcs at the end of its share go first, so that shares stay in few runs.
    private func lastArcs(_ count: Int, of id: NodeID) -> [Int] {
        var arcs: [Int] = []
        arcs.reserveCapacity(count)
        for run in runs.reversed() where run.owner == id {
            arcs += run.arcs.reversed().prefix(count - arcs.count).map { Int($0) }
            if arcs.count == count { break }
        }
        return arcs
    }
}
