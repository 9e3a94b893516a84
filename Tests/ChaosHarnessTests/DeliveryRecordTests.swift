import ChaosHarness
import ChatWire
import Testing
import Vocabulary

@Suite struct DeliveryRecordTests {
    private func entry(_ seq: UInt64, digest: UInt64? = nil) -> EntryFrame {
        var entry = EntryFrame(
            chat: History.chat, seq: SequenceNumber(seq), ord: seq,
            time: WallTime(milliseconds: 0), from: History.author, kind: .message)
        entry.digest = digest ?? seq * 10
        return entry
    }

    private func kinds(_ shown: [(EntryFrame, Int)]) -> [Violation.Kind] {
        var record = DeliveryRecord()
        for (entry, device) in shown { record.show(entry, to: device) }
        return record.violations.map(\.kind)
    }

    @Test func `Devices that see the same in order are content`() {
        #expect(kinds([(entry(1), 0), (entry(1), 1), (entry(2), 1), (entry(2), 0)]).isEmpty)
    }

    @Test func `An entry that is shown twice is doubled`() {
        #expect(kinds([(entry(1), 0), (entry(2), 0), (entry(2), 0)]) == [.doubled])
    }

    @Test func `An entry that is left out is a gap`() {
        #expect(kinds([(entry(1), 0), (entry(3), 0)]) == [.gap])
    }

    @Test func `Two devices that see other entries at one position differ`() {
        #expect(kinds([(entry(1), 0), (entry(1, digest: 3), 1)]) == [.difference])
    }

    @Test func `What was shown and is not read back is lost`() {
        var record = DeliveryRecord()
        for seq in 1...3 as ClosedRange<UInt64> { record.show(entry(seq), to: 0) }
        let whole = ChatReading(
            chat: History.chat, node: NodeID(1), entries: [entry(1), entry(2), entry(3)],
            head: SequenceNumber(3))
        #expect(record.check(against: whole).isEmpty)
        var short = whole
        short.entries.removeLast()
        #expect(record.check(against: short).map(\.kind) == [.lost])
        var other = whole
        other.entries[1].digest = 1
        #expect(record.check(against: other).map(\.kind) == [.difference])
    }
}

@Suite struct AcknowledgementGapsTests {
    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    private let one = ReplicaGroupID(100)
    private let two = ReplicaGroupID(101)

    @Test func `The gap of a group is seen though other groups go on`() {
        var acknowledgements = (0..<200).map {
            AcknowledgementGaps.Acknowledgement(at: at(Int64($0) * 10), group: one)
        }
        for time in [5, 900, 1_400, 1_900] as [Int64] {
            acknowledgements.append(.init(at: at(time), group: two))
        }
        acknowledgements.sort { $0.at < $1.at }
        let gaps = AcknowledgementGaps(
            acknowledgements, [.init(at: at(100), groups: [two])], end: at(1_900))
        #expect(gaps.ofAll == [.milliseconds(10)])
        #expect(gaps.ofGroups == [.milliseconds(800)])
    }

    @Test func `A gap counts whole, though the next kill comes before it ends`() {
        let acknowledgements = [0, 90, 4_000].map {
            AcknowledgementGaps.Acknowledgement(at: at($0), group: one)
        }
        let kills = [100, 3_000].map { AcknowledgementGaps.Kill(at: at($0), groups: [one]) }
        let gaps = AcknowledgementGaps(acknowledgements, kills, end: at(4_000))
        #expect(gaps.ofAll == [.milliseconds(3_900), .milliseconds(1_000)])
    }

    @Test func `The summary has the median and the longest`() throws {
        let durations = [3, 1, 2].map { Duration.milliseconds($0) }
        let summary = try #require(AcknowledgementGaps.summary(durations))
        #expect(summary.median == .milliseconds(2))
        #expect(summary.longest == .milliseconds(3))
        #expect(AcknowledgementGaps.summary([]) == nil)
    }
}
