import Vocabulary

/// Users whose sessions missed pushes: each is to get a `gap` for every chat. A few are asked about
/// at a time, so that an interruption is no storm.
struct RefreshQueue: Sendable {
    private var waiting: [UserID] = []
    private var front = 0
    /// For look-up only.
    private var isWaiting: Set<UserID> = []
    private var running: Set<UserID> = []
    /// After a failure: when to go on.
    private(set) var retryAt: Instant?

    private static let runningMaximum = 16
    static let retry: Duration = .seconds(1)

    /// A user who is being asked about is asked about once more.
    mutating func append(_ user: UserID) {
        if isWaiting.insert(user).inserted { waiting.append(user) }
    }

    /// The next user to ask about; nil while enough are asked, or after a failure.
    mutating func next(at now: Instant) -> UserID? {
        if let retryAt, now < retryAt { return nil }
        retryAt = nil
        guard running.count < Self.runningMaximum, front < waiting.count else { return nil }
        let user = waiting[front]
        guard !running.contains(user) else { return nil }
        front += 1
        if front == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            front = 0
        }
        isWaiting.remove(user)
        running.insert(user)
        return user
    }

    mutating func finish(_ user: UserID) { running.remove(user) }

    /// The user is asked about again, after a while.
    mutating func fail(_ user: UserID, at now: Instant) {
        running.remove(user)
        append(user)
        retryAt = now + Self.retry
    }
}
