import Testing
import Toolbox
import Vocabulary
import chatbench

@Suite("The ledger")
struct MessageLedgerTests {
    static let start = Moment(
        monotonic: Instant(nanoseconds: 5_000_000_000),
        wall: WallTime(milliseconds: 1_800_000_000_000))

    /// Two messages, to conversations 0 and 1, acknowledged at 3 and 9.
    static func ledgerOfTwo(seed: UInt64 = 77) -> MessageLedger {
        var ledger = MessageLedger(seed: seed, start: start, text: BenchText(bytes: 20))
        for conversation in 0...1 {
            _ = ledger.add(
                conversation: conversation, connection: conversation,
                at: start.monotonic + .milliseconds(250))
        }
        _ = ledger.acknowledge(1, seq: 3)
        _ = ledger.acknowledge(2, seq: 9)
        return ledger
    }

    static func find(
        _ number: UInt64, in conversation: Int, at seq: UInt64, _ ledger: inout MessageLedger
    ) {
        ledger.find(
            ledger.clientID(of: number), in: conversation, at: seq, text: ledger.text(of: number))
    }

    @Test("finds nothing wrong where every acknowledged message is there once")
    func good() {
        var ledger = Self.ledgerOfTwo()
        Self.find(1, in: 0, at: 3, &ledger)
        Self.find(2, in: 1, at: 9, &ledger)
        #expect(ledger.verdict.isGood)
        #expect(ledger.verdict.acknowledged == 2)
        #expect(ledger.heads(conversations: 3) == [3, 9, 0])
    }

    @Test("finds a message that is not there")
    func lost() {
        var ledger = Self.ledgerOfTwo()
        Self.find(2, in: 1, at: 9, &ledger)
        #expect(ledger.verdict.lost == 1)
        #expect(!ledger.verdict.isGood)
    }

    @Test("finds a message that is there twice")
    func doubled() {
        var ledger = Self.ledgerOfTwo()
        Self.find(1, in: 0, at: 3, &ledger)
        Self.find(2, in: 1, at: 9, &ledger)
        Self.find(2, in: 1, at: 10, &ledger)
        #expect(ledger.verdict.doubled == 1)
        #expect(!ledger.verdict.isGood)
    }

    @Test("finds a message at another place or with another text")
    func changed() {
        for (conversation, seq, text) in [
            (0, UInt64(4), nil as Bytes?), (1, 3, nil), (0, 3, "something else"),
        ] {
            var ledger = Self.ledgerOfTwo()
            ledger.find(
                ledger.clientID(of: 1), in: conversation, at: seq,
                text: text ?? ledger.text(of: 1))
            Self.find(2, in: 1, at: 9, &ledger)
            #expect(ledger.verdict.changed == 1, "\(conversation) \(seq)")
            #expect(!ledger.verdict.isGood)
        }
    }

    @Test("finds a message that is acknowledged at two positions, and counts it once")
    func acknowledgedTwice() {
        var ledger = Self.ledgerOfTwo()
        #expect(ledger.acknowledge(1, seq: 3) == nil)
        #expect(ledger.verdict.changed == 0)
        #expect(ledger.acknowledge(1, seq: 4) == nil)
        #expect(ledger.verdict.changed == 1)
        #expect(ledger.verdict.acknowledged == 2)
    }

    @Test("leaves open whether a message without an acknowledgement is there")
    func unanswered() {
        var ledger = Self.ledgerOfTwo()
        Self.find(1, in: 0, at: 3, &ledger)
        Self.find(2, in: 1, at: 9, &ledger)
        let number = ledger.add(conversation: 0, connection: 1, at: Self.start.monotonic)
        #expect(ledger.unanswered(of: 1) == [number])
        #expect(ledger.verdict.unanswered == 1)
        Self.find(number, in: 0, at: 4, &ledger)
        #expect(ledger.verdict.unansweredFound == 1)
        #expect(ledger.verdict.isGood)
    }

    @Test("ignores messages of other runs and numbers that were never given")
    func others() {
        var ledger = Self.ledgerOfTwo()
        let other = Self.ledgerOfTwo(seed: 78)
        #expect(ledger.number(of: ledger.clientID(of: 2)) == 2)
        #expect(ledger.number(of: other.clientID(of: 2)) == nil)
        ledger.find(other.clientID(of: 1), in: 0, at: 3, text: other.text(of: 1))
        #expect(ledger.verdict.lost == 2)
        #expect(ledger.acknowledge(0, seq: 1) == nil)
        #expect(ledger.acknowledge(3, seq: 1) == nil)
        #expect(ledger.acknowledge(.max, seq: 1) == nil)
    }

    @Test("makes client ids of the servers' time, the same for a repeat")
    func clientIDs() {
        let ledger = Self.ledgerOfTwo()
        let id = ledger.clientID(of: 1)
        #expect(id == ledger.clientID(of: 1))
        #expect(id != ledger.clientID(of: 2))
        #expect(id.time == WallTime(milliseconds: 1_800_000_000_250))
        #expect(ClientMessageID(id.description) == id)
    }

    @Test("makes texts of the length asked for, each its own", arguments: [1, 2, 5, 100, 4_000])
    func texts(_ count: Int) {
        let texts = BenchText(bytes: count)
        #expect(texts.text(of: 1).count == count)
        #expect(texts.text(of: .max).count == count)
        #expect(texts.text(of: 7).text != nil)
        #expect(texts.text(of: 7) != texts.text(of: 8))
    }
}
