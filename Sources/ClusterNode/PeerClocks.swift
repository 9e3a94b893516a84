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

    /// The median of the voters' clocks, less this one; this one counts as 0. Of an even number the
    /// lower one of the middle.
    private func medianOffset(of voters: [NodeID], own: NodeID, at moment: Moment) -> Int64 {
        let known = 1 + voters.count { offset(of: $0, own: own, at: moment) != nil }
        let place = (known - 1) / 2
        // As many are below the median as its place says. A handful: no array is worth its memory.
        if isMedian(0, place, of: voters, own: own, at: moment) { return 0 }
        for voter in voters {
            guard let offset = offset(of: voter, own: own, at: moment) else { continue }
            if isMedian(offset, place, of: voters, own: own, at: moment) { return offset }
        }
        unreachable("\(known) clocks without a median")
    }

    private func isMedian(
        _ candidate: Int64, _ place: Int, of voters: [NodeID], own: NodeID, at moment: Moment
    ) -> Bool {
        var below = 0 < candidate ? 1 : 0
        var equal = 0 == candidate ? 1 : 0
        for voter in voters {
            guard let offset = offset(of: voter, own: own, at: moment) else { continue }
            if offset < candidate { below += 1 }
            if offset == candidate { equal += 1 }
        }
        return below <= place && place < below + equal
    }

    /// Nil for this node, and for those whose last word is too old.
    private func offset(of voter: NodeID, own: NodeID, at moment: Moment) -> Int64? {
        guard voter != own, let reading = readings[voter],
            moment.monotonic - reading.heardAt <= Self.freshness
        else { return nil }
        return reading.offsetMilliseconds
    }
}
