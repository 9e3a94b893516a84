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
                from: disk.disk.content, identity: identity, settings: disk.settings)
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

    @Test func aMissingSegmentIsNamed() throws {
        var disk = try LoggedDisk()
        var index: UInt64 = 1
        while disk.log.segmentsCount < 4 {
            disk.write(.entries(g1, entries(index...index, bytes: 300)))
            index += 1
        }
        for name in disk.segments.dropLast() {
            var without = disk
            without.disk.perform(all: [.remove(name)])
            #expect(failure(of: without) == .missingSegment(name))
        }
    }

    @Test func snapshotsWithoutALogAreRefused() throws {
        var disk = VirtualDisk()
        disk.perform(all: [
            .create(SnapshotFile.name(group: g1, index: LogIndex(4)), zeroFilledBytes: 10)
        ])
        #expect(throws: LogStorageFailure.self) { try LoggedDisk(disk: disk) }
    }

    @Test func aSegmentOfTheWrongSizeOrNameIsDamage() throws {
        let disk = try LoggedDisk()
        var short = disk
        short.disk.tamper(disk.newestSegment) { $0.removeLast(512) }
        guard case .damaged(_, 3_584, _) = failure(of: short) else {
            Issue.record("\(String(describing: failure(of: short)))")
            return
        }
        var renamed = disk
        let other = try #require(FileName("wal-0000000000000007"))
        renamed.disk.perform(all: [.rename(disk.newestSegment, to: other)])
        guard case .damaged(other, 0, _) = failure(of: renamed) else {
            Issue.record("\(String(describing: failure(of: renamed)))")
            return
        }
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

    @Test func theSettingsThatNobodyChangedWork() throws {
        try LogStorageSettings().validate()
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
    @Test func randomBytesAreRefusedOrEmpty() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2_000 {
            let file = (0..<random.below(5_000)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
            var files = SortedMap<FileName, Bytes>()
            files[try #require(FileName("wal-0000000000000001"))] = Bytes(file)
            #expect(throws: LogStorageFailure.self) {
                try WriteAheadLog.recover(
                    from: files, identity: testIdentity, settings: smallSettings())
            }
        }
    }

    @Test func flippedCutAndSwappedFilesGiveAFailureOrAPrefix() throws {
        var disk = try LoggedDisk()
        var states = [SortedMap<ReplicaGroupID, RecoveredGroup>()]
        var model = LogModel()
        for index in UInt64(1)...40 {
            let record = WriteAheadLogRecord.entries(g1, entries(index...index, bytes: 150))
            model.append(record, token: StorageToken(.log, number: index))
            disk.write(record)
            states.append(model.groups)
        }
        let names = disk.segments
        var random = SeededRandom(seed: 5)
        var refused = 0
        for _ in 0..<3_000 {
            var broken = disk
            let name = names[random.below(names.count)]
            let other = names[random.below(names.count)]
            let source = broken.disk.content[other]?.array ?? []
            let kind = random.below(4)
            broken.disk.tamper(name) { file in
                switch kind {
                case 0: file[random.below(file.count)] ^= UInt8(1 + random.below(255))
                case 1: file.removeLast(random.below(file.count))
                case 2: file = source
                default:
                    let start = random.below(file.count)
                    for position in start..<min(file.count, start + random.below(600)) {
                        file[position] = random.below(2) == 0 ? 0 : source[position]
                    }
                }
            }
            do throws(LogStorageFailure) {
                let recovery = try WriteAheadLog.recover(
                    from: broken.disk.content, identity: testIdentity, settings: disk.settings)
                // A region that reaches to the end takes the watermarks with it. One byte cannot.
                let possible = kind == 0 ? Array(states.suffix(2)) : states
                #expect(possible.contains(recovery.groups.essence))
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }

    @Test func framesOfNonsenseWithGoodChecksumsAreRefused() throws {
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
                    from: broken.disk.content, identity: testIdentity, settings: disk.settings)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
