import ChatWire
import ClientCore
public import Vocabulary

/// A device that had been connected begins to connect again.
public struct Reconnection: Hashable, Sendable {
    public enum Cause: Hashable, Sendable {
        /// It was sent to its home.
        case ring
        /// Its node was about to end.
        case stop
        /// The connection broke, or the node that it tried would not take it.
        case lost

        init(_ reason: Disconnection) {
            self =
                switch reason {
                case .goneAway(.ring), .closed(code: 4008): .ring
                case .goneAway(.drain), .goneAway(.restart), .closed(code: 4000): .stop
                case .unreachable, .lost, .silent, .garbled, .unavailable, .closed, .refused,
                    .asked:
                    .lost
                }
        }
    }

    public let at: Instant
    public let cause: Cause
    /// Where it was connected before.
    public let from: NodeID
    /// Nil for an address that no node has.
    public let to: NodeID?

    public init(at: Instant, cause: Cause, from: NodeID, to: NodeID?) {
        self.at = at
        self.cause = cause
        self.from = from
        self.to = to
    }
}

/// A time in which a device had no connection.
public struct Absence: Hashable, Sendable {
    public let from: Instant
    public let duration: Duration

    public init(from: Instant, duration: Duration) {
        self.from = from
        self.duration = duration
    }
}
