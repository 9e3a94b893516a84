import Raft
import Testing
import Toolbox
import Vocabulary

@Suite struct MessageEncodingTests {
    static let messages: [RaftMessage] = [
        preVoteRequest(3, last: (9, 2)), preVote(3), preVote(2, granted: false),
        voteRequest(7, last: (1, 1)), vote(7), vote(8, granted: false),
        append(3, after: (4, 2), [2, 3, 3], commit: 5, round: 77), append(1, after: (0, 0)),
        matched(4, 12, round: 9), rejected(4, 12, hint: (3, 1), round: 8),
        heartbeat(5, commit: 44, round: 1 << 63), heard(5, round: 6),
        .voteRequest(.init(term: t(3), lastIndex: i(2), lastTerm: t(1), isTransfer: true)),
        .append(
            .init(
                term: t(3), previous: .init(index: i(1), term: t(1)), commit: i(1), round: 2,
                entries: [
                    LogEntry(
                        index: i(2), term: t(3), kind: .configuration,
                        payload: ConfigurationTests.samples[3].encoded())
                ])),
        .timeoutNow(.init(term: t(4), round: 12)), .announcement(.init(term: t(9))),
        .removalNotice(.init(term: t(4), index: i(80))), .foundingQuestion,
        .foundingAnswer(.init(holdsAnything: true)),
    ]

    private func bytes(_ message: RaftMessage) -> Bytes {
        var writer = ByteWriter()
        message.encode(into: &writer)
        return writer.take()
    }

    /// Nil if they are none, or more than one.
    private func decode(_ bytes: Bytes) -> RaftMessage? {
        var reader = ByteReader(bytes)
        do {
            let message = try RaftMessage(from: &reader)
            try reader.expectEnd()
            return message
        } catch {
            return nil
        }
    }

    @Test("what is written is read back", arguments: messages)
    func roundTrip(message: RaftMessage) {
        #expect(decode(bytes(message)) == message)
    }

    @Test("a message that is cut anywhere is refused", arguments: messages)
    func cut(message: RaftMessage) {
        let whole = bytes(message)
        for count in 0..<whole.count { #expect(decode(whole.slice(0..<count)) == nil) }
    }

    @Test("bytes behind a message are left to the reader")
    func trailing() throws {
        var writer = ByteWriter()
        for message in Self.messages { message.encode(into: &writer) }
        var reader = ByteReader(writer.take())
        for message in Self.messages { #expect(try RaftMessage(from: &reader) == message) }
        try reader.expectEnd()
    }

    @Test("unknown kinds, numbers nobody has, and entries in no order are refused")
    func invalid() {
        #expect(decode([0]) == nil)
        #expect(decode([10]) == nil)
        #expect(decode(bytes(heartbeat(1 << 62 + 1, commit: 0))) == nil)
        #expect(decode(bytes(heartbeat(1, commit: .max))) == nil)
        #expect(decode(bytes(append(3, after: (0, 0), [2, 1]))) == nil)
        #expect(decode(bytes(append(3, after: (0, 0), [4]))) == nil)
        #expect(decode(bytes(append(3, after: (5, 3), [2]))) == nil)
    }

    @Test("a forged count of entries allocates nothing")
    func forgedCount() {
        var writer = ByteWriter()
        append(1, after: (0, 0)).encode(into: &writer)
        writer.overwrite(UInt32.max, at: writer.count - 4)
        #expect(decode(writer.take()) == nil)
    }

    @Test("flipped bits and noise never stop the process, nor does what they decode to")
    func fuzz() {
        var random = SeededRandom(seed: 0x5EED)
        var decodedCount = 0
        for round in 0..<4_000 {
            var array = bytes(Self.messages[round % Self.messages.count]).array
            if random.chance(0.2) {
                array = (0..<random.below(80)).map { _ in UInt8(random.below(256)) }
            } else {
                for _ in 0...random.below(4) {
                    array[random.below(array.count)] ^= UInt8(1) << UInt8(random.below(8))
                }
            }
            guard let message = decode(Bytes(array)) else { continue }
            decodedCount += 1
            for role in RoleName.allCases {
                var bench = role.bench()
                bench.receive(message, from: 2)
                bench.receive(message, from: 3)
                bench.wait(1_000)
            }
        }
        // Enough of it got through to say something, and not all.
        #expect(100..<3_900 ~= decodedCount)
    }
}
