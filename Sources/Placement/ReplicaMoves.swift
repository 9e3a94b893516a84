public import Toolbox
public import Vocabulary

/// Which replica should move to which node, and who should lead: one change at a time.
///
/// The same groups and nodes give the same change.
public struct ReplicaMoves: Sendable {
    public typealias Change = (group: ReplicaGroupID, assignment: GroupAssignment)

    private let groups: SortedMap<ReplicaGroupID, GroupAssignment>
    /// Where every known node stands, alive or not.
    private let places: SortedMap<NodeID, PlacementNode>
    private let held: SortedMap<NodeID, Int>
    private let led: SortedMap<NodeID, Int>

    public init(groups: SortedMap<ReplicaGroupID, GroupAssignment>, places: [PlacementNode]) {
        self.groups = groups
        var known = SortedMap<NodeID, PlacementNode>()
        for place in places { known[place.id] = place }
        self.places = known
        var held = SortedMap<NodeID, Int>()
        var led = SortedMap<NodeID, Int>()
        for assignment in groups.values {
            for voter in assignment.voters { held[voter, default: 0] += 1 }
            led[assignment.preferredLeader, default: 0] += 1
        }
        self.held = held
        self.led = led
    }

    /// A substitute for `lost` in `group`; nil if none of `candidates` is free.
    ///
    /// In the zone least used by the voters that stay, then on the host least used, then who holds
    /// the fewest replicas, then the lowest number.
    public func substitution(
        of lost: NodeID, in group: ReplicaGroupID, among candidates: [NodeID]
    ) -> Change? {
        guard let assignment = groups[group], assignment.voters.contains(lost) else { return nil }
        let staying = assignment.voters.filter { $0 != lost }.compactMap { places[$0] }
        let costs = candidates.filter { !assignment.voters.contains($0) }.compactMap { id in
            places[id].map { place in
                (
                    staying.count { $0.zone == place.zone },
                    staying.count { $0.host == place.host }, held[id] ?? 0, id
                )
            }
        }
        guard let best = costs.min(by: <) else { return nil }
        return (group, assignment.replacing(lost, with: best.3))
    }

    /// The next better leader: away from nodes that should not lead, then from who leads too much.
    ///
    /// Repeated, it ends: no voter then leads two more groups than a voter of one of its groups.
    ///
    /// - Parameters:
    ///   - able: who may lead.
    ///   - unable: who must not; a leader in neither list keeps its groups.
    ///   - settled: the groups that may change now.
    public func betterLeader(
        able: Set<NodeID>, unable: Set<NodeID>, among settled: [ReplicaGroupID]
    ) -> Change? {
        for group in settled {
            guard let assignment = groups[group] else { continue }
            let leader = assignment.preferredLeader
            let rivals = assignment.voters.filter { able.contains($0) && $0 != leader }
            guard let best = rivals.min(by: { ledLess($0, $1) }) else { continue }
            let gain = (led[leader] ?? 0) - (led[best] ?? 0)
            if unable.contains(leader) || (able.contains(leader) && gain >= 2) {
                return (group, assignment.led(by: best))
            }
        }
        return nil
    }

    private func ledLess(_ left: NodeID, _ right: NodeID) -> Bool {
        (led[left] ?? 0, left) < (led[right] ?? 0, right)
    }
}
