import LogStorage
import Testing
import Toolbox
import Vocabulary

private let y1 = ReplicaID(1_001)
private let y2 = ReplicaID(1_002)

/// Lines of the checklist's section on the disk that no other suite is about.
@Suite("A disk that lies about single writes and reads")
struct LyingDiskTests {
    /// Where batches stand in the one segment there is, the first behind the header.
    private struct Written {
        var disk: LoggedDisk
        var batches: [Range<Int>] = []
        var name: FileName { disk.newestSegment }

        init(count: Int = 6) throws {
            disk = try LoggedDisk()
            disk.write(.replicaCreated(g1, y1), .hardState(g1, term: Term(1), vote: nil))
            for index in 1...UInt64(count) {
                let start = (disk.end(of: name) + 8) & ~7
                disk.write(.entries(g1, entries(index...index)))
                batches.append(start..<(disk.end(of: name) + 8) & ~7)
            }
            // From now on even the last batch is known to have been acknowledged.
            disk.confirm()
        }

        func bytes(of batch: Int) -> [UInt8] {
            Array((disk.disk.content[name]?.array ?? [])[batches[batch]])
        }

        /// What a start makes of the segment if it holds, or reads as holding, something else.
        func recovery(_ change: (inout [UInt8]) -> Void) throws -> Recovery {
            var other = disk
            other.disk.tamper(name, change)
            return try other.restarted().recovery
        }
    }

    @Test("a read of another place is damage, wherever it happens", arguments: 0..<6)
    func misdirectedRead(batch: Int) throws {
        let written = try Written()
        for other in written.batches.indices where other != batch {
            let place = written.batches[batch].lowerBound
            let bytes = written.bytes(of: other).prefix(written.batches[batch].count)
            let recovery = try written.recovery {
                $0.replaceSubrange(place..<place + bytes.count, with: bytes)
            }
            #expect(recovery.damage.map(\.file) == [written.name], "\(other) for \(batch)")
            #expect(recovery.groups[g1]?.replica != y1)
            let saved = recovery.groups[g1]?.entries ?? []
            #expect(saved == Array(entries(1...6).prefix(saved.count)))
            #expect(saved.count <= batch)
        }
    }

    @Test("the same read done well finds everything")
    func readAgain() throws {
        let written = try Written()
        let again = try written.disk.restarted().recovery
        #expect(again.damage.isEmpty)
        #expect(again.groups[g1]?.entries == entries(1...6))
    }

    @Test("a write that is lost after its sync is damage", arguments: 0..<6)
    func lostWrite(batch: Int) throws {
        let written = try Written()
        let recovery = try written.recovery { file in
            for offset in written.batches[batch] { file[offset] = 0 }
        }
        #expect(recovery.damage.map(\.file) == [written.name])
        #expect(recovery.groups[g1]?.replica != y1)
        #expect(recovery.groups[g1]?.entries == Array(entries(1...6).prefix(batch)))
    }

    @Test("the first batch, lost after its sync, is damage")
    func lostBeginning() throws {
        let written = try Written()
        let first = written.batches[0].lowerBound
        let recovery = try written.recovery { file in
            for offset in 104..<first { file[offset] = 0 }
        }
        #expect(!recovery.damage.isEmpty)
    }

    @Test("a frame that lies there twice counts once", arguments: 0..<6)
    func doubledFrame(batch: Int) throws {
        let written = try Written()
        let bytes = written.bytes(of: batch)
        let end = (written.disk.end(of: written.name) + 8) & ~7
        let behind = try written.recovery {
            $0.replaceSubrange(end..<end + bytes.count, with: bytes)
        }
        #expect(behind.damage.isEmpty)
        #expect(behind.groups[g1]?.replica == y1)
        #expect(behind.groups[g1]?.entries == entries(1...6))
    }

    @Test("a frame that lies over the next one as well is damage", arguments: 0..<5)
    func doubledOverNext(batch: Int) throws {
        let written = try Written()
        let bytes = written.bytes(of: batch)
        let place = written.batches[batch].upperBound
        let recovery = try written.recovery {
            $0.replaceSubrange(place..<place + bytes.count, with: bytes)
        }
        #expect(!recovery.damage.isEmpty)
        #expect(recovery.groups[g1]?.entries == Array(entries(1...6).prefix(batch + 1)))
    }
}

