import LogStorage
import Testing
import Toolbox
import Vocabulary

@Suite("What is written is read back")
struct WriteAheadLogTests {
    @Test func anEmptyDirectoryGivesAnEmptyLog() throws {
        let disk = try LoggedDisk()
        #expect(disk.recovery.isNew)
        #expect(disk.recovery.groups.isEmpty)
        #expect(disk.recovery.tornTail == nil)
        #expect(disk.segments.count == 1)
    }

    @Test func everyKindOfRecordComesBack() throws {
        var disk = try LoggedDisk()
        disk.write(
            .hardState(g1, term: Term(3), vote: NodeID(2)), .entries(g1, entries(1...5)),
            .entries(g2, entries(1...2, term: 7)))
        disk.write(snapshot(g1, at: 3), .hardState(g2, term: Term(9), vote: nil))
        let groups = try disk.restarted().recovery.groups
        let first = try #require(groups[g1])
        #expect(first.term == Term(3))
        #expect(first.vote == NodeID(2))
        #expect(first.snapshot?.index == LogIndex(3))
        #expect(first.entries == entries(4...5))
        #expect(first.retained == entries(1...3))
        #expect(first.baseIndex == .zero)
        let second = try #require(groups[g2])
        #expect(second.term == Term(9))
        #expect(second.vote == nil)
        #expect(second.entries == entries(1...2, term: 7))
    }

    @Test func aSuffixIsReplaced() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...6)))
        disk.write(.entries(g1, entries(4...5, term: 2)))
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.entries == entries(1...3) + entries(4...5, term: 2))
    }

    @Test func aSuffixIsReplacedWithinOneBatch() throws {
        var disk = try LoggedDisk()
        disk.write(
            .entries(g1, entries(1...6)), .hardState(g1, term: Term(2), vote: nil),
            .entries(g1, entries(1...2, term: 2)), .entries(g1, entries(3...3, term: 3)))
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.entries == entries(1...2, term: 2) + entries(3...3, term: 3))
    }

    @Test func aSnapshotOfAnotherTermResetsTheLog() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...9)))
        disk.write(snapshot(g1, at: 5, term: 2), .entries(g1, entries(6...6, term: 2)))
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.snapshot?.term == Term(2))
        #expect(group.entries == entries(6...6, term: 2))
        #expect(group.retained.isEmpty)
        #expect(group.baseIndex == LogIndex(5))
        #expect(group.baseTerm == Term(2))
    }

    @Test func aSnapshotAheadOfTheLogResetsIt() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...9)))
        disk.write(snapshot(g1, at: 50, term: 2))
        disk.write(.entries(g1, entries(51...52, term: 2)))
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.entries == entries(51...52, term: 2))
        #expect(group.snapshot?.file.text == "snapshot-1-50")
    }

    @Test func anOlderSnapshotChangesNothing() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...9)), snapshot(g1, at: 5), snapshot(g1, at: 4))
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.snapshot?.index == LogIndex(5))
        #expect(group.entries == entries(6...9))
    }

    @Test func compactionDropsWhatWasRetained() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...9)), snapshot(g1, at: 5))
        disk.write(.compacted(g1, through: LogIndex(3)))
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.baseIndex == LogIndex(3))
        #expect(group.baseTerm == Term(1))
        #expect(group.retained == entries(4...5))
        #expect(group.entries == entries(6...9))
    }

    @Test func manyRestartsLoseNothing() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...3)))
        for life in 1...9 {
            disk = try disk.restarted()
            #expect(disk.log.incarnation == Incarnation(UInt64(life) + 1))
            let next = UInt64(life) + 3
            disk.write(.entries(g1, entries(next...next)))
            disk.maintain()
        }
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.entries == entries(1...12))
    }

    @Test func restartsWithoutNewsNeedNoSpace() throws {
        var disk = try LoggedDisk()
        disk.write(.hardState(g1, term: Term(4), vote: NodeID(3)))
        for _ in 1...20 {
            disk = try disk.restarted()
            disk.maintain()
        }
        #expect(disk.disk.content.count <= 3)
        #expect(disk.recovery.groups[g1]?.vote == NodeID(3))
    }
}

@Suite("One batch at a time")
struct FlushTests {
    @Test func nothingQueuedIsNothingFlushed() throws {
        var disk = try LoggedDisk()
        var directives: [StorageDirective] = []
        let early = disk.log.flush(into: &directives)
        #expect(early == nil)
        #expect(directives.isEmpty)
    }

