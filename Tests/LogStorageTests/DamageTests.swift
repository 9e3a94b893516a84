import LogStorage
import Testing
import Toolbox
import Vocabulary

private let y1 = ReplicaID(1_001)
private let y2 = ReplicaID(1_002)
private let y3 = ReplicaID(1_003)

@Suite("Damage: who may have forgotten something comes back as a new copy, all others as they were")
struct DamageTests {
    /// Three copies, and a first segment that all of them wrote to.
    private func begun() throws -> LoggedDisk {
        var disk = try LoggedDisk()
        disk.write(.replicaCreated(g1, y1), .replicaCreated(g2, y2), .replicaCreated(g3, y3))
        disk.write(.hardState(g1, term: Term(2), vote: NodeID(1)))
        disk.write(.entries(g1, entries(1...4, term: 2)))
        return disk
    }

    @Test func aHoleInTheNewestSegmentConcernsAllGroups() throws {
        var disk = try begun()
        let hole = disk.end(of: disk.newestSegment)
        disk.write(.hardState(g1, term: Term(5), vote: NodeID(3)))
        disk.write(.entries(g1, entries(4...6, term: 5)))
        disk.write(.hardState(g1, term: Term(9), vote: NodeID(2)))
        disk.write(.hardState(g2, term: Term(3), vote: nil))
        disk.flip(disk.newestSegment, at: hole + 40)
        let name = disk.newestSegment
        disk = try disk.restarted()
        let damage = try #require(disk.recovery.damage.first)
        #expect(disk.recovery.damage.count == 1)
        #expect(damage.file == name)
        #expect(damage.offset > hole && damage.offset < hole + 40)
        #expect(damage.affected == [g1, g2, g3])
        let group = try #require(disk.recovery.groups[g1])
        #expect(group.entries == entries(1...4, term: 2))
        #expect(group.term == Term(9))
        #expect(group.vote == nil)
        #expect(disk.recovery.groups[g2]?.term == Term(3))
        let ids = disk.recovery.groups.values.map(\.replica)
        #expect(Set(ids + [.none, y1, y2, y3]).count == 7)
    }

