import ChatWire
import Toolbox
import Vocabulary

/// A chat's log as all devices together have seen it, and who was in the chat at each position.
struct ChatLog: Sendable {
    let chat: ChatID
    /// By `seq`; the first of those that were seen. What others saw must be equal.
    private(set) var entries = SortedMap<SequenceNumber, EntryFrame>()
    /// Positions at which a user came or went, ascending.
    private var changes = SortedMap<UserID, [(seq: SequenceNumber, isIn: Bool)]>()

    init(chat: ChatID) { self.chat = chat }

    /// - Returns: what differs from what was seen before; nil if nothing does.
    mutating func add(_ entry: EntryFrame) -> String? {
        guard let known = entries[entry.seq] else {
            entries[entry.seq] = entry
            return nil
        }
        if known.digest != entry.digest { return "digests" }
        if known.ord != entry.ord { return "ord" }
        if known.from != entry.from || known.kind != entry.kind { return "kinds or senders" }
        if known.clientID != entry.clientID { return "ids" }
        if !known.hasMore, !entry.hasMore, known.text != entry.text { return "texts" }
        if known.time != entry.time { return "times" }
        return nil
    }

    /// To be called once all entries are there.
    mutating func settleMembers() {
        changes = SortedMap()
        for (seq, entry) in entries {
            switch entry.kind {
            case .join: for user in entry.users { note(user, seq, isIn: true) }
            case .leave: for user in entry.users { note(user, seq, isIn: false) }
            case .message, .edit, .delete, .react, .role, .title: continue
            }
        }
    }

    private mutating func note(_ user: UserID, _ seq: SequenceNumber, isIn: Bool) {
        changes[user, default: []].append((seq, isIn))
    }

    /// Whether `user` is in the chat once the entry at `seq` has taken effect.
    func hasMember(_ user: UserID, at seq: SequenceNumber) -> Bool {
        changes[user]?.last { $0.seq <= seq }?.isIn ?? false
    }

    /// When `user` next comes back after `seq`.
    func nextJoin(of user: UserID, after seq: SequenceNumber) -> SequenceNumber? {
        changes[user]?.first { $0.seq > seq && $0.isIn }?.seq
    }

    /// Whether nothing lies between 1 and the last entry that nobody has seen.
    var firstGap: SequenceNumber? {
        var expected = SequenceNumber(1)
        for seq in entries.keys {
            if seq != expected { return expected }
            expected = expected.next
        }
        return nil
    }
}
