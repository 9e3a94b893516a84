import Messages
import Placement
import Replication
import Toolbox
import Vocabulary

/// One message group's stream of entries to the nodes whose users read them.
///
/// Every replica keeps the recent effects; the leader streams them, in log order, to each
/// subscriber from its own cursor. Nothing of this is replicated: the cursor lives with the
/// subscriber, and a new leader goes on where the old one stopped.
struct DeliveryPublisher: Sendable {
    private struct Subscriber: Sendable {
        /// Everything up to here is sent, or is of no concern to the node.
        var cursor: LogIndex
        /// Where the last piece ended; nil if what comes next does not follow anything.
        var sentThrough: LogIndex?
        var nextProgress: Instant
    }

    /// A batch ends behind the entry that reaches it; far below what a frame may hold.
    private static let batchBytesMaximum = 1 << 20

    private let settings: DeliverySettings
    /// Effects in log order, and the index behind which all of them are here.
    private var recent: [AppliedEffects<MessageEffect>] = []
    private var recentHead = 0
    private var start: LogIndex
    private var subscribers: SortedMap<NodeID, Subscriber> = SortedMap()

    /// - Parameter applied: effects up to here are gone.
    init(settings: DeliverySettings, applied: LogIndex) {
        self.settings = settings
        start = applied
    }

    var nextDeadline: Instant? { subscribers.values.map(\.nextProgress).min() }

    // MARK: On every replica

    mutating func record(_ effects: [AppliedEffects<MessageEffect>]) {
        recent.append(contentsOf: effects)
        let excess = recent.count - recentHead - settings.recentEffectsMaximum
        guard excess > 0 else { return }
        recentHead += excess
        start = recent[recentHead - 1].index
        if recentHead > settings.recentEffectsMaximum {
            recent.removeFirst(recentHead)
            recentHead = 0
        }
    }

    /// A snapshot took the log's place: what it skipped was never seen here.
    mutating func restart(at applied: LogIndex) {
        recent = []
        recentHead = 0
        start = applied
        subscribers = SortedMap()
    }

    // MARK: On the leader

    mutating func subscribe(
        _ node: NodeID, _ request: DeliverySubscribe, applied: LogIndex, at now: Instant
    ) {
        subscribers[node] = Subscriber(
            cursor: request.cursor ?? applied, sentThrough: request.cursor, nextProgress: now)
    }

    mutating func unsubscribe(_ node: NodeID) { subscribers.removeValue(forKey: node) }
    mutating func unsubscribeAll() { subscribers = SortedMap() }

    /// What is to be sent now, by subscriber.
    ///
    /// A subscriber whose cursor is ahead of `applied` waits: the entries are committed, and this
    /// leader will have applied them once its first own entry is. One of the `crowded` nodes waits
    /// as well: it holds back nobody, and if what it lacks goes out of memory it starts again.
    mutating func stream(
        applied: LogIndex, past crowded: [NodeID], ring: Ring, at now: Instant
    ) -> [(node: NodeID, batch: DeliveryBatch)] {
        var batches: [(node: NodeID, batch: DeliveryBatch)] = []
        for (node, subscriber) in subscribers {
            var subscriber = subscriber
            if crowded.contains(node) {
                subscriber.nextProgress = now + settings.progressInterval
            } else if let batch = batch(for: node, &subscriber, applied: applied, ring, at: now) {
                batches.append((node, batch))
            }
            subscribers[node] = subscriber
        }
        return batches
    }

    private func batch(
        for node: NodeID, _ subscriber: inout Subscriber, applied: LogIndex, _ ring: Ring,
        at now: Instant
    ) -> DeliveryBatch? {
        var isDue = subscriber.nextProgress <= now
        if isDue { subscriber.nextProgress = now + settings.progressInterval }
        if subscriber.cursor < start {
            // What it lacks is gone from here: it starts again, and fetches what it missed.
            subscriber.cursor = applied
            subscriber.sentThrough = nil
            isDue = true
        }
        guard subscriber.cursor <= applied, subscriber.cursor < applied || isDue else { return nil }
        let (events, through) = events(after: subscriber.cursor, to: applied, for: node, ring)
        subscriber.cursor = through
        guard !events.isEmpty || isDue else { return nil }
        let batch = DeliveryBatch(from: subscriber.sentThrough, through: through, events: events)
        subscriber.sentThrough = through
        // What did not fit goes on in the next turn.
        subscriber.nextProgress = through < applied ? now : now + settings.progressInterval
        return batch
    }

    private func events(
        after cursor: LogIndex, to applied: LogIndex, for node: NodeID, _ ring: Ring
    ) -> (events: [MessageEffect], through: LogIndex) {
        var events: [MessageEffect] = []
        var bytes = 0
        var position = firstPosition(after: cursor)
        while position < recent.count, recent[position].index <= applied {
            for effect in recent[position].effects {
                guard let kept = effect.kept(for: node, ring) else { continue }
                events.append(kept)
                bytes += kept.encodedBytesEstimate
            }
            if events.count >= settings.batchEffectsMaximum || bytes >= Self.batchBytesMaximum {
                return (events, recent[position].index)
            }
            position += 1
        }
        return (events, applied)
    }

    private func firstPosition(after cursor: LogIndex) -> Int {
        var (low, high) = (recentHead, recent.count)
        while low < high {
            let middle = (low + high) / 2
            if recent[middle].index <= cursor { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension MessageEffect {
    /// What of this effect concerns the users whose home is `node`; nil if nothing does.
    func kept(for node: NodeID, _ ring: Ring) -> MessageEffect? {
        switch self {
        case .appended(let chat, let entry, let readers, let removed):
            let here = readers.filter { ring.owner(of: $0) == node }
            let removedHere = removed.flatMap { ring.owner(of: $0) == node ? $0 : nil }
            guard !here.isEmpty || removedHere != nil else { return nil }
            return .appended(chat: chat, entry: entry, readers: here, removed: removedHere)
        case .marked(let mark):
            return ring.owner(of: mark.user) == node ? self : nil
        }
    }
}
