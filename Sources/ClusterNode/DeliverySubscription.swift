import Vocabulary

/// This node's subscription to one message group, wherever that group's leader is.
///
///     idle ──leader known──▶ asked(leader) ──first batch──▶ active(leader)
///       ▲                       │silence, link lost, other leader │
///       └───────────────────────┴─────────────────────────────────┘
struct DeliverySubscription: Sendable {
    enum State: Hashable, Sendable {
        case idle(retryAt: Instant)
        case asked(NodeID, deadline: Instant)
        case active(NodeID, deadline: Instant)
    }

    /// What a batch means for this subscription.
    enum Verdict: Hashable, Sendable {
        /// Deliver its events.
        case follows
        /// Deliver its events, and say that something before them was missed.
        case restarts
        /// Not what was asked for; ignore it.
        case stray
    }

    private(set) var state: State
    /// The last log index received; nil before the first batch ever.
    private(set) var cursor: LogIndex?
    /// Of the arcs that were asked for last.
    private var epoch = RingEpoch(0)
    private let silenceMaximum: Duration

    init(silenceMaximum: Duration, at now: Instant) {
        self.silenceMaximum = silenceMaximum
        state = .idle(retryAt: now)
    }

    var isActive: Bool {
        if case .active = state { true } else { false }
    }

    var source: NodeID? {
        switch state {
        case .idle: nil
        case .asked(let node, _), .active(let node, _): node
        }
    }

    var nextDeadline: Instant {
        switch state {
        case .idle(let retryAt): retryAt
        case .asked(_, let deadline), .active(_, let deadline): deadline
        }
    }

    mutating func ask(
        _ leader: NodeID, for served: ServedArcs, at now: Instant
    ) -> DeliverySubscribe {
        epoch = served.epoch
        state = .asked(leader, deadline: now + silenceMaximum)
        return DeliverySubscribe(cursor: cursor, served: served)
    }

    mutating func stop(retryAt: Instant) { state = .idle(retryAt: retryAt) }

    mutating func receive(
        _ batch: DeliveryBatch, from node: NodeID, at now: Instant
    ) -> Verdict {
        // What was made for other arcs is made again for these, from the same cursor.
        guard source == node, batch.epoch == epoch else { return .stray }
        guard batch.from == cursor || batch.from == nil else {
            state = .idle(retryAt: now)
            return .stray
        }
        let missed = batch.from == nil && cursor != nil
        cursor = batch.through
        state = .active(node, deadline: now + silenceMaximum)
        return missed ? .restarts : .follows
    }
}
