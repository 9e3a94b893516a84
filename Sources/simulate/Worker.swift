import Glibc
import LogSimulation
import RaftSimulation
import Simulator
import VirtualWorld

/// Runs seeds one after another and says what came of each, one line each, to whoever started it.
struct Worker {
    let options: Options
    let plan: SimulationPlan

    /// - Returns: whether all went well.
    func run() -> Bool {
        var isGood = true
        var seed = options.seeds.lowerBound
        while seed <= options.seeds.upperBound {
            say("begin \(seed)")
            if !run(seed: seed) {
                isGood = false
                if !options.keepsGoing { return false }
            }
            let (next, hasOverflowed) = seed.addingReportingOverflow(options.stride)
            if hasOverflowed { break }
            seed = next
        }
        return isGood
    }

    private func run(seed: UInt64) -> Bool {
        let result = simulate(seed, options.isVerbose ? .everything : .hashOnly)
        if !options.isOnce, result.violations.isEmpty {
            let again = simulate(seed, .hashOnly)
            if again.traceHash != result.traceHash {
                let hashes = "\(result.traceHash) and \(again.traceHash)"
                say("bad \(seed) RunsAreEqual: two runs of the seed have the traces \(hashes)")
                return false
            }
        }
        guard result.violations.isEmpty else {
            for violation in result.violations.prefix(5) { say("bad \(seed) \(violation)") }
            if !options.isVerbose, options.planted == nil { sayTail(seed) }
            say("end \(seed)")
            return false
        }
        say("good \(seed) \(result.numbers) \(result.traceHash)")
        return true
    }

    /// Once more, to hear what happened last.
    private func sayTail(_ seed: UInt64) {
        for line in simulate(seed, .tail(40)).tail { say("tail \(seed) \(line)") }
    }

    private func simulate(_ seed: UInt64, _ detail: Transcript.Detail) -> SeedReport {
        let planted = options.planted
        switch options.subject {
        case .raft:
            var run = RaftRun(seed: seed, detail: detail, planted: planted?.name)
            return SeedReport(run.run())
        case .log:
            var run = LogRun(seed: seed, detail: detail, planted: planted?.name)
            return SeedReport(run.run())
        case .cluster:
            var simulation = Simulation(plan: plan, seed: seed, detail: detail, planted: planted)
            return SeedReport(simulation.run())
        }
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
