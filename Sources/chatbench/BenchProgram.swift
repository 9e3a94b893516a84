import AdminWire
import Glibc
import SystemIO
import Toolbox
import Vocabulary

/// `chatbench`: loads a cluster, and prints what it measured.
enum BenchProgram {
    static func run(_ arguments: [String]) {
        do throws(BenchFailure) {
            let invocation = try Invocation(Array(arguments.dropFirst()))
            exit(try carryOut(invocation) ? 0 : 1)
        } catch {
            StandardError.write("chatbench: \(error.message)\n")
            exit(error.exitStatus)
        }
    }

    /// - Returns: whether all is well.
    private static func carryOut(_ invocation: Invocation) throws(BenchFailure) -> Bool {
        let report: BenchReport
        switch invocation.command {
        case .ceiling(let settings):
            try raiseDescriptorLimit()
            let report = try CeilingReport.measure(settings)
            print(invocation.isJSON ? report.encoded().text ?? "" : report.text)
            return true
        case .compare(let settings):
            return try compare(settings, isJSON: invocation.isJSON)
        case .deliver(let settings):
            report = try measure(settings, config: invocation.config)
        case .failover(let settings):
            let milliseconds = seconds(try FailoverRun.measure(settings)) * 1_000
            let figure = Int(milliseconds.rounded())
            print(
                invocation.isJSON
                    ? "{\"failoverMilliseconds\":\(figure)}"
                    : "peer=\(settings.peer) case=failover failover_ms=\(figure)")
            return true
        case .help(let topic):
            print(topic.text, terminator: "")
            return true
        case .send(let settings):
            report = try measure(settings, config: invocation.config)
        case .latency(let settings):
            report = try measure(settings, config: invocation.config)
            if !invocation.isJSON {
                print(LatencyChart.lines(of: report.latencies).joined(separator: "\n"))
            }
        }
        if invocation.isJSON {
            print(report.encoded().text ?? "")
        } else {
            print(report.text, terminator: "")
        }
        return report.isGood
    }

    private static func measure(
        _ settings: LoadSettings, config: String
    ) throws(BenchFailure) -> BenchReport {
        try raiseDescriptorLimit()
        let seed = SystemRandom.seed()
        let cluster = try BenchCluster(config: config)
        var stage = try Stage(cluster, settings, seed: seed)
        let population = try stage.populate()
        let servers = ServerProcesses(try stage.nodeStatuses())
        var report = BenchReport(settings)

        var run = try LoadRun.prepare(cluster, settings, population, seed: seed)
        try run.connect()
        try run.load(for: .seconds(settings.warmUpSeconds), isMeasured: false)
        let before = servers.usage()
        let ownBefore = try ownProcessorTime()
        try run.load(for: .seconds(settings.seconds), isMeasured: true)
        let after = servers.usage()
        report.ownCPUSeconds = seconds(try ownProcessorTime() - ownBefore)
        try run.drain()

        if let before, let after {
            report.servers = BenchReport.Servers(
                cpuSeconds: seconds(after.processorTime - before.processorTime),
                residentBytes: after.residentBytes, residentBytesPeak: after.residentBytesPeak)
        }
        for status in try stage.nodeStatuses() {
            report.longestTurnMicroseconds = max(
                report.longestTurnMicroseconds, status.longestTurnMicroseconds)
        }
        report.take(run.tally)
        var ledger = run.ledger
        var readBack = try ReadBack(cluster, population)
        try readBack.read(into: &ledger)
        report.verdict = ledger.verdict
        report.holesCount = readBack.holesCount
        return report
    }

    private static func raiseDescriptorLimit() throws(BenchFailure) {
        do throws(SystemCallFailure) {
            try DescriptorLimit.raise()
        } catch {
            throw .usage(error.description)
        }
    }

    private static func ownProcessorTime() throws(BenchFailure) -> Duration {
        do throws(SystemCallFailure) {
            return try ProcessUsage.read().processorTime
        } catch {
            throw .unreachable(error.description)
        }
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.nanoseconds) / 1_000_000_000
    }
}

extension BenchReport {
    fileprivate mutating func take(_ tally: RunTally) {
        seconds = BenchProgram.seconds(tally.duration)
        latencies = tally.latencies
        deliveries = settings.receivers == .online ? tally.deliveries : nil
        retriesCount = tally.retriesCount
        let codes = tally.retries.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        retriesText = codes.isEmpty ? "" : " (\(codes))"
        reconnectsCount = tally.reconnectsCount
        pushesCount = tally.pushesCount
        gapsCount = tally.gapsCount
    }
}
