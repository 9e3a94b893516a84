private import Toolbox
internal import Vocabulary

/// The client ids of one chat that a repeat may still bring.
///
/// An id is accepted and remembered by its own time, never by its arrival: what is accepted and
/// what is remembered cannot disagree. Ids lie in one table per minute of their own time, so that
/// look-up needs no search, forgetting drops whole tables, and a change after a snapshot copies one
/// minute only. The ids themselves stand in the chat's entries alone.
struct DuplicateWindow: Sendable {
    private struct Minute: Sendable {
        let number: Int64
        var positions = PositionTable()
    }

    /// An id may be this much ahead of log time.
    static let aheadMilliseconds: Int64 = 60_000
    /// An id may be this much behind log time.
    static let behindMilliseconds: Int64 = 7 * 24 * 3_600_000

    /// Ascending by number.
    private var minutes: [Minute] = []
    /// Minutes below this one have been forgotten.
    private(set) var forgottenBelow: Int64 = 0
    private(set) var count = 0

    init() {}

    /// As a snapshot says: its chat's ids since then are remembered again from the entries.
    init(forgottenBelow: Int64) { self.forgottenBelow = forgottenBelow }

    /// Why an id of its own time `time` is not accepted at log time `now`; nil if it is.
    static func refusal(of id: ClientMessageID, at now: WallTime) -> MessageRefusal? {
        guard (id.high >> 12) & 0xF == 7, id.low >> 62 == 2 else {
            return .invalidField("client_id")
        }
        if id.time > now.advanced(byMilliseconds: aheadMilliseconds) {
            return .clientIDEarly(time: now)
        }
        if id.time < now.advanced(byMilliseconds: -behindMilliseconds) {
            return .clientIDExpired(time: now)
        }
        return nil
    }

    /// Where the message with this id stands in `entries`, if it is remembered.
    func position(of key: MessageKey, in entries: EntryLog) -> SequenceNumber? {
        #if PLANTED_FAULTS
            for minute in minutes {
                if let seq = minute.positions.find(key, in: entries) { return seq }
            }
            return nil
        #else
            let number = Self.minute(of: key.id.time)
            let index = lowerBound(of: number)
            guard index < minutes.count, minutes[index].number == number else { return nil }
            return minutes[index].positions.find(key, in: entries)
        #endif
    }

    /// Remembers an id by `time`, its own.
    ///
    /// - Precondition: it is not remembered yet.
    mutating func remember(_ key: MessageKey, at seq: SequenceNumber, by time: WallTime) {
        let number = Self.minute(of: time)
        let index = lowerBound(of: number)
        if index == minutes.count || minutes[index].number != number {
            minutes.insert(Minute(number: number), at: index)
        }
        minutes[index].positions.insert(seq, under: key)
        count += 1
    }

    /// Forgets the minutes that no accepted id can have any more at log time `now`.
    mutating func forget(at now: WallTime) {
        let horizon = Self.minute(of: now.advanced(byMilliseconds: -Self.behindMilliseconds))
        guard horizon > forgottenBelow else { return }
        forgottenBelow = horizon
        var end = 0
        while end < minutes.count, minutes[end].number < horizon {
            count -= minutes[end].positions.count
            end += 1
        }
        minutes.removeFirst(end)
    }

    /// The minute of a time; 0 for times before 1970, which no id has.
    static func minute(of time: WallTime) -> Int64 { max(0, time.milliseconds / 60_000) }

    /// Nearly always the last minute or one beside it, so the search starts at the end.
    private func lowerBound(of number: Int64) -> Int {
        var (low, high) = (0, minutes.count)
        if let last = minutes.last, last.number < number { return high }
        while low < high {
            let middle = (low + high) / 2
            if minutes[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What makes a message one and the same: who sent it, and the id that he gave it.
struct MessageKey: Sendable {
    let sender: UserID
    let id: ClientMessageID
    /// Differs from run to run, so that no stranger can choose ids that fall on each other. Decides
    /// only where in a table a position lies, which nothing shows.
    let hash: UInt64

    init(sender: UserID, id: ClientMessageID) {
        self.sender = sender
        self.id = id
        var hasher = Hasher()
        hasher.combine(sender.rawValue)
        hasher.combine(id.high)
        hasher.combine(id.low)
        hash = UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

/// Positions of messages by their keys, eight bytes each: half of the hash, and the position. The
/// key is looked up in the entry.
private struct PositionTable: Sendable {
    /// Open addressing with linear probing; 0 is free. A power of two, at most five eighths full.
    private var slots: [UInt64] = []
    private(set) var count = 0

    func find(_ key: MessageKey, in entries: EntryLog) -> SequenceNumber? {
        guard count > 0 else { return nil }
        let tag = key.hash >> 32
        var slot = home(of: tag)
        while slots[slot] != 0 {
            let seq = SequenceNumber(slots[slot] & 0xFFFF_FFFF)
            if slots[slot] >> 32 == tag,
                entries.isMessage(at: seq, of: key.sender, under: key.id)
            {
                return seq
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    mutating func insert(_ seq: SequenceNumber, under key: MessageKey) {
        invariant(seq > .zero && seq.rawValue >> 32 == 0, "\(seq) does not fit its slot")
        if (count + 1) * 8 > slots.count * 5 { grow() }
        put((key.hash >> 32) << 32 | seq.rawValue)
        count += 1
    }

    private mutating func put(_ value: UInt64) {
        var slot = home(of: value >> 32)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = value
    }

    private func home(of tag: UInt64) -> Int { Int(tag) & (slots.count - 1) }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: max(4, old.count * 2))
        for value in old where value != 0 { put(value) }
    }
}

extension WallTime {
    /// Shifted, and held at the ends of the range instead of overflowing.
    func advanced(byMilliseconds shift: Int64) -> WallTime {
        let (sum, overflows) = milliseconds.addingReportingOverflow(shift)
        return WallTime(milliseconds: overflows ? (shift < 0 ? .min : .max) : sum)
    }
}
