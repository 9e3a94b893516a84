import LogStorage
import Testing
import Toolbox
import Vocabulary

@Suite("What is refused, and what is said about it")
struct RefusalTests {
    private func failure(
        of disk: LoggedDisk, identity: LogIdentity = testIdentity
    ) -> LogStorageFailure? {
        do throws(LogStorageFailure) {
            _ = try WriteAheadLog.recover(
                from: StoredFiles(disk.disk.content), identity: identity, settings: disk.settings,
                random: SeededRandom(seed: 1))
            return nil
        } catch {
            return error
        }
    }

    @Test func anotherClusterIsRefused() throws {
        let disk = try LoggedDisk()
        let other = LogIdentity(cluster: 5, node: NodeID(1), incarnation: Incarnation(1))
        #expect(
            failure(of: disk, identity: other)
                == .otherCluster(
                    file: disk.newestSegment, found: testIdentity.cluster, expected: 5))
    }

    @Test func anotherNodeIsRefused() throws {
        let disk = try LoggedDisk()
        let other = LogIdentity(
            cluster: testIdentity.cluster, node: NodeID(2), incarnation: Incarnation(1))
        #expect(
            failure(of: disk, identity: other)
                == .otherNode(file: disk.newestSegment, found: NodeID(1), expected: NodeID(2)))
    }

    @Test(arguments: [UInt32(1), 3, 9])
    func anotherFormatIsRefused(found: UInt32) throws {
        var disk = try LoggedDisk()
        disk.disk.tamper(disk.newestSegment) { file in
            file[8] = UInt8(found)
            let length = Int(file[16]) + Int(file[17]) * 256
            let before = CRC32C.checksum(of: Bytes(Array(file[0..<12])))
            let checksum = CRC32C.checksum(of: Bytes(Array(file[16..<length])), after: before)
            for index in 0..<4 { file[12 + index] = UInt8(checksum >> (8 * index) & 0xFF) }
        }
        #expect(
            failure(of: disk)
                == .otherFormat(file: disk.newestSegment, found: found, supported: 2))
    }

    @Test func snapshotsWithoutALogAreRefused() throws {
        var disk = VirtualDisk()
        disk.perform(all: [
            .create(SnapshotFile.name(group: g1, index: LogIndex(4)), zeroFilledBytes: 10)
        ])
        #expect(throws: LogStorageFailure.self) { try LoggedDisk(disk: disk) }
    }

    @Test func namesThatAreNotOursAreLeftAlone() throws {
        var disk = try LoggedDisk()
        for text in ["wal-7", "wal-ffffffffffffffff", "notes.txt", "WAL-0000000000000002"] {
            let name = try #require(FileName(text))
            disk.disk.perform(all: [.create(name, zeroFilledBytes: 3)])
        }
        #expect(failure(of: disk) == nil)
    }

    @Test(arguments: [
        (0, 1, 1), (4_097, 512, 1), (8_192, 8_192, 1), (8_192, 100, 1), (8_192, 512, 99),
    ])
    func settingsThatCannotWorkAreRefused(segment: Int, batch: Int, spares: Int) {
        var settings = smallSettings(segmentBytes: segment, batchBytes: batch)
        settings.spareSegments = spares
        #expect(throws: LogStorageFailure.self) { try settings.validate() }
    }

    @Test func theSettingsThatNobodyChangedWork() {
        #expect(throws: Never.self) { try LogStorageSettings().validate() }
    }

    @Test(arguments: ["", ".", "..", ".a", "a/b", "a b", "ä", String(repeating: "a", count: 129)])
    func namesThatAreNoFileNames(text: String) {
        #expect(FileName(text) == nil)
    }

    @Test func failuresSayWhatToLookAt() throws {
        let name = try #require(FileName("wal-0000000000000001"))
        let failure = LogStorageFailure.damaged(segment: name, offset: 4_711, what: "x")
        #expect(failure.description.contains("wal-0000000000000001 at offset 4711"))
    }
}

@Suite("Bytes from outside never stop the program")
struct FuzzTests {
    @Test func randomBytesAreDamage() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2_000 {
            let file = (0..<random.below(5_000)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
            var files = SortedMap<FileName, Bytes>()
            files[try #require(FileName("wal-0000000000000001"))] = Bytes(file)
            let recovery = try WriteAheadLog.recover(
                from: StoredFiles(files), identity: testIdentity, settings: smallSettings(),
                random: SeededRandom(seed: 1))
            #expect(recovery.damage.map(\.file) == files.keys)
            #expect(recovery.groups.isEmpty)
        }
    }

    @Test func headersOfNonsenseWithGoodChecksumsStopNothing() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...3)))
        disk.write(.entries(g1, entries(4...5)))
        // A header that claims odd things, with a checksum that is right.
        var random = SeededRandom(seed: 11)
        for _ in 0..<3_000 {
            var broken = disk
            broken.disk.tamper(disk.newestSegment) { file in
                let length = Int(file[16]) + Int(file[17]) * 256
                let position = 20 + random.below(length - 20)
                file[position] = UInt8(truncatingIfNeeded: random.next())
                let before = CRC32C.checksum(of: Bytes(Array(file[0..<12])))
                let checksum = CRC32C.checksum(of: Bytes(Array(file[16..<length])), after: before)
                for index in 0..<4 { file[12 + index] = UInt8(checksum >> (8 * index) & 0xFF) }
            }
            do throws(LogStorageFailure) {
                _ = try WriteAheadLog.recover(
                    from: StoredFiles(broken.disk.content), identity: testIdentity,
                    settings: disk.settings,
                    random: SeededRandom(seed: 1))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
