import RaftSimulation
import Testing

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

    @Test("without faults, one election is enough")
    func calm() {
        var layout = RaftLayout()
        layout.faultSeconds = 20
        var run = RaftRun(seed: 1, layout: layout)
        let result = run.run()
        #expect(result.violations.isEmpty)
        #expect(result.electionsCount == 1)
        #expect(result.readsCount > 0)
    }
}
