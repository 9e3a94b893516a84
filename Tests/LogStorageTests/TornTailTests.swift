import LogStorage
import Testing
import Toolbox
import Vocabulary

@Suite("A torn tail is cut, damage never")
struct TornTailTests {
    /// Three acknowledged batches, and the bytes that the fourth is about to write.
    private func aboutToWrite(
        recycled: Bool = false
    ) throws -> (disk: LoggedDisk, name: FileName, offset: Int, bytes: [UInt8]) {
        var disk = try LoggedDisk()
        if recycled { disk = try withRecycledSegment() }
        disk.write(.entries(g3, entries(1...2)), .hardState(g3, term: Term(1), vote: nil))
        disk.write(.entries(g3, entries(3...4)))
        disk.write(.entries(g3, entries(5...6)))
        disk.log.append(.entries(g3, entries(6...28, term: 2)))
        var directives: [StorageDirective] = []
        _ = disk.log.flush(into: &directives)
        guard case .write(let name, let offset, let bytes) = directives[0], offset > 0 else {
            throw TestFailure.unexpected("\(directives)")
        }
        return (disk, name, offset, bytes.array)
    }

    private func withRecycledSegment() throws -> LoggedDisk {
        var disk = try LoggedDisk()
        var index: UInt64 = 1
        while disk.log.segmentsCount < 2 {
            disk.write(.entries(g1, entries(index...index, bytes: 60)))
            index += 1
        }
        disk.write(snapshot(g1, at: index - 1))
        disk.maintain()
        let target = disk.newestSegment
        while disk.newestSegment == target {
            disk.write(.entries(g1, entries(index...index, bytes: 300)))
            index += 1
        }
        return disk
    }

    @Test(arguments: [false, true]) func aTornLastBatchIsCutAtEveryLength(recycled: Bool) throws {
        let (disk, name, offset, bytes) = try aboutToWrite(recycled: recycled)
        for count in 0..<bytes.count {
            var torn = disk
            torn.disk.tamper(name) {
                $0.replaceSubrange(offset..<offset + count, with: bytes[..<count])
            }
            // A tail of zeros or of old bytes may complete a frame that ends in zeros.
            let again = try torn.restarted()
            let found = again.recovery.groups[g3]?.entries
            let whole = entries(1...5) + entries(6...28, term: 2)
            let isWhole = count > bytes.count - 8 && found == whole
            #expect(found == entries(1...6) || isWhole, "\(count) of \(bytes.count) bytes")
            if count >= 24, !isWhole {
                #expect(again.recovery.tornTail?.segment == name)
                #expect(again.recovery.tornTail?.offset == offset)
            }
            if count % 40 == 0 {
                let third = try again.restarted()
                #expect(third.recovery.groups[g3]?.entries == found)
                #expect(third.recovery.tornTail == nil)
            }
        }
    }

    @Test func aLastBatchWithAZeroedSectorIsCut() throws {
        let (disk, name, offset, bytes) = try aboutToWrite()
        for start in stride(from: offset & ~511, to: offset + bytes.count, by: 512) {
            var torn = disk
            torn.disk.tamper(name) { file in
                file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
                for position in max(start, offset)..<min(start + 512, offset + bytes.count) {
                    file[position] = 0
                }
            }
            let again = try torn.restarted()
            #expect(again.recovery.groups[g3]?.entries == entries(1...6))
        }
    }

    @Test func aFlippedBitAnywhereInTheLastBatchCutsIt() throws {
        let (disk, name, offset, bytes) = try aboutToWrite()
        for position in 0..<bytes.count {
            var torn = disk
            torn.disk.tamper(name) { file in
                file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
                file[offset + position] ^= 1 << UInt8(position % 8)
            }
            let again = try torn.restarted()
            #expect(again.recovery.groups[g3]?.entries == entries(1...6), "byte \(position)")
        }
    }

    @Test(arguments: [UInt32(0), 1, 0x7FFF_FFFF, 0xFFFF_FFFF, 4_000, 1 << 20])
    func absurdLengthsAreATornTail(length: UInt32) throws {
        let (disk, name, offset, bytes) = try aboutToWrite()
        var torn = disk
        torn.disk.tamper(name) { file in
            file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            for index in 0..<4 { file[offset + 4 + index] = UInt8(length >> (8 * index) & 0xFF) }
        }
        #expect(try torn.restarted().recovery.groups[g3]?.entries == entries(1...6))
    }

