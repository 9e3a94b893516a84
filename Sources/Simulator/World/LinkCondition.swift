import VirtualWorld

/// How one direction between two places treats what is sent.
public struct LinkCondition: Hashable, Sendable {
    /// Nanoseconds that everything takes at least.
    public var delayMinimum: Int64 = 100 * Nanoseconds.microsecond
    /// Nanoseconds on top, on average.
    public var delayMean: Int64 = 400 * Nanoseconds.microsecond
    /// How likely a frame is lost.
    public var loss = 0.0
    /// How likely a frame comes twice.
    public var duplication = 0.0
    /// How likely a frame is held back so long that later ones overtake it.
    public var reordering = 0.0
    /// Nothing passes.
    public var isBlocked = false

    public init() {}
}
