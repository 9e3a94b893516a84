import ChatWire
import Simulator
import Testing
import Toolbox
import Vocabulary
import VirtualWorld

/// A small history that is in order, to be put out of order.
private struct Story {
    static let chat = ChatID(1)
    static let anna = UserID(1)
    static let bert = UserID(2)

    var history = History()
    var entries: [EntryFrame] = []

    init() {
        entries = [
            Self.entry(1, .join, users: [Self.anna, Self.bert]), Self.entry(2, .message),
            Self.entry(3, .message), Self.entry(4, .leave, users: [Self.bert]),
            Self.entry(5, .message),
        ]
        for (seq, second) in [(UInt64(2), Int64(1)), (3, 2), (5, 5)] { send(seq, second: second) }
        var removal = History.Change(
            client: 0, kind: .remove(Self.bert), chat: Self.chat, invoked: Self.time(3))
        removal.completed = Self.time(4)
        removal.seq = SequenceNumber(4)
        history.changes = [removal]
        read()
    }

    static func time(_ second: Int64) -> WorldTime {
        WorldTime(nanoseconds: second * 1_000_000_000)
    }

    static func id(_ seq: UInt64) -> ClientMessageID {
        ClientMessageID(time: WallTime(milliseconds: 1_000), random: (seq, seq))
    }

    static func entry(_ seq: UInt64, _ kind: EntryKind, users: [UserID] = []) -> EntryFrame {
        let ord: UInt64 = [0, 0, 1, 2, 2, 3, 3][Int(seq)]
        var entry = EntryFrame(
            chat: chat, seq: SequenceNumber(seq), ord: ord,
            time: WallTime(milliseconds: Int64(seq)), from: anna, kind: kind)
        entry.digest = seq
        entry.users = users
        if kind == .message {
            entry.clientID = id(seq)
            entry.text = Bytes("text \(seq)")
        }
        return entry
    }

    mutating func send(_ seq: UInt64, second: Int64) {
        var send = History.Send(
            client: 0, user: Self.anna, chat: Self.chat, id: Self.id(seq), text: "text \(seq)",
            invoked: Self.time(second))
        send.completed = Self.time(second)
        send.outcome = .accepted(
            seq: SequenceNumber(seq), ord: entries[Int(seq) - 1].ord, isDuplicate: false)
        history.sends.append(send)
    }

    /// Anna reads everything when all is over.
    mutating func read() {
        history.finalReadings = [
            History.Reading(
                client: 0, user: Self.anna, chat: Self.chat, times: Self.time(10)...Self.time(11),
                entries: entries, head: entries.last?.seq ?? .zero)
        ]
    }

    /// Bert is shown an entry.
    mutating func show(_ entry: EntryFrame) {
        history.showings.append(
            History.Showing(client: 1, user: Self.bert, entry: entry, at: Self.time(6)))
    }

    var complaints: Set<String> {
        var violations: [Violation] = []
        HistoryChecker.check(history, into: &violations)
        return Set(violations.map(\.checker))
    }
}

@Suite("The client protocol's promises, as they are checked")
struct HistoryCheckerTests {
    @Test("a history in order is left alone")
    func right() {
        var story = Story()
        story.show(story.entries[1])
        story.show(story.entries[3])
        #expect(story.complaints.isEmpty)
    }

    @Test("a message that was accepted and is not there")
    func lost() {
        var story = Story()
        story.entries.removeLast()
        story.read()
        #expect(story.complaints.contains("AcceptedIsNeverLost"))
    }

    @Test("a message that stands there with other words")
    func changed() {
        var story = Story()
        story.entries[1].text = "other words"
        story.read()
        #expect(story.complaints == ["AcceptedIsNeverLost"])
    }

    @Test("a message that stands there twice")
    func doubled() {
        var story = Story()
        var again = Story.entry(6, .message)
        again.ord = 4
        again.clientID = Story.id(5)
        story.entries.append(again)
        story.read()
        #expect(story.complaints == ["NoDuplicate"])
    }

    @Test("a gap, and a wrong count of messages")
    func gaps() {
        var gap = Story()
        gap.entries.remove(at: 2)
        gap.history.sends.remove(at: 1)
        gap.read()
        #expect(gap.complaints == ["SequenceIsGapless"])

        var miscounted = Story()
        miscounted.entries[3].ord = 7
        miscounted.read()
        #expect(miscounted.complaints == ["SequenceIsGapless"])
    }

    @Test("a device that sees another digest at the same position")
    func digests() {
        var story = Story()
        var other = story.entries[1]
        other.digest = 99
        story.show(other)
        #expect(story.complaints == ["DigestsAgree"])
    }

    @Test("a removed member who is shown what came after, reads the chat, or sends")
    func removed() {
        var shown = Story()
        shown.show(shown.entries[4])
        #expect(shown.complaints == ["RemovedMemberReadsNothing"])

        var reads = Story()
        reads.history.readings.append(
            History.Reading(
                client: 1, user: Story.bert, chat: Story.chat,
                times: Story.time(6)...Story.time(7), entries: [], head: SequenceNumber(5)))
        #expect(reads.complaints == ["RemovedMemberReadsNothing"])

        var sends = Story()
        sends.entries[4].from = Story.bert
        sends.history.sends.removeLast()
        sends.read()
        #expect(sends.complaints == ["RemovedMemberReadsNothing"])
    }

    @Test("a message that was begun after another was acknowledged, and stands before it")
    func order() {
        var story = Story()
        story.history.sends.swapAt(0, 1)
        var first = History.Send(
            client: 0, user: Story.anna, chat: Story.chat, id: Story.id(2), text: "text 2",
            invoked: Story.time(9))
        first.completed = Story.time(9)
        first.outcome = .accepted(seq: SequenceNumber(2), ord: 1, isDuplicate: false)
        story.history.sends[1] = first
        #expect(story.complaints == ["OrderIsReal"])
    }

    @Test("a page that does not show what was acknowledged before it was asked for")
    func staleRead() {
        var story = Story()
        story.history.readings.append(
            History.Reading(
                client: 0, user: Story.anna, chat: Story.chat,
                times: Story.time(8)...Story.time(9), entries: [], head: SequenceNumber(3)))
        #expect(story.complaints == ["OrderIsReal"])
    }
}
