import Toolbox
import Vocabulary

/// Keeps back what may leave only when the disk has caught up.
///
/// Writes of one instance complete in order. A write whose entries were replaced by a later one
/// still completes, but for fewer entries (consensus pitfall 9).
struct WriteBarrier: Sendable {
    enum Held: Sendable {
        case message(RaftMessage, to: RaftMember)
        /// The own vote of this term, and the requests for the others'.
        case candidacy(Term)
    }

    private struct Write: Sendable {
        let token: WriteToken
        /// The last entry it makes durable; zero if none.
        var last: LogIndex
        let issuedAt: Instant
    }

    private(set) var issued = WriteToken(0)
    private(set) var persisted = WriteToken(0)
    private var writes: [Write] = []
    private var held: [(token: WriteToken, item: Held)] = []

    var hasWritesInFlight: Bool { issued != persisted }
    var heldCount: Int { held.count }
    /// When the oldest write that is not complete was issued.
    var waitingSince: Instant? { writes.first?.issuedAt }

    /// Names the next write.
    mutating func issue(last: LogIndex, at now: Instant) -> WriteToken {
        issued = issued.next
        writes.append(Write(token: issued, last: last, issuedAt: now))
        return issued
    }

    /// Keeps `item` until the write named `token` is durable.
    mutating func hold(_ item: Held, until token: WriteToken) {
        if let previous = held.last, previous.token == token,
            let merged = Self.merge(previous.item, item)
        {
            held[held.count - 1].item = merged
        } else {
            held.append((token, item))
        }
    }

    /// The entries at and after `index` were replaced before their writes completed.
    mutating func entriesWereTruncated(from index: LogIndex) {
        for position in writes.indices {
            writes[position].last = min(writes[position].last, index.previous)
        }
    }

    /// All writes up to `token` are durable: the last entry that this makes durable.
    mutating func complete(_ token: WriteToken) -> LogIndex {
        var last = LogIndex.zero
        var count = 0
        while count < writes.count, writes[count].token <= token {
            last = max(last, writes[count].last)
            count += 1
        }
        writes.removeFirst(count)
        persisted = token
        return last
    }

    /// What need not be kept back any longer, in the order in which it was.
    mutating func takeReleased() -> [Held] {
        var released: [Held] = []
        var count = 0
        while count < held.count, held[count].token <= persisted {
            if let last = released.last, let merged = Self.merge(last, held[count].item) {
                released[released.count - 1] = merged
            } else {
                released.append(held[count].item)
            }
            count += 1
        }
        held.removeFirst(count)
        return released
    }

    /// A vote, for another or for this node itself, is on its way to the disk.
    var holdsVote: Bool {
        held.contains { held in
            switch held.item {
            case .candidacy: true
            case .message(.voteResponse(let response), to: _): response.isGranted
            case .message: false
            }
        }
    }

    /// One acknowledgement says all that two to the same leader say.
    private static func merge(_ first: Held, _ second: Held) -> Held? {
        guard case .message(.appendResponse(let early), to: let node) = first,
            case .message(.appendResponse(let late), to: node) = second,
            case .matched(let earlyIndex) = early.outcome,
            case .matched(let lateIndex) = late.outcome,
            early.term == late.term
        else { return nil }
        return .message(
            .appendResponse(
                RaftMessage.AppendResponse(
                    term: late.term, round: max(early.round, late.round),
                    outcome: .matched(max(earlyIndex, lateIndex)))),
            to: node)
    }
}
