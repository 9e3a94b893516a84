import LogStorage
import Testing
import Toolbox
import Vocabulary

@Suite("Snapshots as files")
struct SnapshotFileTests {
    private let sample = SnapshotFile(
        cluster: 77, group: g2, index: LogIndex(1_000), term: Term(12),
        configuration: "n1 n2 n3", body: ["first part ", "", "second part"])

    @Test func whatIsSavedIsReadBack() throws {
        var directives: [StorageDirective] = []
        let token = StorageToken(.snapshot, number: 4)
        sample.save(reporting: token, into: &directives)
        var disk = VirtualDisk()
        let reported = directives.compactMap { disk.perform($0) }
        #expect(reported == [token])
        let bytes = try #require(disk.content[sample.name])
        #expect(disk.content.count == 1)
        #expect(bytes == sample.encode())
        let read = try SnapshotFile.decode(bytes, file: sample.name, cluster: 77)
        #expect(read.configuration == sample.configuration)
        #expect(read.index == sample.index)
        #expect(read.term == sample.term)
        #expect(read.body == ["first part second part"])
    }

    @Test func aCrashWhileSavingLeavesTheWholeFileOrALeftover() throws {
        var directives: [StorageDirective] = []
        sample.save(reporting: StorageToken(.snapshot, number: 4), into: &directives)
        for count in 0...directives.count {
            for seed in 0..<20 {
                var random = SeededRandom(seed: UInt64(seed))
                var disk = VirtualDisk()
                disk.perform(all: Array(directives.prefix(count)))
                disk.cutPower(&random)
                for (name, bytes) in disk.content {
                    if name == sample.name {
                        _ = try SnapshotFile.decode(bytes, file: name, cluster: 77)
                    } else {
                        #expect(
                            SnapshotFile.leftovers(among: [name], groups: SortedMap()) == [name])
                    }
                }
                if count == directives.count { #expect(disk.content[sample.name] != nil) }
            }
        }
    }

    @Test func everyFlippedBitAndEveryCutIsNoticed() throws {
        let bytes = sample.encode().array
        for position in bytes.indices {
            var flipped = bytes
            flipped[position] ^= 1 << UInt8(position % 8)
            #expect(throws: LogStorageFailure.self, "byte \(position)") {
                try SnapshotFile.decode(Bytes(flipped), file: sample.name, cluster: 77)
            }
            #expect(throws: LogStorageFailure.self, "\(position) bytes") {
                try SnapshotFile.decode(
                    Bytes(Array(bytes[..<position])), file: sample.name, cluster: 77)
            }
        }
        #expect(throws: LogStorageFailure.self) {
            try SnapshotFile.decode(Bytes(bytes + [0]), file: sample.name, cluster: 77)
        }
    }

    @Test func anotherClustersSnapshotIsRefused() throws {
        #expect(
            throws: LogStorageFailure.otherCluster(file: sample.name, found: 77, expected: 78)
        ) {
            try SnapshotFile.decode(sample.encode(), file: sample.name, cluster: 78)
        }
    }

    @Test func aSnapshotUnderAnotherNameIsRefused() throws {
        let other = SnapshotFile.name(group: g1, index: LogIndex(1_000))
        #expect(throws: LogStorageFailure.self) {
            try SnapshotFile.decode(sample.encode(), file: other, cluster: 77)
        }
    }

    @Test func onlySnapshotsThatTheLogNamesStay() throws {
        var groups = SortedMap<ReplicaGroupID, RecoveredGroup>()
        groups[g1] = RecoveredGroup(
            snapshot: SnapshotReference(
                index: LogIndex(9), term: Term(1),
                file: SnapshotFile.name(group: g1, index: LogIndex(9))))
        let texts = [
            "snapshot-1-9", "snapshot-1-8", "snapshot-1-10", "snapshot-2-9",
            "snapshot-1-11.unfinished", "wal-0000000000000001", "snapshot-1-09",
        ]
        let names = try texts.map { try #require(FileName($0)) }
        #expect(
            SnapshotFile.leftovers(among: names, groups: groups).map(\.text)
                == ["snapshot-1-8", "snapshot-1-10", "snapshot-2-9", "snapshot-1-11.unfinished"])
    }

    @Test func namesAreReadBack() throws {
        let identity = try #require(SnapshotFile.identify(sample.name))
        #expect(sample.name.text == "snapshot-2-1000")
        #expect(identity.group == g2)
        #expect(identity.index == LogIndex(1_000))
    }
}
