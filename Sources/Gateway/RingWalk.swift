import Vocabulary

/// A walk over all sockets and all sessions after the ring, or what the subscriptions cover, has
/// changed. A part is walked in each turn, so that tens of thousands hold up nobody.
///
/// What is added meanwhile goes by the new state from the start and need not be met.
struct RingWalk: Sendable {
    /// The next slot of each table to be looked at.
    private(set) var socket = Int.max
    private(set) var session = Int.max
    /// When to go on; nil when it is done.
    var goesOnAt: Instant?

    mutating func startOver() {
        socket = 0
        session = 0
    }

    mutating func startOverSessions() { session = 0 }

    mutating func takeSocket(of count: Int) -> Int? { Self.take(&socket, of: count) }
    mutating func takeSession(of count: Int) -> Int? { Self.take(&session, of: count) }

    private static func take(_ next: inout Int, of count: Int) -> Int? {
        guard next < count else {
            next = .max
            return nil
        }
        defer { next += 1 }
        return next
    }

    var isDone: Bool { socket == .max && session == .max }
}
