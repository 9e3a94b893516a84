import Raft
import Replication
import Testing
import Vocabulary

@Suite("The pace of snapshots")
struct SnapshotPaceTests {
    private func ticket(_ group: UInt32, _ node: UInt16, _ bytes: Int) -> SnapshotPace.Ticket {
        SnapshotPace.Ticket(
            group: ReplicaGroupID(group),
            member: RaftMember(node: NodeID(node), replica: ReplicaID(1)), bytes: bytes)
    }

    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func keepsToItsBoundOverAllGroupsTogether() throws {
        var pace = SnapshotPace(bytesPerSecondMaximum: 1_000_000)
        var now = at(0)
        var sent = 0
        pace.wait(ticket(1, 2, 10_000))
        pace.wait(ticket(2, 3, 10_000))
        while now < at(10_000) {
            while let next = pace.next(at: now) {
                sent += next.bytes
                pace.wait(next)
            }
            now = try #require(pace.nextDeadline)
        }
        #expect((9_900_000...10_100_000).contains(sent))
    }

    @Test func servesEachInTurn() {
        var pace = SnapshotPace(bytesPerSecondMaximum: 1_000)
        for node in 2...4 { pace.wait(ticket(1, UInt16(node), 1_000)) }
        var served: [NodeID] = []
        for second in 0..<6 {
            while let next = pace.next(at: at(Int64(second) * 1_000)) {
                served.append(next.member.node)
                pace.wait(next)
            }
        }
        #expect(served == [2, 3, 4, 2, 3, 4].map { NodeID($0) })
    }

    @Test func saysWhenItGoesOnAndForgetsWhoIsGone() {
        var pace = SnapshotPace(bytesPerSecondMaximum: 1_000)
        #expect(pace.nextDeadline == nil)
        pace.wait(ticket(1, 2, 500))
        #expect(pace.next(at: at(5_000)) != nil)
        pace.wait(ticket(1, 2, 500))
        #expect(pace.next(at: at(5_001)) == nil)
        #expect(pace.nextDeadline == at(5_480))
        pace.forget(NodeID(2))
        #expect(pace.nextDeadline == nil)
        pace.wait(ticket(1, 3, 500))
        #expect(pace.next(at: at(5_480)) == ticket(1, 3, 500))
    }

    @Test func withoutABoundLetsEverythingThrough() {
        var pace = SnapshotPace(bytesPerSecondMaximum: 0)
        for node in 1...50 {
            pace.wait(ticket(1, UInt16(node), 1 << 30))
            #expect(pace.next(at: at(0)) != nil)
        }
    }
}
