import Toolbox
import Vocabulary

/// When this node last asked for a leadership or gave one away, so that none goes to and fro.
struct LeadershipKeeper: Sendable {
    /// Between two transfers of one group, and between two claims.
    static let transferInterval: Duration = .seconds(10)
    /// How long the preferred leader does not claim a group back that an operator gave to another.
    static let pauseAfterOrder: Duration = .seconds(600)
    private static let checkInterval: Duration = .seconds(1)

    private var movedAt: SortedMap<ReplicaGroupID, Instant> = SortedMap()
    private var claimedAt: SortedMap<ReplicaGroupID, Instant> = SortedMap()
    private var pausedUntil: SortedMap<ReplicaGroupID, Instant> = SortedMap()
    private(set) var nextCheck: Instant

    init(at now: Instant) { nextCheck = now + Self.checkInterval }

    /// Whether it is time to look at all groups; then the next time is set.
    mutating func isDue(at now: Instant) -> Bool {
        guard nextCheck <= now else { return false }
        nextCheck = now + Self.checkInterval
        return true
    }

    func mayMove(_ group: ReplicaGroupID, at now: Instant) -> Bool {
        guard let moved = movedAt[group] else { return true }
        return now - moved >= Self.transferInterval
    }

    /// A transfer of the group begins, or the group has just come here.
    mutating func moved(_ group: ReplicaGroupID, at now: Instant) { movedAt[group] = now }

    /// An operator wants another node to lead.
    mutating func pause(_ group: ReplicaGroupID, at now: Instant) {
        pausedUntil[group] = now + Self.pauseAfterOrder
    }

    /// Whether the group may be claimed now; notes that it is.
    mutating func claims(_ group: ReplicaGroupID, at now: Instant) -> Bool {
        if let until = pausedUntil[group], now < until { return false }
        if let claimed = claimedAt[group], now - claimed < Self.transferInterval { return false }
        claimedAt[group] = now
        return true
    }
}
