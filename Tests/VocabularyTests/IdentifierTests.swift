import Testing
import Vocabulary

@Suite("Names made of numbers")
struct IdentifierTests {
    @Test("show their kind and number")
    func descriptions() {
        let shown = [
            "\(NodeID(3))", "\(ReplicaGroupID(0))", "\(ShardID(12))", "\(PartitionID(1_023))",
            "\(ArcID(5))", "\(UserID(17))", "\(ChatID(4))", "\(DeviceID(.max))",
            "\(ClientSessionID(1))", "\(ConnectionID(2))", "\(RequestID(3))", "\(RingEpoch(4))",
            "\(Incarnation(5))", "\(Term(7))", "\(LogIndex(42))", "\(SequenceNumber(9))",
        ]
        #expect(
            shown == [
                "n3", "g0", "s12", "p1023", "a5", "u17", "c4", "d18446744073709551615", "k1", "x2",
                "r3", "e4", "i5", "t7", "i42", "#9",
            ])
    }

    @Test("are read from exactly the digits that they are written as")
    func digits() {
        for id in [UserID(0), UserID(17), UserID(.max)] {
            #expect(UserID(digits: id.digits) == id)
        }
    }

    @Test(
        "are read from nothing else",
        arguments: [
            "", " 1", "1 ", "+1", "-1", "01", "00", "1.0", "0x1", "u1", "18446744073709551616",
            "١", "1\u{0301}",
        ])
    func noDigits(text: String) {
        #expect(UserID(digits: text) == nil)
    }

    @Test("know the bound of their number")
    func bounds() {
        #expect(NodeID(digits: "65535") == NodeID(.max))
        #expect(NodeID(digits: "65536") == nil)
        #expect(ReplicaGroupID(digits: "4294967296") == nil)
    }

    @Test("stand in the order of their numbers")
    func order() {
        #expect(
            [ChatID(10), ChatID(9), ChatID(100)].sorted() == [ChatID(9), ChatID(10), ChatID(100)])
    }
}

@Suite("Positions in logs")
struct LogPositionTests {
    @Test("go on by one and measure distances")
    func steps() {
        #expect(LogIndex.zero.next == LogIndex(1))
        #expect(LogIndex(5).previous == LogIndex(4))
        #expect(LogIndex(5).advanced(by: -3) == LogIndex(2))
        #expect(LogIndex(5).advanced(by: 10) == LogIndex(15))
        #expect(LogIndex(5).distance(to: LogIndex(8)) == 3)
        #expect(LogIndex(8).distance(to: LogIndex(5)) == -3)
        #expect(Term.zero.next == Term(1))
        #expect(SequenceNumber.zero.next == SequenceNumber(1))
    }
}
