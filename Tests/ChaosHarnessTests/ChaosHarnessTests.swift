import ChaosHarness
import ChatWire
import Testing
import Toolbox
import Vocabulary

/// A small history that keeps every promise, to be broken one way at a time.
struct History {
    var messages: [SentMessage] = []
    var readings: [ChatReading] = []

    static let chat = ChatID(7)
    static let author = UserID(5)

    /// A join and `count` messages, each sent after the one before was acknowledged.
    init(messages count: Int) {
        var join = EntryFrame(
            chat: Self.chat, seq: SequenceNumber(1), ord: 0, time: WallTime(milliseconds: 1_000),
            from: Self.author, kind: .join)
        join.users = [UserID(4), Self.author]
        var entries = [join]
        for number in 1...count {
            let (message, entry) = Self.message(number)
            messages.append(message)
            entries.append(entry)
        }
        let head = SequenceNumber(UInt64(entries.count))
        let reading = ChatReading(
            chat: Self.chat, node: NodeID(1), entries: Self.chained(entries), head: head)
        readings = [reading]
        for node in [2, 3] as [UInt16] {
            readings.append(
                ChatReading(
                    chat: Self.chat, node: NodeID(node), entries: reading.entries, head: head))
        }
    }

    private static func message(_ number: Int) -> (SentMessage, EntryFrame) {
        let start = Instant(nanoseconds: Int64(number) * 1_000_000)
        let time = WallTime(milliseconds: 1_000 + Int64(number))
        let id = ClientMessageID(time: time, random: (UInt64(number), 9))
        let receipt = SendReceipt(
            seq: SequenceNumber(UInt64(number) + 1), ord: UInt64(number), time: time)
        var message = SentMessage(
            chat: chat, from: author, id: id, text: Bytes("text \(number)"), sentAt: start)
        message.outcome = .acknowledged(receipt, at: start + .microseconds(400))
        var entry = EntryFrame(
            chat: chat, seq: receipt.seq, ord: receipt.ord, time: time, from: author,
            kind: .message)
        entry.clientID = id
        entry.text = message.text
        return (message, entry)
    }

    static func chained(_ entries: [EntryFrame]) -> [EntryFrame] {
        var previous: UInt64 = 0
        return entries.map { entry in
            var entry = entry
            entry.digest = DigestChain.digest(of: entry, after: previous) ?? 0
            previous = entry.digest
            return entry
        }
    }

    /// Changes the entries of all nodes alike, as a fault of the replicated state would, and lets
    /// the chain follow.
    mutating func changeEverywhere(_ change: (inout [EntryFrame]) -> Void) {
        for index in readings.indices {
            change(&readings[index].entries)
            readings[index].entries = Self.chained(readings[index].entries)
            readings[index].head = readings[index].entries.last?.seq ?? .zero
        }
    }

    var found: Set<Violation.Kind> { Set(HistoryCheck.check(messages, readings).map(\.kind)) }
}

/// One way to break a history, and what must be said about it.
struct Breach: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let kind: Violation.Kind
    let make: @Sendable (inout History) -> Void

    init(
        _ testDescription: String, _ kind: Violation.Kind,
        _ make: @escaping @Sendable (inout History) -> Void
    ) {
        self.testDescription = testDescription
        self.kind = kind
        self.make = make
    }

    /// Makes `seq`, and so `ord`, count again after entries were taken out or put in.
    private static func renumber(_ entries: inout [EntryFrame]) {
        var ord: UInt64 = 0
        for index in entries.indices {
            entries[index].seq = SequenceNumber(UInt64(index) + 1)
            if entries[index].kind == .message { ord += 1 }
            entries[index].ord = ord
        }
    }

    static let all: [Breach] = [
        Breach("the last message is gone from all nodes", .lost) { history in
            history.changeEverywhere { $0.removeLast() }
        },
        Breach("a message is gone and the log closed over it", .lost) { history in
            history.changeEverywhere { entries in
                entries.remove(at: 3)
                renumber(&entries)
            }
        },
        Breach("a message has another text", .lost) { history in
            history.changeEverywhere { $0[2].text = Bytes("other") }
        },
        Breach("a message has another author", .lost) { history in
            history.changeEverywhere { $0[2].from = UserID(4) }
        },
        Breach("a message stands where its sender was not told", .lost) { history in
            history.changeEverywhere { entries in
                (entries[2].clientID, entries[3].clientID) =
                    (entries[3].clientID, entries[2].clientID)
                (entries[2].text, entries[3].text) = (entries[3].text, entries[2].text)
            }
        },
        Breach("a message stands twice", .doubled) { history in
            history.changeEverywhere { entries in
                entries.append(entries[2])
                entries[entries.count - 1].time = entries[entries.count - 2].time
                renumber(&entries)
            }
        },
        Breach("a position is left out", .gap) { history in
            history.changeEverywhere { entries in
                for index in 3..<entries.count { entries[index].seq = entries[index].seq.next }
            }
        },
        Breach("the log does not begin at 1", .gap) { history in
            history.changeEverywhere { entries in
                for index in entries.indices { entries[index].seq = entries[index].seq.next }
            }
        },
        Breach("a message is not counted", .gap) { history in
            history.changeEverywhere { $0[4].ord -= 1 }
        },
        Breach("time goes back", .gap) { history in
            history.changeEverywhere { $0[4].time = WallTime(milliseconds: 0) }
        },
        Breach("pages end before the head", .gap) { history in
            history.readings[1].head = history.readings[1].head.next
        },
        Breach("one node has another digest", .difference) { history in
            history.readings[2].entries[3].digest ^= 1
        },
        Breach("one node has less", .difference) { history in
            history.readings[2].entries.removeLast()
            history.readings[2].head = history.readings[2].entries.last?.seq ?? .zero
        },
        Breach("all nodes have the same wrong digest", .difference) { history in
            for index in history.readings.indices {
                history.readings[index].entries[3].digest ^= 1
            }
        },
        Breach("a message that nobody sent", .invented) { history in history.messages.remove(at: 1)
        },
        Breach("a message stands before one that was acknowledged earlier", .disorder) { history in
            (history.messages[1].outcome, history.messages[3].outcome) =
                (history.messages[3].outcome, history.messages[1].outcome)
        },
    ]
}

@Suite struct HistoryCheckTests {
    @Test func `A history that keeps its promises passes`() {
        let history = History(messages: 6)
        #expect(HistoryCheck.check(history.messages, history.readings).isEmpty)
    }

    @Test(arguments: Breach.all)
    func `Each way to break a history is found`(_ breach: Breach) {
        var history = History(messages: 6)
        breach.make(&history)
        #expect(history.found.contains(breach.kind))
    }

    @Test func `A message of unknown outcome may stand there or not`() {
        var history = History(messages: 6)
        history.messages[5].outcome = .unknown
        #expect(history.found.isEmpty)
        history.changeEverywhere { $0.removeLast() }
        #expect(history.found.isEmpty)
    }

    @Test func `Messages that were under way together may stand in any order`() {
        var history = History(messages: 2)
        for index in 0..<2 {
            let message = history.messages[index]
            guard let receipt = history.messages[1 - index].receipt else { return }
            history.messages[index] = SentMessage(
                chat: message.chat, from: message.from, id: message.id, text: message.text,
                sentAt: Instant(nanoseconds: 0))
            history.messages[index].outcome = .acknowledged(
                receipt, at: Instant(nanoseconds: 5_000_000))
        }
        #expect(HistoryCheck.orderIsReal(history.messages).isEmpty)
    }
}
