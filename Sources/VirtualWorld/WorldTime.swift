/// A point of a run's own time, in nanoseconds since the run began. No node can see it: nodes see
/// their `VirtualClock`.
public struct WorldTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static let start = WorldTime(nanoseconds: 0)

    public static func < (left: WorldTime, right: WorldTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The time `nanoseconds` later.
    public func advanced(by nanoseconds: Int64) -> WorldTime {
        WorldTime(nanoseconds: self.nanoseconds + nanoseconds)
    }

    /// Seconds with six digits, so that transcripts line up.
    public var description: String {
        let micros = nanoseconds / 1_000
        let fraction = String(micros % 1_000_000)
        let seconds = String(micros / 1_000_000)
        return String(repeating: " ", count: max(0, 3 - seconds.count)) + seconds + "."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}

/// Spans of time in nanoseconds, for the places where a `Duration` would be unpacked at once.
public enum Nanoseconds {
    public static let microsecond: Int64 = 1_000
    public static let millisecond: Int64 = 1_000_000
    public static let second: Int64 = 1_000_000_000
}
