import Coordination
import CoordinationService
import Testing
import Toolbox

@Suite("In a turmoil")
struct TurmoilTests {
    @Test("clients see what they may", arguments: 0..<60)
    func seeds(seed: Int) throws {
        var turmoil = Turmoil(seed: UInt64(seed)) { _ in }
        try turmoil.run(steps: 2_000)
        #expect(turmoil.violations.isEmpty, "seed \(seed)")
        #expect(turmoil.ensemble.log.count > 30)
    }

    #if PLANTED_FAULTS
        @Test("every planted fault is found", arguments: PlantedServiceFault.allCases)
        func planted(fault: PlantedServiceFault) throws {
            var found: String?
            for seed in 0..<60 as Range<UInt64> where found == nil {
                var turmoil = Turmoil(seed: seed) { $0.plantedFault = fault }
                try turmoil.run(steps: 2_000)
                found = turmoil.violations.first
            }
            #expect(found != nil, "\(fault)")
        }
    #endif
}
