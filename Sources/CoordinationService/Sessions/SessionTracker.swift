import Coordination
import Toolbox
import Vocabulary
import ZooKeeperWire

/// Knows, on the leader alone, when each session was heard last, and who has been silent too long.
///
/// Deadlines are rounded up to the next tick and kept in one bucket per tick. A touch moves only
/// the session's own deadline: whoever is found in a bucket that is over, but has a later deadline,
/// moves on to that one's bucket. The tracker's clock stands still when the node does: `pause`.
struct SessionTracker: Sendable {
    private struct Key: RawRepresentable, Sendable {
        let rawValue: UInt64
        init(rawValue: UInt64) { self.rawValue = rawValue }
        init(_ id: CoordinationSessionID) { rawValue = UInt64(bitPattern: id.rawValue) }
    }

    private struct Tracked: Sendable {
        /// The first tick at which it is over.
        var deadline: Int64
        var timeoutMilliseconds: Int32
        var attachment: Zxid
    }

    private let tickNanoseconds: Int64
    private var tracked = HashTable<Key, Tracked>()
    private var buckets = SortedMap<Int64, [CoordinationSessionID]>()
    private var paused: Duration = .zero

    init(tick: Duration) { tickNanoseconds = tick.nanoseconds }

    var count: Int { tracked.count }

    /// A session was opened, attached, or found by a new leader: its whole time-out begins.
    mutating func track(_ session: CoordinationSession, at now: Instant) {
        guard !session.isClosing else { return }
        let deadline = Self.deadline(
            after: session.timeoutMilliseconds, now.nanoseconds - paused.nanoseconds,
            tickNanoseconds)
        let isKnown = tracked[Key(session.id)] != nil
        tracked[Key(session.id)] = Tracked(
            deadline: deadline, timeoutMilliseconds: session.timeoutMilliseconds,
            attachment: session.attachment)
        // A shorter time-out is found in the older, later bucket: not too early, that is.
        if !isKnown { buckets[deadline, default: []].append(session.id) }
    }

    /// The session's client was heard, here or on another node.
    mutating func touch(_ id: CoordinationSessionID, at now: Instant) {
        let running = now.nanoseconds - paused.nanoseconds
        let tick = tickNanoseconds
        _ = tracked.update(Key(id)) { session in
            let later = Self.deadline(after: session.timeoutMilliseconds, running, tick)
            session.deadline = max(session.deadline, later)
        }
    }

    mutating func forget(_ id: CoordinationSessionID) { tracked.removeValue(forKey: Key(id)) }

    /// This node did not run for `duration`, and may have read no touches: nobody pays for that.
    mutating func pause(_ duration: Duration) { paused += duration }

    /// Sessions whose time is over. They come up again a tick later, until they are forgotten.
    mutating func overdue(at now: Instant, maximum: Int) -> [CoordinationSessionID] {
        let current = tick(at: now)
        var overdue: [CoordinationSessionID] = []
        while let (tick, ids) = buckets.first, tick <= current, overdue.count < maximum {
            buckets.removeValue(forKey: tick)
            var rest: [CoordinationSessionID] = []
            for id in ids {
                guard let session = tracked[Key(id)] else { continue }
                if session.deadline > current {
                    buckets[session.deadline, default: []].append(id)
                } else if overdue.count < maximum {
                    overdue.append(id)
                    buckets[current + 1, default: []].append(id)
                } else {
                    rest.append(id)
                }
            }
            if !rest.isEmpty { buckets[tick] = rest }
        }
        return overdue
    }

    /// Those of `ids` that are still over: a touch may have come while the leader proved itself.
    func stillOverdue(_ ids: [CoordinationSessionID], at now: Instant) -> [ExpiringSession] {
        let current = tick(at: now)
        return ids.compactMap { id in
            guard let session = tracked[Key(id)], session.deadline <= current else { return nil }
            return ExpiringSession(id, attachment: session.attachment)
        }
    }

    private func tick(at now: Instant) -> Int64 {
        (now.nanoseconds - paused.nanoseconds) / tickNanoseconds
    }

    private static func deadline(
        after milliseconds: Int32, _ running: Int64, _ tick: Int64
    ) -> Int64 {
        (running + Int64(milliseconds) * 1_000_000) / tick + 1
    }
}
