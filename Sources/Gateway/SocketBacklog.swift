import Vocabulary

/// What one socket still has to send, as far as the gateway knows.
///
/// The shell reports a change after it tried to write; what was sent at this very instant has not
/// been tried yet and is added.
struct SocketBacklog: Sendable {
    private(set) var reported = 0
    private var sentAt: Instant?
    private var sentNow = 0
    /// Bytes handed to the shell, and those it has got rid of.
    private var handed: UInt64 = 0
    private var taken: UInt64 = 0
    /// Since when the socket takes nothing although bytes wait.
    private(set) var stuckSince: Instant?

    func bytes(at now: Instant) -> Int { reported + (sentAt == now ? sentNow : 0) }

    mutating func send(_ count: Int, at now: Instant) {
        if sentAt != now {
            sentAt = now
            sentNow = 0
        }
        sentNow += count
        handed += UInt64(count)
    }

    mutating func report(queued: Int, at now: Instant) {
        reported = max(queued, 0)
        sentNow = 0
        let left = UInt64(reported)
        let takenNow = handed > left ? handed - left : 0
        if reported == 0 {
            stuckSince = nil
        } else if takenNow > taken || stuckSince == nil {
            stuckSince = now
        }
        taken = max(taken, takenNow)
    }
}
