#if PLANTED_FAULTS
    import LogStorage
    import Testing
    import Toolbox
    import Vocabulary

    @Suite("Planted faults do what they say")
    struct PlantedFaultTests {
        private func written() throws -> (disk: LoggedDisk, name: FileName, end: Int) {
            var disk = try LoggedDisk()
            disk.write(.entries(g1, entries(1...3)))
            disk.write(.entries(g1, entries(4...5)))
            disk.write(.entries(g1, entries(6...7)))
            let name = disk.newestSegment
            let end = try #require(disk.disk.content[name]?.array.lastIndex { $0 != 0 })
            return (disk, name, end)
        }

        @Test func aTornTailIsTakenForDamage() throws {
            var (disk, name, end) = try written()
            disk.disk.tamper(name) { $0[end - 3] ^= 1 }
            #expect(try disk.restarted().recovery.groups[g1]?.entries == entries(1...5))
            #expect(try disk.restarted().recovery.damage.isEmpty)
            disk.settings.plantedFault = .tornTailTakenForDamage
            #expect(try !disk.restarted().recovery.damage.isEmpty)
        }

        @Test func damageIsTakenForATornTail() throws {
            var (disk, name, end) = try written()
            disk.disk.tamper(name) { $0[end - 180] ^= 1 }
            #expect(try !disk.restarted().recovery.damage.isEmpty)
            disk.settings.plantedFault = .damageTakenForTornTail
            #expect(try disk.restarted().recovery.damage.isEmpty)
            let found = try disk.restarted().recovery.groups[g1]?.entries.count ?? 0
            #expect(found < 7)
        }
    }
#endif
