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
        /// Whose entries it wants, by its own word: the ring that this node knows may be another.
        let served: ServedArcs
        var nextProgress: Instant
    }

    /// A batch ends behind the entry that reaches it; far below what a frame may hold.
    private static let batchBytesMaximum = 1 << 20

    private let settings: DeliverySettings
    /// Effects in log order, and the index behind which all of them are here.
    private var recent: [AppliedEffect<MessageNews>] = []
    private var recentHead = 0
    private var start: LogIndex
    private var subscribers: SortedMap<NodeID, Subscriber> = SortedMap()

    /// - Parameter applied: effects up to here are gone.
    init(settings: DeliverySettings, applied: LogIndex) {
        self.settings = settings
        start = applied
    }

    var nextDeadline: Instant? {
        var earliest: Instant?
        for (_, subscriber) in subscribers {
            earliest = earliest.map { min($0, subscriber.nextProgress) } ?? subscriber.nextProgress
        }
        return earliest
    }

    // MARK: On every replica

    mutating func record(_ effects: [AppliedEffect<MessageNews>]) {
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
            cursor: request.cursor ?? applied, sentThrough: request.cursor,
            served: request.served, nextProgress: now)
    }

    mutating func unsubscribe(_ node: NodeID) { subscribers.removeValue(forKey: node) }
    mutating func unsubscribeAll() { subscribers = SortedMap() }

    /// What is to be sent now, by subscriber.
    ///
    /// A subscriber whose cursor is ahead of `applied` waits: the entries are committed, and this
    /// leader will have applied them once its first own entry is. One of the crowded nodes waits as
    /// well: it holds back nobody, and if what it lacks goes out of memory it starts again.
    mutating func stream(
        _ turn: StreamTurn, applied: LogIndex, from machine: borrowing MessageMachine
    ) -> [(node: NodeID, batch: StreamedBatch)] {
        var batches: [(node: NodeID, batch: StreamedBatch)] = []
        for node in subscribers.keys {
            guard var subscriber = subscribers[node] else { continue }
            if turn.crowded.contains(node) {
                subscriber.nextProgress = turn.now + settings.progressInterval
            } else if let cut = nextCut(for: &subscriber, applied: applied, at: turn.now) {
                let batch = batch(cut, for: node, &subscriber, turn, applied, machine)
                if let batch { batches.append((node, batch)) }
            }
            subscribers.update(node) { $0 = subscriber }
        }
        return batches
    }

    /// From where on a subscriber is to be told, and whether even nothing is worth a batch.
    private struct Cut {
        var cursor: LogIndex
        var isDue: Bool
    }

    private func nextCut(
        for subscriber: inout Subscriber, applied: LogIndex, at now: Instant
    ) -> Cut? {
        var isDue = subscriber.nextProgress <= now
        if isDue { subscriber.nextProgress = now + settings.progressInterval }
        if subscriber.cursor < start {
            // What it lacks is gone from here: it starts again, and fetches what it missed.
            subscriber.cursor = applied
            subscriber.sentThrough = nil
            isDue = true
        }
        guard subscriber.cursor <= applied, subscriber.cursor < applied || isDue else { return nil }
        return Cut(cursor: subscriber.cursor, isDue: isDue)
    }

    private func batch(
        _ cut: Cut, for node: NodeID, _ subscriber: inout Subscriber, _ turn: StreamTurn,
        _ applied: LogIndex, _ machine: borrowing MessageMachine
    ) -> StreamedBatch? {
        let positions = firstPosition(after: cut.cursor)..<recent.count
        let served = subscriber.served
        let batch: StreamedBatch
        let isEmpty: Bool
        if node == turn.own {
            // What stays here is not written and read back.
            var events = DeliveredEvents(epoch: served.epoch, from: subscriber.sentThrough)
            gather(positions, for: served.arcs, applied, machine, into: &events)
            isEmpty = events.count == 0
            subscriber.cursor = events.batch.through
            batch = .here(events.batch)
        } else {
            var events = EncodedEvents(epoch: served.epoch, from: subscriber.sentThrough)
            gather(positions, for: served.arcs, applied, machine, into: &events)
            isEmpty = events.count == 0
            subscriber.cursor = events.through
            batch = .elsewhere(events.take())
        }
        guard !isEmpty || cut.isDue else { return nil }
        subscriber.sentThrough = subscriber.cursor
        // What did not fit goes on in the next turn.
        subscriber.nextProgress =
            subscriber.cursor < applied ? turn.now : turn.now + settings.progressInterval
        return batch
    }

    /// Collects what concerns the users of these arcs, as far as one batch may go: always to the
    /// end of an index.
    private func gather(
        _ positions: Range<Int>, for arcs: ArcSet, _ applied: LogIndex,
        _ machine: borrowing MessageMachine, into events: inout some EventCollecting
    ) {
        for position in positions {
            let index = recent[position].index
            guard index <= applied else { break }
            events.collect(recent[position].effect, from: machine) { arcs.contains($0) }
            let isFull =
                events.count >= settings.batchEffectsMaximum
                || events.bytes >= Self.batchBytesMaximum
            if isFull, position + 1 == recent.count || recent[position + 1].index > index {
                return events.end(through: index)
            }
        }
        events.end(through: applied)
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