    @Test func theNewIdsComeFromTheSeedAndStay() throws {
        var disk = try begun()
        disk.write(.entries(g1, entries(5...5, term: 2)))
        disk.flip(disk.newestSegment, at: disk.end(of: disk.newestSegment) - 150)
        let first = try disk.restarted(seed: 5)
        let again = try disk.restarted(seed: 5)
        let other = try disk.restarted(seed: 6)
        #expect(!first.recovery.damage.isEmpty)
        #expect(first.recovery.groups == again.recovery.groups)
        #expect(
            first.recovery.groups.values.map(\.replica)
                != other.recovery.groups.values.map(\.replica))
        let next = try first.restarted(seed: 7)
        #expect(next.recovery.damage.isEmpty)
        #expect(next.recovery.groups.essence == first.recovery.groups.essence)
    }

    @Test func aGroupWhoseRecordsAllLieBeforeTheHoleIsWhole() throws {
        var disk = try begun()
        disk.write(.entries(g2, entries(1...1)))
        let name = disk.newestSegment
        let hole = disk.end(of: name)
        _ = disk.fillSegment(g2, from: 2)
        let before = disk.recovery.groups
        disk.flip(name, at: hole + 60)
        let again = try disk.restarted()
        #expect(before.isEmpty)
        #expect(again.affected == [g2])
        #expect(again.recovery.groups[g1]?.replica == y1)
        #expect(again.recovery.groups[g1]?.vote == NodeID(1))
        #expect(again.recovery.groups[g1]?.entries == entries(1...4, term: 2))
        #expect(again.recovery.groups[g3] == RecoveredGroup(replica: y3))
        #expect(again.recovery.groups[g2]?.entries == entries(1...1))
    }

    @Test func aGroupWhoseStateALaterHeaderRepeatsIsWhole() throws {
        var disk = try begun()
        let name = disk.newestSegment
        let hole = disk.end(of: name)
        disk.write(
            .hardState(g1, term: Term(6), vote: NodeID(2)), snapshot(g1, at: 4, term: 2),
            .entries(g3, entries(1...2)))
        let next = disk.fillSegment(g2, from: 1)
        disk.write(.entries(g1, entries(5...7, term: 6)))
        disk.flip(name, at: hole + 60)
        let again = try disk.restarted()
        #expect(again.affected == [g3])
        #expect(again.recovery.groups[g2]?.entries.count == Int(next) - 1)
        let group = try #require(again.recovery.groups[g1])
        #expect(group.replica == y1)
        #expect(group.term == Term(6))
        #expect(group.vote == NodeID(2))
        #expect(group.snapshot?.index == LogIndex(4))
        #expect(group.entries == entries(5...7, term: 6))
    }

    @Test func entriesBetweenTheHoleAndTheNextHeaderCount() throws {
        var disk = try begun()
        let name = disk.newestSegment
        let hole = disk.end(of: name)
        disk.write(.hardState(g2, term: Term(4), vote: nil))
        disk.write(snapshot(g1, at: 4, term: 2))
        disk.write(.entries(g1, entries(5...6, term: 2)))
        _ = disk.fillSegment(g3, from: 1)
        disk.flip(name, at: hole + 60)
        let again = try disk.restarted()
        #expect(again.affected == [])
        #expect(again.recovery.damage.map(\.file) == [name])
        #expect(again.recovery.groups[g1]?.entries == entries(5...6, term: 2))
        #expect(again.recovery.groups[g1]?.replica == y1)
        #expect(again.recovery.groups[g2]?.term == Term(4))
    }

    @Test func aSnapshotBehindTheHoleMakesUpForIt() throws {
        var disk = try begun()
        let name = disk.newestSegment
        let hole = disk.end(of: name)
        disk.write(.entries(g1, entries(5...6, term: 2)))
        _ = disk.fillSegment(g3, from: 1)
        disk.write(.entries(g1, entries(7...8, term: 2)))
        disk.flip(name, at: hole + 60)
        #expect(try disk.restarted().affected == [g1])
        disk.write(snapshot(g1, at: 7, term: 2))
        let again = try disk.restarted()
        #expect(again.affected == [])
        #expect(again.recovery.groups[g1]?.entries == entries(8...8, term: 2))
        #expect(again.recovery.groups[g1]?.replica == y1)
    }

    @Test func aCopyThatWasMadeBehindTheHoleIsWhole() throws {
        var disk = try begun()
        let hole = disk.end(of: disk.newestSegment)
        disk.write(.entries(g1, entries(5...6, term: 2)))
        disk.write(.replicaCreated(g1, ReplicaID(9)), .entries(g1, entries(1...2, term: 8)))
        disk.write(.replicaRemoved(g2))
        disk.flip(disk.newestSegment, at: hole + 60)
        let again = try disk.restarted()
        #expect(again.affected == [g3])
        #expect(
            again.recovery.groups[g1]
                == RecoveredGroup(replica: ReplicaID(9), entries: entries(1...2, term: 8)))
        #expect(again.recovery.groups[g2] == nil)
    }

    @Test func aCopyThatWasMadeOrRemovedInTheHoleHasNothingOfTheOneBefore() throws {
        var disk = try begun()
        let name = disk.newestSegment
        disk.write(.entries(g2, entries(1...3)))
        let hole = disk.end(of: name)
        disk.write(
            .replicaRemoved(g2), .replicaCreated(g1, ReplicaID(9)),
            .entries(g1, entries(1...1, term: 7)))
        _ = disk.fillSegment(g3, from: 1)
        disk.flip(name, at: hole + 60)
        let again = try disk.restarted()
        #expect(again.recovery.groups[g2] == nil)
        #expect(again.affected == [g1])
        #expect(again.recovery.groups[g1]?.entries == [])
        #expect(again.recovery.groups[g3]?.replica == y3)
    }

    @Test func theNewestSnapshotIsKeptWithWhatProvablyFollowedIt() throws {
        var disk = try begun()
        disk.write(.entries(g1, entries(5...9, term: 2)))
        let hole = disk.end(of: disk.newestSegment)
        disk.write(.hardState(g1, term: Term(7), vote: nil))
        disk.write(snapshot(g1, at: 6, term: 2), .entries(g1, entries(9...12, term: 7)))
        disk.flip(disk.newestSegment, at: hole + 50)
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.snapshot?.index == LogIndex(6))
        #expect(group.entries == entries(7...9, term: 2))
        #expect(group.term == Term(7))
        // One of another term fits to nothing that is left.
        disk.write(snapshot(g1, at: 11, term: 7))
        let other = try #require(try disk.restarted().recovery.groups[g1])
        #expect(other.snapshot?.index == LogIndex(11))
        #expect(other.entries == entries(12...12, term: 7))
    }

    @Test func severalHolesAreSeveralDamages() throws {
        var disk = try begun()
        let name = disk.newestSegment
        let first = disk.end(of: name)
        disk.write(.entries(g1, entries(5...6, term: 2)))
        disk.write(.entries(g2, entries(1...1)))
        let second = disk.end(of: name)
        disk.write(.entries(g1, entries(7...8, term: 2)))
        _ = disk.fillSegment(g3, from: 1)
        disk.flip(name, at: first + 60)
        disk.flip(name, at: second + 60)
        let again = try disk.restarted()
        #expect(again.recovery.damage.map(\.file) == [name, name])
        #expect(again.affected == [g1])
        #expect(again.recovery.groups[g1]?.entries == entries(1...4, term: 2))
        #expect(again.recovery.groups[g2]?.entries == entries(1...1))
        #expect(again.recovery.groups[g2]?.replica == y2)
    }

    @Test func theLogGoesOnBehindDamage() throws {
        var disk = try begun()
        disk.flip(disk.newestSegment, at: disk.end(of: disk.newestSegment) - 90)
        disk.write(.entries(g3, entries(1...1)))
        disk = try disk.restarted()
        #expect(!disk.recovery.damage.isEmpty)
        let last = disk.recovery.groups[g1]?.entries.last?.index.rawValue ?? 0
        var next = last + 1
        for _ in 1...3 { next = disk.fillSegment(g1, from: next) }
        disk.write(.hardState(g2, term: Term(30), vote: NodeID(2)))
        disk.maintain()
        let again = try disk.restarted()
        #expect(again.recovery.damage.isEmpty)
        #expect(again.recovery.groups[g1]?.entries.last?.index.next == LogIndex(next))
        #expect(again.recovery.groups[g2]?.vote == NodeID(2))
        #expect(again.recovery.groups[g3]?.replica == disk.recovery.groups[g3]?.replica)
    }

    @Test func aLogThatTakesMoreThanASegmentIsWrittenAgainInOne() throws {
        var disk = try begun()
        var next: UInt64 = 5
        for _ in 1...3 { next = disk.fillSegment(g1, from: next) }
        let name = disk.newestSegment
        disk.write(.entries(g2, entries(1...1)))
        disk.confirm()
        disk.flip(name, at: disk.end(of: name) - 130)
        let again = try disk.restarted()
        #expect(again.recovery.damage.map(\.file) == [name])
        let entries = try #require(again.recovery.groups[g1]?.entries)
        #expect(entries.count > 10)
        let third = try again.restarted()
        #expect(third.recovery.damage.isEmpty)
        #expect(third.recovery.groups[g1]?.entries == entries)
    }

    @Test func aCrashWhileDamageIsDealtWithLosesNothingMore() throws {
        var disk = try begun()
        let name = disk.newestSegment
        let hole = disk.end(of: name)
        disk.write(.entries(g2, entries(1...1)))
        _ = disk.fillSegment(g3, from: 1)
        disk.flip(name, at: hole + 60)
        let recovery = try disk.restarted().recovery
        let expected = recovery.groups.essence
        for count in 0...recovery.directives.count {
            for seed in 0..<10 {
                var random = SeededRandom(seed: UInt64(seed))
                var crashed = disk
                crashed.disk.perform(all: Array(recovery.directives.prefix(count)))
                crashed.disk.cutPower(&random)
                let again = try crashed.restarted()
                #expect(again.recovery.groups.essence == expected)
                if count == recovery.directives.count { #expect(again.recovery.damage.isEmpty) }
            }
        }
    }
}