    @Test func oneBatchIsOneWriteOneSyncAndItsToken() throws {
        var disk = try LoggedDisk()
        let tokens = [
            disk.log.append(.entries(g1, entries(1...2))),
            disk.log.append(.entries(g2, entries(1...1))),
        ]
        var directives: [StorageDirective] = []
        let tokenFound = disk.log.flush(into: &directives)
        let token = try #require(tokenFound)
        #expect(tokens == [token, token])
        #expect(directives.count == 3)
        guard case .write(let name, _, _) = directives[0] else {
            Issue.record("\(directives[0])")
            return
        }
        #expect(directives[1] == .synchronize(name))
        #expect(directives[2] == .complete(token))
    }

    @Test func whatArrivesWhileOneIsInFlightWaitsForTheNext() throws {
        var disk = try LoggedDisk()
        disk.log.append(.entries(g1, entries(1...2)))
        var directives: [StorageDirective] = []
        let firstFound = disk.log.flush(into: &directives)
        let first = try #require(firstFound)
        let second = disk.log.append(.entries(g1, entries(3...3)))
        #expect(second > first)
        let early = disk.log.flush(into: &directives)
        #expect(early == nil)
        #expect(disk.log.durableToken < first)
        disk.log.didComplete(first)
        #expect(disk.log.durableToken == first)
        #expect(disk.log.hasQueued)
        let later = disk.log.flush(into: &directives)
        #expect(later == second)
        #expect(!disk.log.hasQueued)
    }

    @Test func recoveryIsInFlightUntilItIsDone() throws {
        let recovery = try WriteAheadLog.recover(
            from: StoredFiles(), identity: testIdentity, settings: smallSettings(),
            random: SeededRandom(seed: 1))
        var log = recovery.log
        log.append(.entries(g1, entries(1...2)))
        var directives: [StorageDirective] = []
        let early = log.flush(into: &directives)
        #expect(early == nil)
        log.didComplete(recovery.token)
        let later = log.flush(into: &directives)
        #expect(later != nil)
    }

    @Test func batchesStayWithinTheirBound() throws {
        var disk = try LoggedDisk()
        let last = disk.log.append(.entries(g1, entries(1...100, bytes: 50)))
        #expect(disk.log.queuedBytes > 4 * 1_024)
        var directives: [StorageDirective] = []
        var batches = 0
        var token: StorageToken?
        while let next = disk.log.flush(into: &directives) {
            for case .write(_, let offset, let bytes) in directives where offset > 0 {
                #expect(bytes.count <= 1_024 + 64)
            }
            disk.disk.perform(all: directives)
            disk.log.didComplete(next)
            directives = []
            batches += 1
            token = next
        }
        #expect(batches > 4)
        #expect(token == last)
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.entries == entries(1...100, bytes: 50))
    }

    @Test func anEntryLargerThanASegmentGetsALargerSegment() throws {
        var disk = try LoggedDisk()
        let large = entries(1...1, bytes: 20_000) + entries(2...3)
        disk.write(.entries(g1, large))
        disk.write(.entries(g1, entries(4...5)))
        let again = try disk.restarted()
        #expect(again.recovery.groups[g1]?.entries == large + entries(4...5))
        #expect(try again.restarted().recovery.groups[g1]?.entries == large + entries(4...5))
    }

    @Test func aHeaderOfManyGroupsFits() throws {
        var disk = try LoggedDisk()
        for number in 1...200 {
            disk.write(.hardState(ReplicaGroupID(UInt32(number)), term: Term(5), vote: NodeID(1)))
        }
        let groups = try disk.restarted().restarted().recovery.groups
        #expect(groups.count == 200)
        #expect(groups.values.allSatisfy { $0.term == Term(5) && $0.vote == NodeID(1) })
    }

    @Test func aFullSegmentIsFollowedByOneThatIsNamedWhenItIsDurable() throws {
        var disk = try LoggedDisk()
        disk.maintain()
        var index: UInt64 = 1
        while true {
            disk.log.append(.entries(g1, entries(index...index, bytes: 700)))
            index += 1
            var directives: [StorageDirective] = []
            let tokenFound = disk.log.flush(into: &directives)
            let token = try #require(tokenFound)
            disk.disk.perform(all: directives)
            disk.log.didComplete(token)
            guard directives.count > 3 else { continue }
            guard case .write(let spare, 0, _) = directives[0] else {
                Issue.record("\(directives)")
                return
            }
            #expect(spare.text.hasPrefix("spare-"))
            #expect(directives[1] == .synchronize(spare))
            #expect(directives[2] == .rename(spare, to: disk.newestSegment))
            #expect(directives[3] == .synchronizeDirectory)
            #expect(directives[4] == .complete(token))
            break
        }
        #expect(try disk.restarted().recovery.groups[g1]?.entries.count == Int(index) - 1)
    }
}

