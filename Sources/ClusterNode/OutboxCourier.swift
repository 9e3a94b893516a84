import Membership
import Replication
import Toolbox
import Vocabulary

/// Hands the decided changes of members to their chats' shards, on the membership group's leader.
///
///     taken ──shard has it──▶ arrived ──recorded in the outbox──▶ gone
///       │ ▲                    │  ▲
///       └─┘ not answered       └──┘ not recorded
///
/// A caller of a decision waits here until the shard has the change: only then is it in force.
struct OutboxCourier: Sendable {
    struct Waiter: Sendable {
        var requester: Requester
        var isNew: Bool
    }

    /// A change on its way.
    struct Errand: Sendable {
        var record: OutboxRecord
        /// Where the shard put it, once it has it.
        var seq: SequenceNumber?
    }

    private struct Change: Hashable, Comparable {
        var chat: ChatID
        var version: UInt64

        static func < (left: Change, right: Change) -> Bool {
            (left.chat, left.version) < (right.chat, right.version)
        }
    }

    /// What failed is tried again after so long.
    private static let retryInterval: Duration = .milliseconds(250)

    /// At most one of a chat.
    private var underway: SortedMap<ChatID, Errand> = SortedMap()
    private var waiters: SortedMap<Change, [Waiter]> = SortedMap()
    private var retries = DeadlineQueue<ChatID>()

    var nextDeadline: Instant? {
        retries.earliestNanoseconds.map(Instant.init(nanoseconds:))
    }

    /// Takes a record on; false if it is on its way already.
    mutating func take(_ record: OutboxRecord) -> Bool {
        if let present = underway[record.chat]?.record, present.version >= record.version {
            return false
        }
        underway[record.chat] = Errand(record: record)
        return true
    }

    /// What is on its way for `chat`, if it is that version.
    func errand(of chat: ChatID, version: UInt64) -> Errand? {
        underway[chat].flatMap { $0.record.version == version ? $0 : nil }
    }

    mutating func wait(_ waiter: Waiter, for chat: ChatID, version: UInt64) {
        waiters[Change(chat: chat, version: version), default: []].append(waiter)
    }

    /// The shard has the change: who waited for it.
    mutating func arrived(
        _ chat: ChatID, version: UInt64, at seq: SequenceNumber
    ) -> [Waiter] {
        underway.update(chat) { $0.seq = seq }
        return waiters.removeValue(forKey: Change(chat: chat, version: version)) ?? []
    }

    /// The outbox no longer holds the change.
    mutating func recorded(_ chat: ChatID, version: UInt64) {
        guard errand(of: chat, version: version) != nil else { return }
        underway.removeValue(forKey: chat)
    }

    /// A step of it was in vain.
    mutating func failed(_ chat: ChatID, at now: Instant) {
        retries.set(chat, atNanoseconds: (now + Self.retryInterval).nanoseconds)
    }

    /// The next whose time has come again.
    mutating func nextRetry(at now: Instant) -> Errand? {
        while let chat = retries.popDue(atNanoseconds: now.nanoseconds) {
            if let errand = underway[chat] { return errand }
        }
        return nil
    }

    /// This node no longer leads: whoever does takes the outbox over. Answers who waited.
    mutating func stop() -> [Waiter] {
        let left = waiters.values.flatMap { $0 }
        self = OutboxCourier()
        return left
    }
}
