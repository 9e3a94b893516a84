import LogSimulation
import Testing

@Suite("Runs of one node's log")
struct LogRunTests {
    @Test("keep what was acknowledged, whatever crashes and lies", arguments: 1...20 as ClosedRange)
    func good(block: UInt64) {
        for seed in block * 5 - 4...block * 5 {
            var run = LogRun(seed: seed)
            let result = run.run()
            #expect(result.violations.isEmpty, "seed \(seed)")
        }
    }

    @Test("see many lives and many faults")
    func busy() {
        var lives = 0
        var faults = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            var run = LogRun(seed: seed)
            let result = run.run()
            lives += result.livesCount
            faults += result.faultsCount
        }
        #expect(faults > 80)
        #expect(lives > faults)
    }

    @Test("are the same for the same seed, and others for another")
    func repeatable() {
        var hashes: [UInt64] = []
        for seed in [7, 7, 8] as [UInt64] {
            var run = LogRun(seed: seed)
            hashes.append(run.run().traceHash)
        }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0] != hashes[2])
    }
}

#if PLANTED_FAULTS
    @Suite("Mistakes that the log can be told to make")
    struct PlantedLogFaultTests {
        @Test(
            "are found, each of them",
            arguments: [
                "tornTailTakenForDamage", "damageTakenForTornTail", "oldReplicaIdKeptAfterDamage",
                "recreatedGroupSeesOldRecords", "chainNotChecked", "checksumNotSeeded",
                "segmentNameBeforeSync", "termForgottenInSalvage",
            ])
        func finds(mistake: String) {
            for seed in 1...2_000 as ClosedRange<UInt64> {
                var run = LogRun(seed: seed, planted: mistake)
                if !run.run().violations.isEmpty { return }
            }
            Issue.record("\(mistake) is not found")
        }
    }
#endif
