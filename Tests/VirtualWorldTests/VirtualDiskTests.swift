import LogStorage
import VirtualWorld
import Testing
import Toolbox
import Vocabulary

@Suite("A node's disk")
struct VirtualDiskTests {
    private let name = SnapshotFile.name(group: ReplicaGroupID(1), index: LogIndex(1))
    private let other = SnapshotFile.name(group: ReplicaGroupID(1), index: LogIndex(2))

    private func file(_ disk: VirtualDisk, _ name: FileName) -> Bytes? { disk.contents[name] }

    private func write(_ text: String, at offset: Int = 0) -> StorageDirective {
        .write(name, offset: offset, Bytes(text))
    }

    @Test("a process reads what it wrote, synced or not")
    func reading() {
        var disk = VirtualDisk()
        disk.perform(.create(name, zeroFilledBytes: 8))
        disk.perform(write("abc", at: 2))
        #expect(file(disk, name) == Bytes([0, 0, 97, 98, 99, 0, 0, 0]))
    }

    @Test("what was synced survives every power cut", arguments: 0..<40)
    func synced(seed: UInt64) {
        var disk = VirtualDisk()
        var random = SeededRandom(seed: seed)
        disk.perform(.create(name, zeroFilledBytes: 4))
        disk.perform(write("abcd"))
        disk.perform(.synchronize(name))
        disk.perform(.synchronizeDirectory)
        disk.perform(.create(other, zeroFilledBytes: 1))
        disk.losePower(random: &random)
        #expect(file(disk, name) == Bytes("abcd"))
    }

    @Test("what was not synced is lost by some power cuts, kept by others, and torn by sectors")
    func unsynced() {
        var (lost, kept, torn) = (0, 0, 0)
        for seed in 0..<200 {
            var disk = VirtualDisk()
            var random = SeededRandom(seed: UInt64(seed))
            disk.perform(.create(name, zeroFilledBytes: 2_048))
            disk.perform(.synchronizeDirectory)
            disk.perform(write(String(repeating: "x", count: 2_048)))
            disk.losePower(random: &random)
            let sectors = (0..<4).map { file(disk, name)?.slice($0 * 512..<$0 * 512 + 512).array }
            let whole = [UInt8](repeating: UInt8(ascii: "x"), count: 512)
            let empty = [UInt8](repeating: 0, count: 512)
            #expect(sectors.allSatisfy { $0 == whole || $0 == empty })
            let count = sectors.count { $0 == whole }
            if count == 0 { lost += 1 } else if count == 4 { kept += 1 } else { torn += 1 }
        }
        #expect(lost > 10 && kept > 10 && torn > 10)
    }

    @Test("a name that no sync of the directory followed may be gone, or come from a rename")
    func names() {
        var (gone, there, renamed) = (0, 0, 0)
        for seed in 0..<200 {
            var disk = VirtualDisk()
            var random = SeededRandom(seed: UInt64(seed))
            disk.perform(.create(name, zeroFilledBytes: 1))
            disk.perform(.rename(name, to: other))
            disk.losePower(random: &random)
            if file(disk, other) != nil {
                renamed += 1
            } else if file(disk, name) != nil {
                there += 1
            } else {
                gone += 1
            }
        }
        #expect(gone > 10 && there > 10 && renamed > 10)
    }

    @Test(
        "damage comes to what was synced, and spares the last writes",
        arguments: DiskDamage.allCases)
    func damage(kind: DiskDamage) {
        for seed in 0..<100 {
            var disk = VirtualDisk()
            var random = SeededRandom(seed: UInt64(seed))
            disk.perform(.create(name, zeroFilledBytes: 40))
            for position in 0..<4 {
                disk.perform(write("abcdefg\(position)", at: position * 8))
                disk.perform(.synchronize(name))
            }
            let before = file(disk, name)
            let place = disk.damage(
                kind, lastFileStartingWith: "snapshot-", sparing: 2, random: &random)
            guard let place else {
                // Another write that is the same write changes nothing.
                #expect(kind == .misdirectedWrite && file(disk, name) == before)
                continue
            }
            #expect((disk.unreadable[name] != nil) == (kind == .unreadableSector))
            #expect(place.file == name)
            #expect(place.offset < 16)
            #expect(file(disk, name) != before)
        }
    }

    @Test("nothing is damaged where nothing was synced")
    func noDamage() {
        var disk = VirtualDisk()
        var random = SeededRandom(seed: 1)
        disk.perform(.create(name, zeroFilledBytes: 40))
        disk.perform(write("abc"))
        let place = disk.damage(
            .flippedBit, lastFileStartingWith: "snapshot-", sparing: 0, random: &random)
        #expect(place == nil)
    }

    @Test("a write to a file that is not there is no success")
    func missing() {
        var disk = VirtualDisk()
        let wrote = disk.perform(write("abc"))
        let synced = disk.perform(.synchronize(name))
        let removed = disk.perform(.remove(name))
        #expect(!wrote)
        #expect(!synced)
        #expect(removed)
    }
}
