internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

/// One chat: its log, its members as of the log's end, what they have read, and the ids seen.
struct ChatState: Sendable {
    let chat: ChatID
    let kind: ChatKind
    let history: HistoryAccess
    let title: String
    /// The entry at `seq` n stands at n - 1.
    private(set) var entries = ChunkedArray<ChatEntry>()
    /// Of the last entry, kept beside it so that an append does not copy one; 0 before the first.
    private(set) var ord: UInt64 = 0
    private(set) var digest: UInt64 = 0
    private var latestTime: WallTime?
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

    var head: SequenceNumber { SequenceNumber(UInt64(entries.count)) }
    var membersVersion: UInt64 { UInt64(changes.count) }

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

    /// Puts `entry` at the log's end and completes what follows from the entries before it.
    @discardableResult
    mutating func append(_ entry: ChatEntry) -> ChatEntry {
        var entry = entry
        if entry.kind == .message { ord += 1 }
        entry.seq = SequenceNumber(UInt64(entries.count) + 1)
        entry.ord = ord
        digest = EntryDigest.digest(of: entry, after: digest)
        entry.digest = digest
        latestTime = entry.time
        entries.append(entry)
        return entry
    }

    /// The time of an entry that is appended at log time `now`: it never goes back within a chat.
    func entryTime(at now: WallTime) -> WallTime { max(latestTime ?? now, now) }

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
                members[member].raiseRead(to: target, ord: entries[Int(target.rawValue) - 1].ord)
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