    @Test func aFlippedBitAnywhereInAcknowledgedBatchesIsDamage() throws {
        var disk = try LoggedDisk()
        disk.write(.entries(g1, entries(1...3, bytes: 9)))
        disk.write(.hardState(g1, term: Term(2), vote: NodeID(1)))
        disk.write(.entries(g1, entries(4...5)))
        disk.confirm()
        let name = disk.newestSegment
        let end = try #require(disk.disk.content[name]?.array.lastIndex { $0 != 0 })
        // The confirmation itself is never acknowledged.
        let acknowledged = (end + 8) / 8 * 8 - 56
        for position in 0..<acknowledged {
            var damaged = disk
            damaged.disk.tamper(name) { $0[position] ^= 1 << UInt8(position % 8) }
            let damage = try damaged.restarted().recovery.damage
            #expect(damage.first?.file == name, "byte \(position)")
            #expect((damage.first?.offset ?? .max) <= position, "byte \(position)")
        }
    }

    @Test func withoutAConfirmationTheBatchBeforeTheLastIsStillDamage() throws {
        let (disk, name, offset, _) = try aboutToWrite()
        var damaged = disk
        damaged.disk.tamper(name) { $0[offset - 200] ^= 1 }
        #expect(try damaged.restarted().recovery.damage.count == 1)
    }

    @Test func damageInAnOldSegmentIsNamed() throws {
        var disk = try LoggedDisk()
        var index: UInt64 = 1
        while disk.log.segmentsCount < 4 {
            disk.write(.entries(g1, entries(index...index, bytes: 300)))
            index += 1
        }
        for name in disk.segments.dropLast() {
            var random = SeededRandom(seed: 7)
            for _ in 1...200 {
                var damaged = disk
                let position = random.below(3_500)
                damaged.disk.tamper(name) { $0[position] ^= 0x10 }
                let damage = try damaged.restarted().recovery.damage
                #expect(damage.first?.file == name, "byte \(position) of \(name)")
                #expect((damage.first?.offset ?? .max) <= position, "byte \(position) of \(name)")
            }
        }
    }

    @Test func theFirstBatchOfASegmentIsVouchedForByItsHeader() throws {
        var disk = try LoggedDisk()
        let first = disk.newestSegment
        var index: UInt64 = 1
        while disk.newestSegment == first {
            disk.write(.entries(g1, entries(index...index, bytes: 600)))
            index += 1
        }
        disk.disk.tamper(disk.newestSegment) { $0[400] ^= 1 }
        #expect(try disk.restarted().recovery.damage.map(\.file) == [disk.newestSegment])
    }

    @Test func aMisplacedBatchIsNotBelieved() throws {
        let (disk, name, offset, bytes) = try aboutToWrite()
        var misplaced = disk
        misplaced.disk.tamper(name) {
            $0.replaceSubrange(offset + 8..<offset + 8 + bytes.count, with: bytes)
        }
        #expect(try misplaced.restarted().recovery.groups[g3]?.entries == entries(1...6))
    }

    @Test func aSecondCrashDuringRecoveryChangesNothing() throws {
        let (disk, name, offset, bytes) = try aboutToWrite()
        for written in [bytes.count, bytes.count / 2] {
            var torn = disk
            torn.disk.tamper(name) {
                $0.replaceSubrange(offset..<offset + written, with: bytes[..<written])
            }
            let expected = try torn.restarted().recovery.groups.essence
            let recovery = try WriteAheadLog.recover(
                from: StoredFiles(torn.disk.content), identity: testIdentity,
                settings: torn.settings,
                random: SeededRandom(seed: 1))
            for count in 0...recovery.directives.count {
                for seed in 0..<8 {
                    var random = SeededRandom(seed: UInt64(seed))
                    var crashed = torn
                    crashed.disk.perform(all: Array(recovery.directives.prefix(count)))
                    crashed.disk.cutPower(&random)
                    #expect(try crashed.restarted().recovery.groups.essence == expected)
                }
            }
        }
    }
}

enum TestFailure: Error {
    case unexpected(String)
}