@Suite("Damaged segments are set aside")
struct SetAsideTests {
    private func aside(_ disk: LoggedDisk) -> [String] {
        disk.disk.content.keys.map(\.text).filter { $0.hasPrefix("damaged-") }
    }

    @Test func theyAreRenamedAndTheirBytesStay() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...3)))
        disk.write(.entries(g1, entries(4...5)))
        let name = disk.newestSegment
        disk.flip(name, at: 200)
        let bytes = try #require(disk.disk.content[name])
        disk = try disk.restarted()
        let renamed = try #require(FileName("damaged-1-" + name.text))
        #expect(disk.disk.content[renamed] == bytes)
        #expect(disk.disk.content[name] == nil)
        #expect(SegmentNames.isSetAside(renamed))
        #expect(!SegmentNames.isLogFile(renamed))
    }

    @Test func onlyTheNewestOfThemAreKept() throws {
        var disk = try LoggedDisk()
        disk.settings.damagedSegmentsKept = 2
        var names: [String] = []
        for life in 1...12 {
            disk.write(.hardState(g1, term: Term(UInt64(life)), vote: nil))
            disk.write(.hardState(g2, term: Term(UInt64(life)), vote: nil))
            let name = disk.newestSegment
            disk.flip(name, at: 30)
            names.append("damaged-\(life)-" + name.text)
            disk = try disk.restarted()
            #expect(Set(aside(disk)) == Set(names.suffix(2)))
            #expect(disk.recovery.groups[g1]?.term == Term(UInt64(life)))
        }
    }

    @Test func namesThatOnlyLookLikeIt() throws {
        for text in [
            "damaged-1-wal-7", "damaged-x-wal-0000000000000001", "damaged-wal-0000000000000001",
            "damaged-1-spare-0000000000000001",
        ] {
            #expect(!SegmentNames.isSetAside(try #require(FileName(text))))
        }
    }
}

