import Vocabulary

/// What an edge knows of one session's attachment to its home.
///
/// asking ──attached──▶ attached ──peer lost, unknown there, or moved──▶ asking (a new attempt)
///    └──refused──▶ asking, later, or once the ring has changed
struct HomeLink: Sendable {
    private enum State: Sendable {
        case none
        case asking(retryAt: Instant)
        case attached(checkAt: Instant)
    }

    private(set) var home: NodeID
    private(set) var attempt: UInt32 = 0
    private var state = State.none
    /// The home does not want the session, by a ring that is newer than this node's.
    private(set) var isRefused = false
    /// The number of the last push that the client was sent.
    private(set) var push: UInt64 = 0
    /// Bytes pushed in this attempt, and as many as the home was told of.
    private(set) var received: UInt64 = 0
    private var creditedBytes: UInt64 = 0
    private var creditedQueue = 0

    init(home: NodeID) { self.home = home }

    var isAttached: Bool {
        if case .attached = state { true } else { false }
    }

    var deadline: Instant? {
        switch state {
        case .none: nil
        case .asking(let retryAt): retryAt
        case .attached(let checkAt): checkAt
        }
    }

    /// Begins a new attempt; what is still on its way of the one before counts no more.
    mutating func ask(retryAt: Instant) {
        attempt &+= 1
        state = .asking(retryAt: retryAt)
        isRefused = false
        received = 0
        creditedBytes = 0
        creditedQueue = 0
    }

    /// Begins anew with another home, or with the same one.
    ///
    /// - Parameter push: the last that a home on this node sent; nil if it was elsewhere.
    mutating func move(to home: NodeID, push: UInt64?) {
        self.home = home
        if let push { self.push = push }
    }

    mutating func refused(retryAt: Instant) {
        state = .asking(retryAt: retryAt)
        isRefused = true
    }

    mutating func attached(checkAt: Instant) { state = .attached(checkAt: checkAt) }

    /// Takes pushes that came; false if some before them are missing.
    mutating func receive(last: UInt64, count: Int, bytes: Int) -> Bool {
        guard isAttached, count > 0, last == push &+ UInt64(count) else { return false }
        push = last
        received &+= UInt64(bytes)
        return true
    }

    /// Whether the home should hear how much has left; if so, it is taken to be told.
    mutating func isCreditDue(queued: Int, step: Int) -> Bool {
        guard isAttached else { return false }
        let hasMoved = received - creditedBytes >= UInt64(step)
        let hasChanged = queued == 0 ? creditedQueue != 0 : abs(queued - creditedQueue) >= step
        guard hasMoved || hasChanged else { return false }
        creditedBytes = received
        creditedQueue = queued
        return true
    }
}
