public import Vocabulary

/// The two clocks of one node: each off by something, the monotonic one running a little fast or
/// slow, the wall clock jumping when somebody sets it.
public struct VirtualClock: Sendable {
    /// What a wall clock without fault shows when a run begins: some day in 2025.
    public static let wallAtStart: Int64 = 1_750_000_000_000

    private var anchorWorld: Int64 = 0
    private var anchorMonotonic: Int64
    private var driftPartsPerMillion: Int64
    /// How far the wall clock is from the truth, in milliseconds.
    public private(set) var wallOffsetMilliseconds: Int64

    /// - Parameters:
    ///   - monotonicOffset: what the monotonic clock shows when the run begins, in nanoseconds.
    ///   - driftPartsPerMillion: how much faster than the truth it runs; negative for slower.
    ///   - wallOffsetMilliseconds: how far ahead of the truth the wall clock is.
    public init(
        monotonicOffset: Int64, driftPartsPerMillion: Int64 = 0, wallOffsetMilliseconds: Int64 = 0
    ) {
        anchorMonotonic = monotonicOffset
        self.driftPartsPerMillion = driftPartsPerMillion
        self.wallOffsetMilliseconds = wallOffsetMilliseconds
    }

    /// What the clocks show at `time`.
    public func moment(at time: WorldTime) -> Moment {
        let wall = Self.wallAtStart + time.nanoseconds / 1_000_000 + wallOffsetMilliseconds
        return Moment(
            monotonic: monotonic(at: time), wall: WallTime(milliseconds: wall))
    }

    public func monotonic(at time: WorldTime) -> Instant {
        let passed = time.nanoseconds - anchorWorld
        return Instant(
            nanoseconds: anchorMonotonic + passed + passed / 1_000_000 * driftPartsPerMillion)
    }

    /// The first world time, not before `now`, at which the monotonic clock shows `instant`.
    public func worldTime(reaching instant: Instant, notBefore now: WorldTime) -> WorldTime {
        let missing = instant.nanoseconds - monotonic(at: now).nanoseconds
        guard missing > 0 else { return now }
        var time = now.advanced(by: missing - missing / 1_000_000 * driftPartsPerMillion)
        // The estimate is off by the drift of the drift and by rounding: some microseconds.
        while monotonic(at: time) < instant { time = time.advanced(by: 1_000) }
        return time
    }

    /// Changes the rate from `time` on; what the clock shows at `time` stays.
    public mutating func setDrift(partsPerMillion: Int64, at time: WorldTime) {
        anchorMonotonic = monotonic(at: time).nanoseconds
        anchorWorld = time.nanoseconds
        driftPartsPerMillion = partsPerMillion
    }

    /// Sets the wall clock this far from the truth.
    public mutating func setWall(offsetMilliseconds: Int64) {
        wallOffsetMilliseconds = offsetMilliseconds
    }
}
