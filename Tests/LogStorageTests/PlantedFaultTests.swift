#if PLANTED_FAULTS
    import LogStorage
    import Testing
    import Toolbox
    import Vocabulary

    /// Each fault, committed on purpose, must show in what the other suites look at.
    @Suite("Planted faults do what they say")
    struct PlantedFaultTests {
        private let fresh = ReplicaID(77)

        /// Three batches in one segment, and where the last one ends.
        private func written(
            planting fault: PlantedStorageFault? = nil
        ) throws -> (disk: LoggedDisk, name: FileName, end: Int) {
            var settings = smallSettings()
            settings.plantedFault = fault
            var disk = try LoggedDisk(settings: settings)
            disk.write(.replicaCreated(g1, fresh), .entries(g1, entries(1...3)))
            disk.write(.entries(g1, entries(4...5)))
            disk.write(.entries(g1, entries(6...7)))
            return (disk, disk.newestSegment, disk.end(of: disk.newestSegment))
        }

        @Test func aTornTailIsTakenForDamage() throws {
            var (disk, name, end) = try written()
            disk.flip(name, at: end - 3)
            let whole = try disk.restarted().recovery
            #expect(whole.groups[g1]?.entries == entries(1...5))
            #expect(whole.damage.isEmpty)
            disk.settings.plantedFault = .tornTailTakenForDamage
            #expect(try !disk.restarted().recovery.damage.isEmpty)
        }

        @Test func damageIsTakenForATornTail() throws {
            var (disk, name, end) = try written()
            disk.flip(name, at: end - 180)
            #expect(try !disk.restarted().recovery.damage.isEmpty)
            disk.settings.plantedFault = .damageTakenForTornTail
            let found = try disk.restarted().recovery
            #expect(found.damage.isEmpty)
            #expect((found.groups[g1]?.entries.count ?? 0) < 7)
        }

        @Test func aDamagedCopyGoesOnUnderItsOldId() throws {
            var (disk, name, end) = try written()
            disk.flip(name, at: end - 180)
            #expect(try disk.restarted().recovery.groups[g1]?.replica != fresh)
            disk.settings.plantedFault = .oldReplicaIdKeptAfterDamage
            #expect(try disk.restarted().recovery.groups[g1]?.replica == fresh)
        }

        @Test func aNewCopySeesOldRecords() throws {
            var (disk, _, _) = try written()
            disk.write(.replicaCreated(g1, ReplicaID(78)))
            #expect(try disk.restarted().recovery.groups[g1]?.entries == [])
            disk.settings.plantedFault = .recreatedGroupSeesOldRecords
            #expect(try disk.restarted().recovery.groups[g1]?.entries.count == 7)
        }

        @Test func aHoleIsNotNoticed() throws {
            var (disk, name, end) = try written()
            disk.write(.hardState(g1, term: Term(9), vote: NodeID(2)))
            disk.write(.hardState(g2, term: Term(1), vote: nil))
            disk.write(.hardState(g2, term: Term(2), vote: nil))
            disk.flip(name, at: end + 50)
            #expect(try disk.restarted().affected == [g1, g2])
            disk.settings.plantedFault = .chainNotChecked
            let found = try disk.restarted().recovery
            #expect(found.damage.isEmpty)
            #expect(found.groups[g1]?.vote == nil)
        }

        @Test func aMisplacedBatchValidates() throws {
            for fault in [nil, PlantedStorageFault.checksumNotSeeded] {
                var (disk, name, _) = try written(planting: fault)
                disk.log.append(.entries(g1, entries(8...9)))
                var directives: [StorageDirective] = []
                _ = disk.log.flush(into: &directives)
                guard case .write(_, let offset, let bytes) = directives[0] else {
                    Issue.record("\(directives)")
                    continue
                }
                disk.disk.tamper(name) {
                    $0.replaceSubrange(offset + 8..<offset + 8 + bytes.count, with: bytes.array)
                }
                #expect(try disk.restarted().recovery.damage.isEmpty == (fault == nil))
            }
        }

        @Test func aSegmentIsNamedBeforeItIsThere() throws {
            for fault in [nil, PlantedStorageFault.segmentNameBeforeSync] {
                var (disk, name, _) = try written(planting: fault)
                var index: UInt64 = 8
                var directives: [StorageDirective] = []
                while disk.newestSegment == name {
                    disk.log.append(.entries(g1, entries(index...index, bytes: 400)))
                    index += 1
                    directives = []
                    guard let token = disk.log.flush(into: &directives) else { continue }
                    if directives.count > 3 { break }
                    disk.disk.perform(all: directives)
                    disk.log.didComplete(token)
                }
                var found = 0
                for count in 0...directives.count {
                    var random = SeededRandom(seed: UInt64(count))
                    var crashed = disk
                    crashed.disk.perform(all: Array(directives.prefix(count)))
                    crashed.disk.cutPower(&random)
                    if try !crashed.restarted().recovery.damage.isEmpty { found += 1 }
                }
                #expect((found > 0) == (fault != nil))
            }
        }

        @Test func aTermIsForgottenInSalvage() throws {
            var (disk, name, end) = try written()
            disk.write(.hardState(g1, term: Term(9), vote: nil))
            disk.flip(name, at: end - 180)
            #expect(try disk.restarted().recovery.groups[g1]?.term == Term(9))
            disk.settings.plantedFault = .termForgottenInSalvage
            #expect(try disk.restarted().recovery.groups[g1]?.term == Term(1))
        }
    }
#endif
