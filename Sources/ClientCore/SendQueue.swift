import ChatWire
import Toolbox
import Vocabulary

/// Messages that are not acknowledged, in the order in which they were given.
///
/// Each has a number, which is also the `id` of its frame; numbers are dense, so that finding one
/// is arithmetic. An answered one leaves a hole; holes at the front are taken away.
struct SendQueue: Sendable {
    struct Waiting: Sendable {
        let chat: ChatID
        let draft: MessageDraft
        var state = State.queued
        var failuresCount = 0
    }

    enum State: Sendable {
        /// Not sent on this connection.
        case queued
        /// Sent; an answer is due.
        case sent(answerBy: Instant)
        /// Refused, and to be tried again.
        case paused(until: Instant)
    }

    private var slots: [Waiting?] = []
    /// Slots before this one are empty.
    private var front = 0
    /// The number of `slots[0]`.
    private var firstNumber: Int64 = 1
    /// No slot before this one is queued.
    private var nextQueued = 0
    /// All that wait.
    private(set) var count = 0
    /// Those that were sent.
    private(set) var sentCount = 0

    private static let holesMaximum = 64

    mutating func append(chat: ChatID, draft: MessageDraft) {
        slots.append(Waiting(chat: chat, draft: draft))
        count += 1
    }

    /// Takes out the one with this number; nil if it was answered before.
    mutating func remove(_ number: Int64) -> Waiting? {
        guard let index = index(of: number), let waiting = slots[index] else { return nil }
        if case .sent = waiting.state { sentCount -= 1 }
        slots[index] = nil
        count -= 1
        while front < slots.count, slots[front] == nil { front += 1 }
        nextQueued = max(nextQueued, front)
        dropHoles()
        return waiting
    }

    /// The next one to be sent, which counts as sent from now on.
    mutating func takeQueued(answerBy deadline: Instant) -> SendFrame? {
        while nextQueued < slots.count {
            let index = nextQueued
            nextQueued += 1
            guard let waiting = slots[index], case .queued = waiting.state else { continue }
            slots[index]?.state = .sent(answerBy: deadline)
            sentCount += 1
            return SendFrame(
                id: .number(firstNumber + Int64(index)), chat: waiting.chat, draft: waiting.draft)
        }
        return nil
    }

    /// How often the one with this number was to be tried again; nil if it was answered before.
    func failuresCount(of number: Int64) -> Int? {
        guard let index = index(of: number) else { return nil }
        return slots[index]?.failuresCount
    }

    /// Notes a refusal that is no last word.
    mutating func pause(_ number: Int64, until: Instant) {
        guard let index = index(of: number), let waiting = slots[index] else { return }
        if case .sent = waiting.state { sentCount -= 1 }
        slots[index]?.state = .paused(until: until)
        slots[index]?.failuresCount += 1
    }

    /// Queues again what was paused until now. O(count).
    mutating func resume(at now: Instant) {
        for index in front..<slots.count {
            guard case .paused(let until)? = slots[index]?.state, until <= now else { continue }
            slots[index]?.state = .queued
            nextQueued = min(nextQueued, index)
        }
    }

    /// Queues all again: the connection is another one.
    mutating func restart() {
        for index in front..<slots.count where slots[index] != nil {
            slots[index]?.state = .queued
        }
        nextQueued = front
        sentCount = 0
    }

    /// When the first of the answers is due, and the first pause ends. O(count).
    func deadlines() -> (answer: Instant?, pause: Instant?) {
        var (answer, pause): (Instant?, Instant?)
        for index in front..<slots.count {
            switch slots[index]?.state {
            case .sent(let due): answer = min(answer ?? due, due)
            case .paused(let until): pause = min(pause ?? until, until)
            case .queued, nil: continue
            }
        }
        return (answer, pause)
    }

    private func index(of number: Int64) -> Int? {
        let index = number - firstNumber
        return index >= front && index < slots.count ? Int(index) : nil
    }

    /// Holes leave the array in large batches, so that each slot is moved a bounded number of
    /// times.
    private mutating func dropHoles() {
        guard front == slots.count || front >= Self.holesMaximum && front * 2 >= slots.count else {
            return
        }
        slots.removeFirst(front)
        firstNumber += Int64(front)
        nextQueued -= front
        front = 0
    }
}
