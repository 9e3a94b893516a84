// Built with PLANTED_FAULTS only: the rules must catch the faults that are planted in them.
#if PLANTED_FAULTS
    import Messages
    import Testing
    import Toolbox
    import Vocabulary

    @Suite("A planted fault")
    struct PlantedFaultTests {
        @Test("that loses the window in a snapshot lets a repeat in after a restore")
        func windowLost() throws {
            var desk = try Desk(users: [1])
            desk.machine.plantedFault = .duplicateWindowLostInSnapshot
            let id = desk.freshID()
            _ = try desk.post(by: 1, id: id)
            #expect(try desk.post(by: 1, id: id).posted?.isDuplicate == true)
            var copy = try desk.restored()
            copy.machine.plantedFault = .duplicateWindowLostInSnapshot
            #expect(copy.machine.digest == desk.machine.digest)
            #expect(try copy.post(by: 1, id: id).posted?.isDuplicate == false)
            #expect(try copy.post(by: 1, id: id).posted?.isDuplicate == true)
        }

        @Test("that forgets by arrival lets a repeat in while its id is still good")
        func byArrival() throws {
            var desk = try Desk(users: [1])
            desk.machine.plantedFault = .idRememberedByArrival
            let id = desk.freshID(at: desk.now + 60_000)
            _ = try desk.post(by: 1, id: id)
            desk.now += 7 * 24 * 3_600_000 + 60_000
            _ = try desk.post(by: 1)
            #expect(try desk.post(by: 1, id: id).posted?.isDuplicate == false)
        }
    }
#endif
