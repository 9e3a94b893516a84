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
        /// Where the last piece ended.
        var sentThrough: LogIndex
        /// The first piece has been sent.
        var hasStarted = false
        /// The cursor it asked with could be served.
        var goesOn: Bool
        var nextProgress: Instant
    }

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
        let asked = request.cursor ?? applied
        let cursor = asked < start ? applied : asked
        subscribers[node] = Subscriber(
            cursor: cursor, sentThrough: cursor, goesOn: request.cursor == cursor,
            nextProgress: now)
    }

    mutating func unsubscribe(_ node: NodeID) { subscribers.removeValue(forKey: node) }
    mutating func unsubscribeAll() { subscribers = SortedMap() }

    /// What is to be sent now, by subscriber.
    ///
    /// A subscriber whose cursor is ahead of `applied` waits: the entries are committed, and this
    /// leader will have applied them once its first own entry is.
    mutating func stream(
        applied: LogIndex, ring: Ring, at now: Instant
    ) -> [(node: NodeID, batch: DeliveryBatch)] {
        var batches: [(node: NodeID, batch: DeliveryBatch)] = []
        for node in subscribers.keys {
            guard let subscriber = subscribers[node] else { continue }
            let isDue = subscriber.nextProgress <= now
            if isDue {
                subscribers.update(node) { $0.nextProgress = now + settings.progressInterval }
            }
            guard subscriber.cursor <= applied else { continue }
            guard subscriber.cursor < applied || isDue || !subscriber.hasStarted else { continue }
            let (events, through) = events(after: subscriber.cursor, to: applied, for: node, ring)
            guard !events.isEmpty || isDue || !subscriber.hasStarted else {
                subscribers.update(node) { $0.cursor = through }
                continue
            }
            let from = subscriber.hasStarted || subscriber.goesOn ? subscriber.sentThrough : nil
            batches.append((node, DeliveryBatch(from: from, through: through, events: events)))
            subscribers.update(node) {
                $0.cursor = through
                $0.sentThrough = through
                $0.hasStarted = true
                $0.nextProgress = now + settings.progressInterval
            }
        }
        return batches
    }

    private func events(
        after cursor: LogIndex, to applied: LogIndex, for node: NodeID, _ ring: Ring
    ) -> (events: [MessageEffect], through: LogIndex) {
        var events: [MessageEffect] = []
        var position = firstPosition(after: cursor)
        while position < recent.count, recent[position].index <= applied {
            for effect in recent[position].effects {
                if let kept = effect.kept(for: node, ring) { events.append(kept) }
            }
            if events.count >= settings.batchEffectsMaximum {
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
