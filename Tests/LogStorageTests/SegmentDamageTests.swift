import LogStorage
import Testing
import Toolbox
import Vocabulary

/// Three groups in four segments: g1 everywhere, g2 in the first only, g3 in the last only.
private func fourSegments() throws -> (disk: LoggedDisk, next: UInt64) {
    var disk = try LoggedDisk()
    disk.write(
        .replicaCreated(g1, ReplicaID(11)), .replicaCreated(g2, ReplicaID(12)),
        .entries(g2, entries(1...3)), .hardState(g2, term: Term(2), vote: NodeID(1)))
    var next: UInt64 = 1
    for _ in 1...3 { next = disk.fillSegment(g1, from: next) }
    disk.write(.replicaCreated(g3, ReplicaID(13)), .entries(g3, entries(1...2)))
    disk.confirm()
    return (disk, next)
}

@Suite("Blank, header-only, short and missing segments")
struct LostSegmentTests {
    @Test func aMissingSegmentInTheMiddleConcernsWhoWroteToIt() throws {
        let (disk, _) = try fourSegments()
        for name in disk.segments[1...2] {
            var without = disk
            without.disk.perform(all: [.remove(name)])
            let again = try without.restarted()
            #expect(again.recovery.damage.map(\.file) == [name])
            #expect(again.affected == [g1])
            #expect(again.recovery.groups[g2]?.entries == entries(1...3))
            #expect(again.recovery.groups[g2]?.vote == NodeID(1))
            #expect(again.recovery.groups[g3]?.replica == ReplicaID(13))
        }
    }

    @Test func aMissingFirstSegmentTakesTheEntriesOfAllWhoNeedIt() throws {
        var (disk, next) = try fourSegments()
        let first = disk.segments[0]
        disk.write(snapshot(g1, at: next - 3))
        disk.confirm()
        disk.disk.perform(all: [.remove(first)])
        let again = try disk.restarted()
        #expect(again.recovery.damage.map(\.file) == [first])
        #expect(again.affected == [g2])
        #expect(again.recovery.groups[g2]?.entries == [])
        #expect(again.recovery.groups[g2]?.term == Term(2))
        #expect(again.recovery.groups[g1]?.entries == entries(next - 2...next - 1, bytes: 300))
    }

    @Test(arguments: ["blank", "header only", "zeros", "short"])
    func aSegmentWithoutItsFrames(kind: String) throws {
        let (disk, _) = try fourSegments()
        let name = disk.segments[1]
        var damaged = disk
        damaged.disk.tamper(name) { file in
            switch kind {
            case "blank": file = []
            case "header only": for index in 300..<file.count { file[index] = 0 }
            case "zeros": file = [UInt8](repeating: 0, count: file.count)
            default: file.removeLast(3_000)
            }
        }
        let again = try damaged.restarted()
        #expect(Set(again.recovery.damage.map(\.file)) == [name])
        #expect(again.affected == [g1])
        #expect(again.recovery.groups[g2]?.replica == ReplicaID(12))
        #expect(again.recovery.groups[g3]?.entries == entries(1...2))
    }

    @Test(arguments: ["blank", "zeros", "short"])
    func aNewestSegmentThatIsNotWhatItWasConcernsAll(kind: String) throws {
        let (disk, next) = try fourSegments()
        let name = disk.newestSegment
        var damaged = disk
        damaged.disk.tamper(name) { file in
            switch kind {
            case "blank": file = []
            case "zeros": file = [UInt8](repeating: 0, count: file.count)
            default: file.removeLast(512)
            }
        }
        let again = try damaged.restarted()
        #expect(Set(again.recovery.damage.map(\.file)) == [name])
        #expect(again.affected == (kind == "short" ? [g1, g2, g3] : [g1, g2]))
        let found = again.recovery.groups[g1]?.entries.count ?? 0
        #expect(found >= Int(next) - 3)
        #expect(again.recovery.groups[g2]?.entries == entries(1...3))
        #expect(again.recovery.groups[g2]?.term == Term(2))
    }

