import LogStorage
import Testing
import Toolbox
import Vocabulary

@Suite("Copies of a group: made, removed, made again")
struct ReplicaTests {
    private let first = ReplicaID(77)
    private let second = ReplicaID(78)

    /// Entries of `group` until two more segments are begun.
    private func fill(_ disk: inout LoggedDisk, _ group: ReplicaGroupID, from first: UInt64) {
        var index = first
        let goal = disk.log.segmentsCount + 2
        while disk.log.segmentsCount < goal {
            disk.write(.entries(group, entries(index...index, bytes: 500)))
            index += 1
        }
    }

    @Test func theIdOfACopyComesBackAlsoFromASegmentsHeader() throws {
        var disk = try LoggedDisk()
        disk.write(.replicaCreated(g1, first), .hardState(g1, term: Term(3), vote: NodeID(2)))
        fill(&disk, g2, from: 1)
        disk.write(snapshot(g2, at: 5))
        for _ in 1...3 {
            disk = try disk.restarted()
            disk.maintain()
            #expect(disk.recovery.groups[g1]?.replica == first)
            #expect(disk.recovery.groups[g1]?.vote == NodeID(2))
            #expect(disk.recovery.groups[g2]?.replica == ReplicaID.none)
        }
    }

    @Test func aNewCopySeesNothingOfTheOneBefore() throws {
        var disk = try LoggedDisk()
        disk.write(
            .replicaCreated(g1, first), .hardState(g1, term: Term(9), vote: NodeID(3)),
            .entries(g1, entries(1...8)), snapshot(g1, at: 6))
        disk.write(.replicaCreated(g1, second))
        #expect(
            try disk.restarted().recovery.groups.essence[g1] == RecoveredGroup(replica: second))
        disk.write(.entries(g1, entries(1...2, term: 4)))
        let again = try disk.restarted().restarted()
        #expect(
            again.recovery.groups.essence[g1]
                == RecoveredGroup(replica: second, entries: entries(1...2, term: 4)))
        #expect(again.recovery.groups[g1]?.retained == [])
    }

    @Test func aRemovedGroupIsNotNamedAndKeepsNoSegment() throws {
        var disk = try LoggedDisk()
        disk.write(.replicaCreated(g1, first), .entries(g1, entries(1...3)))
        fill(&disk, g2, from: 1)
        #expect(disk.log.groupsToSnapshot(keepingSegments: 1) == [g1, g2])
        disk.write(.replicaRemoved(g1), .replicaRemoved(g2), .replicaRemoved(g3))
        #expect(disk.log.groupsToSnapshot(keepingSegments: 1) == [])
        disk.maintain()
        #expect(disk.segments.count == 1)
        disk = try disk.restarted()
        #expect(disk.recovery.groups.isEmpty)
        disk.write(.replicaCreated(g1, second))
        #expect(
            try disk.restarted().recovery.groups.essence[g1] == RecoveredGroup(replica: second))
    }

    @Test func removedAndMadeAgainInOneBatch() throws {
        var disk = try LoggedDisk()
        disk.write(
            .replicaCreated(g1, first), .entries(g1, entries(1...3)), .replicaRemoved(g1),
            .replicaCreated(g1, second), .entries(g1, entries(1...1, term: 2)))
        #expect(
            try disk.restarted().recovery.groups.essence[g1]
                == RecoveredGroup(replica: second, entries: entries(1...1, term: 2)))
    }
}
