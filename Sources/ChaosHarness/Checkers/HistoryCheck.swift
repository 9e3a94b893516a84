import ChatWire
import Vocabulary

/// Whether what was read back is what was promised. Functions of what senders were told and of what
/// nodes gave out; they know of no process, no socket and no clock.
public enum HistoryCheck {
    /// All of them.
    public static func check(_ messages: [SentMessage], _ readings: [ChatReading]) -> [Violation] {
        var violations: [Violation] = []
        for reading in readings {
            violations += nothingIsDoubled(in: reading)
            violations += sequenceIsGapless(in: reading)
            violations += DigestChain.holds(in: reading)
        }
        violations += acknowledgedIsThere(messages, in: readings)
        violations += copiesAgree(readings)
        violations += orderIsReal(messages)
        return violations
    }

    /// Every acknowledged message stands in every reading of its chat where its sender was told,
    /// and as he wrote it; and every message that stands there was sent.
    public static func acknowledgedIsThere(
        _ messages: [SentMessage], in readings: [ChatReading]
    ) -> [Violation] {
        var violations: [Violation] = []
        var indices: [ClientMessageID: Int] = [:]
        for (index, message) in messages.enumerated() { indices[message.id] = index }
        for reading in readings {
            // For look-up only.
            var found: [Int: EntryFrame] = [:]
            for entry in reading.entries {
                guard let id = entry.clientID else { continue }
                guard let index = indices[id] else {
                    let text = "\(reading.chat):\(entry.seq) on \(reading.node) was sent by nobody"
                    violations.append(Violation(.invented, text))
                    continue
                }
                found[index] = found[index] ?? entry
            }
            for (index, message) in messages.enumerated() where message.chat == reading.chat {
                if let violation = judge(message, found[index], reading) {
                    violations.append(violation)
                }
            }
        }
        return violations
    }

    private static func judge(
        _ message: SentMessage, _ entry: EntryFrame?, _ reading: ChatReading
    ) -> Violation? {
        let name = "\(reading.chat) on \(reading.node): \(message.id)"
        guard let entry else {
            guard let receipt = message.receipt else { return nil }
            return Violation(.lost, "\(name), acknowledged at \(receipt.seq), is gone")
        }
        guard entry.from == message.from, entry.text == message.text, entry.kind == .message else {
            return Violation(.lost, "\(name) at \(entry.seq) is not as it was sent")
        }
        guard let receipt = message.receipt else { return nil }
        guard entry.seq == receipt.seq, entry.ord == receipt.ord, entry.time == receipt.time else {
            return Violation(.lost, "\(name), acknowledged at \(receipt.seq), is at \(entry.seq)")
        }
        return nil
    }

    /// What was sent once stands there once, however often it was repeated.
    public static func nothingIsDoubled(in reading: ChatReading) -> [Violation] {
        var violations: [Violation] = []
        // For look-up only.
        var seen: [ClientMessageID: SequenceNumber] = [:]
        for entry in reading.entries {
            guard let id = entry.clientID else { continue }
            if let first = seen[id] {
                let text = "\(reading.chat) on \(reading.node): \(id) at \(first) and \(entry.seq)"
                violations.append(Violation(.doubled, text))
            }
            seen[id] = entry.seq
        }
        return violations
    }

    /// `seq` counts 1, 2, 3, ... up to the head; `ord` counts messages; `time` does not go back.
    public static func sequenceIsGapless(in reading: ChatReading) -> [Violation] {
        var violations: [Violation] = []
        func report(_ text: String) {
            violations.append(Violation(.gap, "\(reading.chat) on \(reading.node): \(text)"))
        }
        var (seq, ord, time) = (SequenceNumber.zero, UInt64(0), WallTime(milliseconds: 0))
        for entry in reading.entries {
            if entry.kind == .message { ord += 1 }
            if entry.seq != seq.next { report("\(entry.seq) comes after \(seq)") }
            if entry.ord != ord { report("\(entry.seq) has ord \(entry.ord), not \(ord)") }
            if entry.time < time { report("\(entry.seq) is of a time before its forerunner's") }
            (seq, ord, time) = (entry.seq, entry.ord, entry.time)
        }
        if seq != reading.head { report("ends at \(seq), its head is \(reading.head)") }
        return violations
    }

    /// All nodes give out the same: equal entries at equal positions, and equally many.
    public static func copiesAgree(_ readings: [ChatReading]) -> [Violation] {
        var violations: [Violation] = []
        // For look-up only.
        var first: [ChatID: ChatReading] = [:]
        for reading in readings {
            guard let other = first[reading.chat] else {
                first[reading.chat] = reading
                continue
            }
            let pairs = zip(other.entries, reading.entries)
            if let (one, two) = pairs.first(where: { $0 != $1 }) {
                let text = "\(reading.chat):\(one.seq) on \(other.node), \(two.seq) on"
                violations.append(
                    Violation(.difference, "\(text) \(reading.node) are not the same"))
            } else if other.entries.count != reading.entries.count {
                let text = "\(reading.chat) ends at \(other.head) on \(other.node), at"
                violations.append(
                    Violation(.difference, "\(text) \(reading.head) on \(reading.node)"))
            }
        }
        return violations
    }

    /// What was sent after another message of the chat had been acknowledged stands behind it.
    public static func orderIsReal(_ messages: [SentMessage]) -> [Violation] {
        var violations: [Violation] = []
        var answered: [(at: Instant, chat: ChatID, seq: SequenceNumber)] = []
        for message in messages {
            guard case .acknowledged(let receipt, let at) = message.outcome else { continue }
            answered.append((at, message.chat, receipt.seq))
        }
        answered.sort { ($0.at, $0.seq) < ($1.at, $1.seq) }
        // The highest position that was answered so far.
        var highest: [ChatID: SequenceNumber] = [:]
        var next = 0
        for message in messages.sorted(by: { $0.sentAt < $1.sentAt }) {
            while next < answered.count, answered[next].at < message.sentAt {
                let (_, chat, seq) = answered[next]
                highest[chat] = max(highest[chat] ?? .zero, seq)
                next += 1
            }
            guard let seq = message.receipt?.seq, let before = highest[message.chat], seq <= before
            else { continue }
            let text = "\(message.chat):\(seq) was sent after \(before) had been acknowledged"
            violations.append(Violation(.disorder, text))
        }
        return violations
    }
}
