import Vocabulary

/// Commands that went into the log here and whose requesters wait, in the order they were proposed.
///
/// An entry that another leader's took the place of on this node may still be committed: a third
/// leader may have kept it (Raft §5.4.2, Figure 8). So nothing is said of it before something else
/// is known to be committed in its place.
struct PendingProposals: Sendable {
    struct Pending: Sendable {
        var index: LogIndex
        var term: Term
        var requester: Requester
        var needsReply = true
    }

    private var items: [Pending] = []
    private var head = 0

    mutating func append(_ pending: Pending) { items.append(pending) }

    /// The first that is decided by the commit of an entry of `term` at `index`: it is this one, or
    /// can no longer be committed. That is so for all at or below `index`; and for all of an
    /// earlier term, because no log holds them behind this entry.
    mutating func removeFirst(decidedAt index: LogIndex, _ term: Term) -> Pending? {
        guard head < items.count else { return nil }
        let first = items[head]
        guard first.index <= index || first.term < term else { return nil }
        advance()
        return first
    }

    /// The first, decided or not.
    mutating func removeFirst() -> Pending? {
        guard head < items.count else { return nil }
        defer { advance() }
        return items[head]
    }

    private mutating func advance() {
        head += 1
        guard head == items.count || head >= 1_024 else { return }
        items.removeFirst(head)
        head = 0
    }
}
