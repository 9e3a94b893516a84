private import Toolbox
internal import Vocabulary

/// The client ids of one chat that a repeat may still bring.
///
/// An id is accepted and remembered by its own time, never by its arrival: what is accepted and
/// what is remembered cannot disagree. Ids lie in one table per minute of their own time, so that
/// look-up needs no search, forgetting drops whole tables, and a change after a snapshot copies one
/// minute only.
struct DuplicateWindow: Sendable {
    struct Key: Hashable, Sendable {
        let sender: UserID
        let id: ClientMessageID
    }

    private struct Minute: Sendable {
        let number: Int64
        var positions: [Key: SequenceNumber]
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

    /// Where the message with this id stands, if it is remembered.
    func position(of key: Key) -> SequenceNumber? {
        #if PLANTED_FAULTS
            for minute in minutes { if let seq = minute.positions[key] { return seq } }
            return nil
        #else
            let index = lowerBound(of: Self.minute(of: key.id.time))
            guard index < minutes.count, minutes[index].number == Self.minute(of: key.id.time)
            else { return nil }
            return minutes[index].positions[key]
        #endif
    }

    /// Remembers an id by `time`, its own; false if it was remembered already.
    @discardableResult
    mutating func remember(_ key: Key, at seq: SequenceNumber, by time: WallTime) -> Bool {
        let number = Self.minute(of: time)
        let index = lowerBound(of: number)
        if index == minutes.count || minutes[index].number != number {
            minutes.insert(Minute(number: number, positions: [:]), at: index)
        }
        guard minutes[index].positions.updateValue(seq, forKey: key) == nil else { return false }
        count += 1
        return true
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

extension WallTime {
    /// Shifted, and held at the ends of the range instead of overflowing.
    func advanced(byMilliseconds shift: Int64) -> WallTime {
        let (sum, overflows) = milliseconds.addingReportingOverflow(shift)
        return WallTime(milliseconds: overflows ? (shift < 0 ? .min : .max) : sum)
    }
}