@Suite("Segments come and go")
struct SpaceTests {
    /// Fills about `segments` segments with entries of `group`.
    private func fill(_ disk: inout LoggedDisk, _ group: ReplicaGroupID, from first: UInt64)
        -> UInt64
    {
        var index = first
        let goal = disk.log.segmentsCount + 3
        while disk.log.segmentsCount < goal {
            disk.write(.entries(group, entries(index...index, bytes: 500)))
            index += 1
        }
        return index - 1
    }

    @Test func whoKeepsOldSegmentsIsNamed() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...1)), .hardState(g3, term: Term(1), vote: nil))
        let last = fill(&disk, g2, from: 1)
        #expect(disk.log.groupsToSnapshot(keepingSegments: 2) == [g1, g2])
        disk.write(snapshot(g2, at: last))
        #expect(disk.log.groupsToSnapshot(keepingSegments: 2) == [g1])
        #expect(disk.log.groupsToSnapshot(keepingSegments: 99) == [])
    }

    @Test func segmentsThatNobodyNeedsAreRecycled() throws {
        var disk = try LoggedDisk()
        disk.write(.hardState(g3, term: Term(6), vote: NodeID(2)))
        var last: UInt64 = 0
        for _ in 1...5 {
            last = fill(&disk, g1, from: last + 1)
            disk.write(snapshot(g1, at: last - 1))
            disk.maintain()
            #expect(disk.disk.content.count <= 4)
        }
        disk = try disk.restarted()
        let group = try #require(disk.recovery.groups[g1])
        #expect(group.entries == entries(last...last, bytes: 500))
        #expect(disk.recovery.groups[g3]?.term == Term(6))
        // Recycled bytes lie behind the end of the segments now, and none of them is believed.
        last = fill(&disk, g1, from: last + 1)
        let again = try #require(try disk.restarted().recovery.groups[g1])
        #expect(again.entries.last?.index == LogIndex(last))
    }

    @Test func aSegmentIsKeptUntilItsReleaseIsDurable() throws {
        var disk = try LoggedDisk()
        let last = fill(&disk, g1, from: 1)
        disk.log.append(snapshot(g1, at: last))
        var directives: [StorageDirective] = []
        let tokenFound = disk.log.flush(into: &directives)
        let token = try #require(tokenFound)
        disk.maintain()
        let before = disk.segments.count
        disk.disk.perform(all: directives)
        disk.log.didComplete(token)
        disk.maintain()
        #expect(before >= 4)
        #expect(disk.segments.count == 1)
    }

    @Test func whatIsRetainedMayGoWithItsSegment() throws {
        var disk = try LoggedDisk()
        let last = fill(&disk, g1, from: 1)
        disk.write(.entries(g2, entries(1...1)), .entries(g1, entries(last + 1...last + 4)))
        disk.write(snapshot(g1, at: last + 3))
        disk.maintain()
        let group = try #require(try disk.restarted().recovery.groups[g1])
        #expect(group.entries == entries(last + 4...last + 4))
        #expect(group.retained.last?.index == LogIndex(last + 3))
        #expect(group.baseIndex.next == group.retained.first?.index)
        #expect(group.baseIndex > .zero)
    }

    @Test func sparesAreKeptReadyAndOddOnesRemoved() throws {
        var disk = try LoggedDisk()
        disk.maintain()
        let spares = disk.disk.content.keys.filter { $0.text.hasPrefix("spare-") }
        #expect(spares.count == 1)
        disk.disk.tamper(spares[0]) { $0.removeLast(100) }
        disk = try disk.restarted()
        disk.maintain()
        let after = disk.disk.content.filter { $0.key.text.hasPrefix("spare-") }
        #expect(after.map(\.value.count) == [4_096])
    }

    @Test func upkeepIsDoneOnceAtATime() throws {
        var disk = try LoggedDisk()
        var directives: [StorageDirective] = []
        let tokenFound = disk.log.maintain(into: &directives)
        let token = try #require(tokenFound)
        let second = disk.log.maintain(into: &directives)
        #expect(second == nil)
        disk.disk.perform(all: directives)
        disk.log.didComplete(token)
        let third = disk.log.maintain(into: &directives)
        #expect(third == nil)
    }
}