@Suite("A crash while one record is written")
struct RecordCrashTests {
    /// After each directive, by signal and by power cuts: the groups as they were, or as the record
    /// makes them.
    private func expectAllOrNothing(
        _ record: WriteAheadLogRecord, of disk: LoggedDisk,
        _ isDone: (SortedMap<ReplicaGroupID, RecoveredGroup>) -> Bool
    ) throws {
        var disk = disk
        let before = try disk.restarted().recovery.groups.essence
        disk.log.append(record)
        var directives: [StorageDirective] = []
        _ = disk.log.flush(into: &directives)
        #expect(directives.count >= 3)
        var outcomes: Set<Bool> = []
        for count in 0...directives.count {
            for seed in 0..<20 {
                var random = SeededRandom(seed: UInt64(seed))
                var crashed = disk
                crashed.disk.perform(all: Array(directives.prefix(count)))
                if seed > 0 { crashed.disk.cutPower(&random) }
                let recovery = try crashed.restarted().recovery
                let groups = recovery.groups.essence
                #expect(recovery.damage.isEmpty)
                #expect(isDone(groups) || groups == before)
                if count == directives.count { #expect(isDone(groups)) }
                outcomes.insert(isDone(groups))
            }
        }
        #expect(outcomes == [false, true])
    }

    private func begun() throws -> LoggedDisk {
        var disk = try LoggedDisk()
        disk.write(
            .replicaCreated(g1, y1), .replicaCreated(g2, y2),
            .hardState(g1, term: Term(1), vote: nil), .entries(g1, entries(1...8)),
            .entries(g2, entries(1...3)))
        return disk
    }

    @Test("a snapshot's record, of a state made here")
    func keptSnapshot() throws {
        try expectAllOrNothing(snapshot(g1, at: 5), of: begun()) {
            $0[g1]?.snapshot?.index == LogIndex(5) && $0[g1]?.entries == entries(6...8)
                && $0[g2]?.entries == entries(1...3)
        }
    }

    @Test("a snapshot's record, of a state that was received")
    func arrivedSnapshot() throws {
        try expectAllOrNothing(snapshot(g1, at: 20, term: 3), of: begun()) {
            $0[g1]?.snapshot?.index == LogIndex(20) && $0[g1]?.entries == []
                && $0[g1]?.replica == y1
        }
    }

    @Test("the removal of a group")
    func removal() throws {
        try expectAllOrNothing(.replicaRemoved(g1), of: begun()) {
            $0[g1] == nil && $0[g2]?.entries == entries(1...3)
        }
    }

    @Test("a copy made anew")
    func creation() throws {
        try expectAllOrNothing(.replicaCreated(g1, ReplicaID(9)), of: begun()) {
            $0[g1] == RecoveredGroup(replica: ReplicaID(9)) && $0[g2]?.replica == y2
        }
    }

    @Test("any of these in the first batch of a new segment")
    func inANewSegment() throws {
        for record in [snapshot(g1, at: 5), .replicaRemoved(g1)] {
            var disk = try begun()
            // So little room is left that the next record needs another segment.
            var next: UInt64 = 4
            let name = disk.newestSegment
            while disk.newestSegment == name, disk.end(of: name) < 4_096 - 96 {
                disk.write(.entries(g2, entries(next...next, bytes: 1)))
                next += 1
            }
            try expectAllOrNothing(record, of: disk) {
                switch record {
                case .replicaRemoved: $0[g1] == nil
                case .entries, .hardState, .snapshotInstalled, .compacted, .replicaCreated:
                    $0[g1]?.snapshot?.index == LogIndex(5)
                }
            }
        }
    }
}

@Suite("A large log")
struct LargeLogTests {
    private func settings() -> LogStorageSettings {
        smallSettings(segmentBytes: 1 << 20, batchBytes: 256 << 10)
    }

    @Test("of many groups is recovered whole")
    func manyGroups() throws {
        let count: UInt32 = 2_000
        var disk = try LoggedDisk(settings: settings())
        for group in 1...count {
            let id = ReplicaGroupID(group)
            disk.log.append(.replicaCreated(id, ReplicaID(UInt64(group) + 10)))
            disk.log.append(.hardState(id, term: Term(2), vote: NodeID(1)))
            disk.log.append(.entries(id, entries(1...5, term: 2, bytes: 8)))
        }
        disk.flushAll()
        let recovery = try disk.restarted().recovery
        #expect(recovery.damage.isEmpty)
        #expect(recovery.groups.count == Int(count))
        #expect(
            recovery.groups.allSatisfy {
                $0.value.entries.count == 5 && $0.value.term == Term(2)
                    && $0.value.replica.rawValue == UInt64($0.key.rawValue) + 10
            })
    }

    @Test("of many entries in many segments is recovered whole")
    func manyEntries() throws {
        var disk = try LoggedDisk(settings: settings())
        let last: UInt64 = 40_000
        var first: UInt64 = 1
        while first <= last {
            disk.write(.entries(g1, entries(first...first + 999, bytes: 64)))
            first += 1_000
        }
        #expect(disk.segments.count > 3)
        let recovery = try disk.restarted().recovery
        #expect(recovery.damage.isEmpty)
        let found = recovery.groups[g1]?.entries ?? []
        #expect(found.count == Int(last))
        #expect(found.first?.index == LogIndex(1) && found.last?.index == LogIndex(last))
        #expect(found.suffix(3) == entries(last - 2...last, bytes: 64)[...])
    }

    @Test("is read no further back than its oldest entry that is needed")
    func boundedBySnapshots() throws {
        var disk = try LoggedDisk(settings: smallSettings())
        var index: UInt64 = 1
        for _ in 1...40 {
            index = disk.fillSegment(g1, from: index)
            disk.write(snapshot(g1, at: index - 2))
            disk.maintain()
        }
        #expect(disk.segments.count < 5)
        let recovery = try disk.restarted().recovery
        #expect(recovery.groups[g1]?.entries.count == 1)
        #expect(recovery.groups[g1]?.snapshot?.index == LogIndex(index - 2))
    }
}