@Suite("A damaged or missing snapshot concerns its own group")
struct LostSnapshotTests {
    @Test func theGroupStartsOverUnderAnotherIdWithItsTerm() throws {
        var disk = try LoggedDisk()
        disk.write(
            .replicaCreated(g1, y1), .hardState(g1, term: Term(5), vote: NodeID(2)),
            .entries(g1, entries(1...4, term: 5)), .replicaCreated(g2, y2),
            .entries(g2, entries(1...2)))
        disk.write(snapshot(g1, at: 3, term: 5))
        var recovery = try disk.restarted().recovery
        let file = try #require(recovery.groups[g1]?.snapshot?.file)
        var random = SeededRandom(seed: 3)
        let fresh = recovery.startOver(g1, without: file, because: "gone", random: &random)
        #expect(fresh == RecoveredGroup(replica: fresh.replica, term: Term(5)))
        #expect(recovery.groups[g1] == fresh)
        #expect(![ReplicaID.none, y1].contains(fresh.replica))
        #expect(recovery.damage.map(\.affected) == [[g1]])
        #expect(recovery.damage.map(\.file) == [file])

        disk.disk.perform(all: recovery.directives)
        disk.log = recovery.log
        disk.log.didComplete(recovery.token)
        disk.flushAll()
        let again = try disk.restarted()
        #expect(again.recovery.groups[g1] == fresh)
        #expect(again.recovery.groups[g2]?.replica == y2)
        #expect(again.recovery.groups[g2]?.entries == entries(1...2))
    }
}
