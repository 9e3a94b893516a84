public import Vocabulary

/// What only the shell knows of the process; it tells the node before operators ask.
public struct NodeVitals: Hashable, Sendable {
    public var pid: Int32 = 0
    public var startedAt = Instant(nanoseconds: 0)
    /// Of all threads, since the start.
    public var cpu: Duration = .zero
    public var residentBytes: UInt64 = 0
    public var longestTurn: Duration = .zero

    public init() {}
}
