import Vocabulary

/// Guests: clients whose home is another node. They are told to go there one after the other, so
/// that no node is run down by those that move.
struct GuestQueue: Sendable {
    private var waiting: [ConnectionID] = []
    private var front = 0
    private var pace: Pace

    /// How long before his turn a guest is told. Short, so that what was said is still right.
    private static let notice: Duration = .seconds(1)

    init(_ settings: GatewaySettings) { pace = Pace(perSecond: settings.goawayPerSecondMaximum) }

    /// When the first who waits is to be told; nil if none waits.
    var nextDeadline: Instant? {
        guard front < waiting.count else { return nil }
        let slot = pace.slot(at: Instant(nanoseconds: 0))
        return Instant(nanoseconds: slot.nanoseconds - Self.notice.nanoseconds)
    }

    mutating func append(_ connection: ConnectionID) { waiting.append(connection) }

    /// The first who waits, if he may be told now.
    mutating func next(at now: Instant) -> ConnectionID? {
        guard front < waiting.count, pace.slot(at: now) - now <= Self.notice else { return nil }
        let next = waiting[front]
        front += 1
        if front == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            front = 0
        }
        return next
    }

    /// After how long a guest who is told now is to go.
    mutating func takeTurn(at now: Instant) -> Duration { pace.take(at: now) - now }

    /// Within which a turn may be moved without meeting the next.
    var room: Duration { pace.interval }
}
