public import Raft
public import Vocabulary

/// How fast a node may send snapshots, over all its groups and followers together.
///
/// A bucket of tokens, told as the moment at which all that was let through would have left at the
/// bound's speed: a part may leave while that moment is at most `burst` ahead. Tickets are served
/// in the order in which they came, so no follower waits behind another's whole snapshot.
public struct SnapshotPace: Sendable {
    /// One part that a replica would like to send.
    public struct Ticket: Hashable, Sendable {
        public var group: ReplicaGroupID
        public var member: RaftMember
        public var bytes: Int

        public init(group: ReplicaGroupID, member: RaftMember, bytes: Int) {
            self.group = group
            self.member = member
            self.bytes = bytes
        }
    }

    private static let burst = Duration.milliseconds(20)

    /// 0 lets everything through at once.
    private let bytesPerSecondMaximum: Int
    private var waiting: [Ticket] = []
    private var freeAt = Instant(nanoseconds: 0)

    /// - Parameter bytesPerSecondMaximum: 0 for no bound.
    public init(bytesPerSecondMaximum: Int) {
        self.bytesPerSecondMaximum = bytesPerSecondMaximum
    }

    /// Puts a ticket at the end of the line. At most one waits for each group and member.
    public mutating func wait(_ ticket: Ticket) {
        waiting.removeAll { $0.group == ticket.group && $0.member == ticket.member }
        waiting.append(ticket)
    }

    /// The first in the line, if it may be sent now.
    public mutating func next(at now: Instant) -> Ticket? {
        guard let first = waiting.first, freeAt <= now + Self.burst else { return nil }
        waiting.removeFirst()
        guard bytesPerSecondMaximum > 0 else { return first }
        let cost = Int64(first.bytes) * 1_000_000_000 / Int64(bytesPerSecondMaximum)
        freeAt = max(freeAt, now) + Duration.nanoseconds(cost)
        return first
    }

    /// Nobody is there to send to.
    public mutating func forget(_ node: NodeID) { waiting.removeAll { $0.member.node == node } }

    /// When the first in the line may be sent; nil if nobody waits.
    public var nextDeadline: Instant? {
        waiting.isEmpty ? nil : freeAt + (Duration.zero - Self.burst)
    }
}
