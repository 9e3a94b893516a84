internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

/// One chat: its log, its members as of the log's end, what they have read, and the ids seen.
struct ChatState: Sendable {
    let chat: ChatID
    let kind: ChatKind
    let history: HistoryAccess
    let title: String
    var entries = EntryLog()
    /// Ascending by user.
    var members: [MemberState] = []
    /// The members' ids, kept ready because every entry's effect names them.
    private(set) var readers: [UserID] = []
    /// Where the change of version n stands, at n - 1.
    var changes: [SequenceNumber] = []
    var window = DuplicateWindow()
    /// Where in the group's log the chat's log last grew.
    var changedAt: LogIndex = .zero

    init(chat: ChatID, kind: ChatKind, history: HistoryAccess, title: String) {
        self.chat = chat
        self.kind = kind
        self.history = history
        self.title = title
    }

    var head: SequenceNumber { entries.head }
    var membersVersion: UInt64 { UInt64(changes.count) }
    var totals: (entries: Int, remembered: Int) { (entries.count, window.count) }

    func memberIndex(of user: UserID) -> Int? {
        let index = memberLowerBound(of: user)
        return index < members.count && members[index].user == user ? index : nil
    }

    func memberLowerBound(of user: UserID) -> Int {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].user < user { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func membersDidChange() { readers = members.map(\.user) }

    /// The time of an entry that is appended at log time `now`: it never goes back within a chat.
    func entryTime(at now: WallTime) -> WallTime { max(entries.latestTime ?? now, now) }

    // MARK: Watermarks

    /// Merges a user's marks by maximum, clamped to the head. Ignored of who is no member.
    mutating func mark(_ mark: Mark, at index: LogIndex) -> Mark? {
        guard let member = memberIndex(of: mark.user) else { return nil }
        return raise(member, delivered: mark.delivered, read: mark.read, at: index)
    }

    /// What rose; nil if nothing did.
    mutating func raise(
        _ member: Int, delivered: SequenceNumber?, read: SequenceNumber?, at index: LogIndex
    ) -> Mark? {
        let before = members[member].delivered
        if let delivered { _ = members[member].raiseDelivered(to: min(delivered, head)) }
        var risenRead: SequenceNumber?
        if let read {
            let target = min(read, head)
            // Position 0 is before the first entry, and no record stands below its join.
            if target > .zero,
                members[member].raiseRead(to: target, ord: entries.ord(at: target))
            {
                members[member].changedAt = index
                risenRead = target
            }
        }
        let after = members[member].delivered
        guard after > before || risenRead != nil else { return nil }
        return Mark(
            chat: chat, user: members[member].user, delivered: after > before ? after : nil,
            read: risenRead)
    }
}
