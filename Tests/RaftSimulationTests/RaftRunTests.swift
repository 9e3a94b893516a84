import RaftSimulation
import Testing
import VirtualWorld

@Suite("One replicated log")
struct RaftRunTests {
    @Test("a seed is a run: twice the same, and another one for another seed")
    func determinism() {
        var (first, second, other) = (RaftRun(seed: 7), RaftRun(seed: 7), RaftRun(seed: 8))
        let result = first.run()
        #expect(result.traceHash == second.run().traceHash)
        #expect(result.traceHash != other.run().traceHash)
    }

    @Test("with all faults, every promise is kept", arguments: 1...20 as ClosedRange<UInt64>)
    func faults(seed: UInt64) {
        var run = RaftRun(seed: seed)
        let result = run.run()
        #expect(result.violations.isEmpty)
        #expect(result.writesCount > 0)
    }

    @Test("without faults, one election is enough, and leases answer the reads")
    func calm() {
        var layout = RaftLayout()
        layout.faultSeconds = 20
        var run = RaftRun(seed: 1, layout: layout)
        let result = run.run()
        #expect(result.violations.isEmpty)
        #expect(result.electionsCount == 1)
        #expect(result.leaseReadsCount > result.readsCount / 2)
    }

    @Test("members come and go, and disks are wiped", arguments: 1...5 as ClosedRange<UInt64>)
    func members(seed: UInt64) {
        var layout = RaftLayout()
        layout.spares = 3
        layout.faultSeconds = 20
        layout.faults = [.changeMembers, .changeMembers, .wipe, .killLeader, .transferStorm]
        var run = RaftRun(seed: seed, layout: layout)
        let result = run.run()
        #expect(result.violations.isEmpty)
        #expect(result.changesCount > layout.founders)
    }

    // MARK: Beyond the bound

    /// Leases rest on clocks that run nearly alike; the runs above let them differ by a tenth.
    private static func skewed(_ seed: UInt64) -> [Violation] {
        var layout = RaftLayout()
        layout.founders = 5
        layout.faultSeconds = 30
        layout.faultInterval = 200 * Nanoseconds.millisecond
        layout.driftMaximum = 900_000
        layout.faults = [.clockDrift, .clockDrift, .clockDrift, .isolateLeader, .oneWay, .cutPair]
        var run = RaftRun(seed: seed, layout: layout)
        return run.run().violations
    }

    @Test("clocks beyond the bound break leases, and that is found")
    func clocksBeyondTheBound() {
        let checkers = (1...40 as ClosedRange<UInt64>).flatMap { seed in
            Self.skewed(seed).map(\.checker)
        }
        #expect(!checkers.isEmpty)
        #expect(checkers.allSatisfy { $0 == "LeaseIsExclusive" || $0 == "ReadsAreFresh" })
    }
}
