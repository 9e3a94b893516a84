import Toolbox
import Vocabulary

/// What the peers' wall clocks said last, so that no single clock can run away with a group's time.
struct PeerClocks: Sendable {
    private struct Reading: Sendable {
        var offsetMilliseconds: Int64
        var heardAt: Instant
    }

    /// A leader's stamps stay within this of the voters' median.
    private static let aheadMaximumMilliseconds: Int64 = 1_000
    private static let offMaximumMilliseconds: Int64 = 5_000
    /// Older readings say nothing.
    private static let freshness: Duration = .seconds(10)

    private static let reminder: Duration = .seconds(60)

    private var deviationSaidAt: Instant?
    private var readings: SortedMap<NodeID, Reading> = SortedMap()

    mutating func heard(_ wall: WallTime, from node: NodeID, at moment: Moment) {
        // No clock is a thousand years off; a larger number would overflow sums.
        let bound: Int64 = 1 << 45
        let offset = wall.milliseconds &- moment.wall.milliseconds
        readings[node] = Reading(
            offsetMilliseconds: min(max(offset, -bound), bound), heardAt: moment.monotonic)
    }

    /// Log time as this node may stamp it for a group of `voters`.
    func clock(for voters: [NodeID], own: NodeID, at moment: Moment) -> WallTime {
        let median = medianOffset(of: voters, own: own, at: moment)
        let ahead = median &+ Self.aheadMaximumMilliseconds
        return ahead >= 0
            ? moment.wall : WallTime(milliseconds: moment.wall.milliseconds &+ ahead)
    }

    /// How many milliseconds this clock is ahead of the median of all `nodes`, if it is far off and
    /// that was not said within the last minute.
    mutating func deviation(from nodes: [NodeID], own: NodeID, at moment: Moment) -> Int64? {
        if let said = deviationSaidAt, moment.monotonic - said < Self.reminder { return nil }
        let median = medianOffset(of: nodes, own: own, at: moment)
        guard abs(median) > Self.offMaximumMilliseconds else { return nil }
        deviationSaidAt = moment.monotonic
        return -median
    }

    /// Whether this clock is too far from the median of all `nodes` to stamp a group's log.
    func isOff(from nodes: [NodeID], own: NodeID, at moment: Moment) -> Bool {
        abs(medianOffset(of: nodes, own: own, at: moment)) > Self.offMaximumMilliseconds
    }

    /// The median of the voters' clocks, less this one; this one counts as 0.
    private func medianOffset(of voters: [NodeID], own: NodeID, at moment: Moment) -> Int64 {
        var offsets: [Int64] = [0]
        for voter in voters where voter != own {
            guard let reading = readings[voter],
                moment.monotonic - reading.heardAt <= Self.freshness
            else { continue }
            offsets.append(reading.offsetMilliseconds)
        }
        offsets.sort()
        return offsets[(offsets.count - 1) / 2]
    }
}
