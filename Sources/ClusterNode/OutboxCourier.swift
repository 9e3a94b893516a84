import Membership
import Replication
import Toolbox
import Vocabulary

/// Hands the decided changes of members to their chats' shards, on the membership group's leader.
///
/// A caller of a decision waits here until the shard has the change: only then is it in force.
struct OutboxCourier: Sendable {
    struct Waiter: Sendable {
        var requester: Requester
        var isNew: Bool
    }

    private struct Change: Hashable, Comparable {
        var chat: ChatID
        var version: UInt64

        static func < (left: Change, right: Change) -> Bool {
            (left.chat, left.version) < (right.chat, right.version)
        }
    }

    /// On their way to a shard; at most one of a chat.
    private var underway: SortedMap<ChatID, OutboxRecord> = SortedMap()
    private var waiters: SortedMap<Change, [Waiter]> = SortedMap()

    var count: Int { underway.count }

    /// Takes a record on; false if it is on its way already.
    mutating func take(_ record: OutboxRecord) -> Bool {
        if let present = underway[record.chat], present.version >= record.version { return false }
        underway[record.chat] = record
        return true
    }

    func record(of chat: ChatID) -> OutboxRecord? { underway[chat] }

    mutating func wait(_ waiter: Waiter, for chat: ChatID, version: UInt64) {
        waiters[Change(chat: chat, version: version), default: []].append(waiter)
    }

    /// The shard has the change: who waited for it, or for an earlier one of the chat.
    mutating func delivered(_ chat: ChatID, version: UInt64) -> [Waiter] {
        if underway[chat]?.version == version { underway.removeValue(forKey: chat) }
        return waiters.removeValue(forKey: Change(chat: chat, version: version)) ?? []
    }

    /// This node no longer leads: whoever does takes the outbox over. Answers who waited.
    mutating func stop() -> [Waiter] {
        let left = waiters.values.flatMap { $0 }
        underway = SortedMap()
        waiters = SortedMap()
        return left
    }
}
