import ChatWire
import Toolbox
import Vocabulary

/// How far each chat has been seen, and what is missing: entries come out in order and once.
///
/// An entry that is not the next one shows a hole. The hole is filled by pages of the log; entries
/// behind it wait here as far as they fit, and what does not fit comes with a later page.
struct ChatFollower: Sendable {
    struct Position: Sendable {
        /// All up to here were given out.
        var seq: SequenceNumber
        /// All up to here exist.
        var known: SequenceNumber
        var isFetching = false
        /// Ascending, all above `seq`.
        var early: [EntryFrame] = []

        var isBehind: Bool { known > seq }
    }

    /// What is to be done about an entry or a page.
    struct Outcome: Sendable {
        var entries: [EntryFrame] = []
        /// Where the entries start, if not right behind what was given out before.
        var skippedAfter: SequenceNumber?
    }

    private(set) var chats: SortedMap<ChatID, Position> = SortedMap()
    /// Chats to be fetched, in the order in which they fell behind.
    private var waiting: [ChatID] = []
    private(set) var fetchesCount = 0
    /// Entries that came a second time.
    private(set) var repeatsCount = 0

    private static let earlyEntriesMaximum = 64
    static let fetchesMaximum = 4

    /// Whether all that is known to exist was given out.
    var isCaughtUp: Bool { waiting.isEmpty && fetchesCount == 0 }

    /// An entry was pushed. `start` is where a chat begins that was not known.
    mutating func receive(_ entry: EntryFrame, start: SequenceNumber) -> Outcome {
        if chats[entry.chat] == nil { chats[entry.chat] = Position(seq: start, known: start) }
        let verdict = chats.update(entry.chat) { position in
            Self.place(entry, at: &position)
        }
        switch verdict {
        case .next(let outcome): return outcome
        case .repeated:
            repeatsCount += 1
            return Outcome()
        case .early, nil:
            want(entry.chat)
            return Outcome()
        }
    }

    private enum Verdict {
        case next(Outcome)
        case repeated
        case early
    }

    private static func place(_ entry: EntryFrame, at position: inout Position) -> Verdict {
        guard entry.seq > position.seq else { return .repeated }
        position.known = max(position.known, entry.seq)
        guard entry.seq > position.seq.next else {
            position.seq = entry.seq
            return .next(Outcome(entries: [entry] + takeEarly(&position)))
        }
        guard let last = position.early.last, last.seq >= entry.seq else {
            if position.early.count < earlyEntriesMaximum { position.early.append(entry) }
            return .early
        }
        return position.early.contains { $0.seq == entry.seq } ? .repeated : .early
    }

    /// Takes what waited for the entry that has just come.
    private static func takeEarly(_ position: inout Position) -> [EntryFrame] {
        guard !position.early.isEmpty else { return [] }
        var taken = 0
        var entries: [EntryFrame] = []
        for entry in position.early {
            guard entry.seq <= position.seq.next else { break }
            taken += 1
            guard entry.seq > position.seq else { continue }
            entries.append(entry)
            position.seq = entry.seq
        }
        position.early.removeFirst(taken)
        return entries
    }

    /// Entries up to `head` exist. `start` is where a chat begins that was not known.
    mutating func learn(head: SequenceNumber, of chat: ChatID, start: SequenceNumber) {
        if chats[chat] == nil { chats[chat] = Position(seq: start, known: start) }
        let isBehind = chats.update(chat) { position in
            position.known = max(position.known, head)
            return position.isBehind
        }
        if isBehind == true { want(chat) }
    }

    /// The next chat to fetch, and from where; nil if there is none or enough are under way.
    mutating func takeFetch() -> (chat: ChatID, after: SequenceNumber)? {
        while fetchesCount < Self.fetchesMaximum, !waiting.isEmpty {
            let chat = waiting.removeFirst()
            let after: SequenceNumber?? = chats.update(chat) { position in
                guard position.isBehind, !position.isFetching else { return nil }
                position.isFetching = true
                return position.seq
            }
            guard let after = after ?? nil else { continue }
            fetchesCount += 1
            return (chat, after)
        }
        return nil
    }

    /// The page behind `seq` has come.
    mutating func receive(_ page: EntryPage, of chat: ChatID) -> Outcome {
        fetchesCount -= 1
        let found = chats.update(chat) { position in
            position.isFetching = false
            return Self.take(page, at: &position)
        }
        guard let outcome = found else { return Outcome() }
        if chats[chat]?.isBehind == true { want(chat) }
        return outcome
    }

    private static func take(_ page: EntryPage, at position: inout Position) -> Outcome {
        var outcome = Outcome()
        for entry in page.entries where entry.seq > position.seq {
            if outcome.entries.isEmpty, entry.seq > position.seq.next {
                outcome.skippedAfter = position.seq
            }
            outcome.entries.append(entry)
            position.seq = entry.seq
        }
        guard !outcome.entries.isEmpty else {
            // Nothing more is shown to this user, whatever was heard before: asking again at once
            // would give the same.
            position.known = position.seq
            position.early = []
            return outcome
        }
        outcome.entries += takeEarly(&position)
        position.known = max(position.known, max(page.head, position.seq))
        return outcome
    }

    /// A page could not be had; `isLost` if the chat is none of the user's any more.
    mutating func fail(_ chat: ChatID, isLost: Bool) {
        fetchesCount -= 1
        guard !isLost else { return forget(chat) }
        let known: Void? = chats.update(chat) { $0.isFetching = false }
        if known != nil { want(chat) }
    }

    mutating func forget(_ chat: ChatID) {
        chats.removeValue(forKey: chat)
        waiting.removeAll { $0 == chat }
    }

    /// The connection is gone, and with it all answers that were due.
    mutating func restart() {
        fetchesCount = 0
        waiting = []
        for chat in chats.keys {
            let isBehind = chats.update(chat) { position in
                position.isFetching = false
                return position.isBehind
            }
            if isBehind == true { waiting.append(chat) }
        }
    }

    private mutating func want(_ chat: ChatID) {
        guard chats[chat]?.isFetching == false, !waiting.contains(chat) else { return }
        waiting.append(chat)
    }
}