    @Test func framesBehindADamagedHeaderAreFoundAndNothingIsLost() throws {
        let (disk, next) = try fourSegments()
        for name in disk.segments {
            for position in [0, 9, 13, 17, 25, 33, 41, 57, 65, 73, 81, 89, 97, 130] {
                var damaged = disk
                damaged.flip(name, at: position)
                let again = try damaged.restarted()
                #expect(again.recovery.damage.map(\.file) == [name])
                // Before the first segment nothing tells the groups' state.
                guard name != disk.segments[0] else { continue }
                #expect(again.affected == [], "byte \(position) of \(name)")
                #expect(again.recovery.groups[g1]?.entries.count == Int(next) - 1)
            }
        }
    }

    @Test func aSegmentUnderAnotherName() throws {
        let (disk, _) = try fourSegments()
        var renamed = disk
        let other = try #require(FileName("wal-0000000000000009"))
        renamed.disk.perform(all: [.rename(disk.newestSegment, to: other)])
        let again = try renamed.restarted()
        #expect(Set(again.recovery.damage.map(\.file)).contains(other))
        #expect(again.affected.contains(g1))
        let next = try again.restarted()
        #expect(next.recovery.damage.isEmpty)
        #expect(next.newestSegment.text == "wal-000000000000000b")
    }

    @Test func leftOverFilesAndOldSegmentsDoNoHarm() throws {
        var (disk, next) = try fourSegments()
        let old = try #require(disk.disk.content[disk.segments[0]])
        let name = disk.segments[0]
        disk.write(snapshot(g1, at: next - 1), snapshot(g2, at: 3))
        disk.maintain()
        #expect(!disk.segments.contains(name))
        // A removal that the directory forgot, and what half-done work leaves behind.
        disk.disk.perform(all: [
            .create(name, zeroFilledBytes: 0), .write(name, offset: 0, old),
            .create(try #require(FileName("spare-00000000000000ff")), zeroFilledBytes: 100),
            .create(try #require(FileName("snapshot-1-9.unfinished")), zeroFilledBytes: 10),
        ])
        let again = try disk.restarted()
        #expect(again.recovery.damage.isEmpty)
        #expect(again.recovery.groups[g2]?.snapshot?.index == LogIndex(3))
        #expect(again.recovery.groups[g3]?.entries == entries(1...2))
    }
}

@Suite("A disk that does not read")
struct UnreadableTests {
    @Test func aSegmentThatCannotBeReadIsDamaged() throws {
        let (disk, _) = try fourSegments()
        let name = disk.segments[1]
        var unreadable = SortedMap<FileName, ReadFailure>()
        unreadable[name] = ReadFailure(offset: 0, code: 5)
        var blank = disk
        blank.disk.tamper(name) { $0 = [] }
        let again = try blank.restarted(unreadable: unreadable)
        #expect(again.recovery.damage.map(\.file) == [name])
        #expect(again.recovery.damage.first?.what.contains("error 5") == true)
        #expect(again.affected == [g1])
    }

    @Test func anUnreadableBlockIsNoTornTail() throws {
        var disk = try LoggedDisk()
        disk.write(.replicaCreated(g1, ReplicaID(11)), .entries(g1, entries(1...2)))
        let hole = disk.end(of: disk.newestSegment) / 8 * 8 + 8
        disk.write(.entries(g1, entries(3...4)))
        disk.disk.tamper(disk.newestSegment) { file in
            for index in hole..<file.count { file[index] = 0 }
        }
        #expect(try disk.restarted().recovery.damage.isEmpty)
        var unreadable = SortedMap<FileName, ReadFailure>()
        unreadable[disk.newestSegment] = ReadFailure(offset: hole, code: 5)
        let again = try disk.restarted(unreadable: unreadable)
        #expect(again.affected == [g1])
        #expect(again.recovery.groups[g1]?.entries == entries(1...2))
    }

    @Test func aBlockThatNoFrameNeedsCostsNobodyHisId() throws {
        let (disk, next) = try fourSegments()
        var unreadable = SortedMap<FileName, ReadFailure>()
        unreadable[disk.segments[1]] = ReadFailure(offset: 4_090, code: 5)
        let again = try disk.restarted(unreadable: unreadable)
        #expect(again.recovery.damage.map(\.file) == [disk.segments[1]])
        #expect(again.affected == [])
        #expect(again.recovery.groups[g1]?.entries.count == Int(next) - 1)
        #expect(again.recovery.groups[g1]?.replica == ReplicaID(11))
        #expect(try again.restarted().recovery.damage.isEmpty)
    }
}
