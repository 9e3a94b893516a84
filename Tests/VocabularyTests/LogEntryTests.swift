import Testing
import Toolbox
import Vocabulary

@Suite("A log entry")
struct LogEntryTests {
    static let entry = LogEntry(
        index: LogIndex(7), term: Term(3), kind: .command, payload: "payload")

    private func encoded(_ entry: LogEntry) -> Bytes {
        var writer = ByteWriter()
        entry.encode(into: &writer)
        return writer.take()
    }

    @Test("is read as it was written", arguments: [LogEntry.Kind.noop, .command, .configuration])
    func roundTrip(kind: LogEntry.Kind) throws {
        let entry = LogEntry(index: LogIndex(.max), term: Term(0), kind: kind, payload: "x")
        var reader = ByteReader(encoded(entry))
        #expect(try LogEntry(from: &reader) == entry)
        #expect(reader.isAtEnd)
    }

    @Test("has its place in the bytes")
    func layout() {
        #expect(
            encoded(Self.entry).array
                == [7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0, 0]
                + Array("payload".utf8))
    }

    @Test("is refused when it is cut or of no kind")
    func refused() {
        let whole = encoded(Self.entry)
        for end in 0..<whole.count {
            var reader = ByteReader(whole.slice(0..<end))
            #expect(throws: DecodeFailure.self) { try LogEntry(from: &reader) }
        }
        var strange = whole.array
        strange[16] = 3
        var reader = ByteReader(Bytes(strange))
        #expect(throws: DecodeFailure.invalid(what: "entry kind 3", offset: 16)) {
            try LogEntry(from: &reader)
        }
    }
}

@Suite("Time")
struct MomentTests {
    @Test("is added and measured in nanoseconds")
    func instants() {
        let start = Instant(nanoseconds: 1_000)
        let end = start + .milliseconds(5)
        #expect(end.nanoseconds == 5_001_000)
        #expect(end - start == .milliseconds(5))
        #expect(start < end)
        #expect("\(end)" == "5ms")
    }

    @Test(
        "of a duration is whole nanoseconds",
        arguments: [
            (Duration.seconds(2), 2_000_000_000), (.nanoseconds(-3), -3),
            (.milliseconds(-1_500), -1_500_000_000), (.zero, 0),
        ] as [(Duration, Int64)])
    func durations(duration: Duration, nanoseconds: Int64) {
        #expect(duration.nanoseconds == nanoseconds)
    }
}
