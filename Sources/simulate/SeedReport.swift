import LogSimulation
import RaftSimulation
import Simulator
import VirtualWorld

/// What a worker says of one seed, whichever kind of run it was.
struct SeedReport {
    let violations: [Violation]
    let traceHash: UInt64
    /// Simulated nanoseconds, events, accepted writes, reads or entries shown, faults, elections,
    /// answers to clients of the coordination service.
    let numbers: String
    let tail: [String]

    init(_ result: SimulationResult) {
        violations = result.violations
        traceHash = result.traceHash
        tail = result.tail
        numbers =
            "\(result.simulated.nanoseconds) \(result.eventsCount) \(result.acceptedCount)"
            + " \(result.shownCount) \(result.faultsCount) \(result.electionsCount)"
            + " \(result.coordination.answersCount)"
    }

    init(_ result: RaftRunResult) {
        violations = result.violations
        traceHash = result.traceHash
        tail = result.tail
        numbers =
            "\(result.simulated.nanoseconds) \(result.eventsCount) \(result.writesCount)"
            + " \(result.readsCount) \(result.faultsCount) \(result.electionsCount) 0"
    }

    /// Without a clock: no time passes.
    init(_ result: LogRunResult) {
        violations = result.violations
        traceHash = result.traceHash
        tail = result.tail
        numbers =
            "0 \(result.stepsCount) \(result.writesCount) \(result.livesCount)"
            + " \(result.faultsCount) 0 0"
    }
}
