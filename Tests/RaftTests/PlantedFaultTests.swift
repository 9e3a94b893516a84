#if PLANTED_FAULTS
    import Raft
    import Testing

    /// The adversary must be able to find what it is for (built with `-DPLANTED_FAULTS` only).
    @Suite struct PlantedFaultTests {
        @Test("the adversary finds a planted fault", arguments: PlantedRaftFault.allCases)
        func finds(fault: PlantedRaftFault) {
            for seed in 1...6_000 {
                var adversary = RandomizedTests.Adversary(
                    voters: [3, 5, 3, 4, 2][seed % 5], spares: seed % 2 * 2, seed: UInt64(seed))
                adversary.cluster.plantedFault = fault
                for place in adversary.cluster.peers.indices { adversary.cluster.start(place) }
                for round in 0..<4_000 {
                    adversary.act()
                    if round % 50 == 0 { adversary.compareLogs() }
                    if !adversary.cluster.ledger.violations.isEmpty { return }
                }
            }
            Issue.record("\(fault) is not found")
        }
    }
#endif
