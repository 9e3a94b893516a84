import Glibc
import Simulator

/// What each way of calling this program does; answers the exit code.
enum Program {
    static func run(_ arguments: [String]) -> Int32 {
        do throws(OptionsFailure) {
            return try run(Options(arguments))
        } catch {
            print("simulate: \(error.message)")
            return 2
        }
    }

    private static func run(_ options: Options) throws(OptionsFailure) -> Int32 {
        if options.planted != nil || options.mode == .table, !PlantedFault.isAvailable {
            throw OptionsFailure(
                message: "this build makes no mistakes on purpose;"
                    + " build with ROOKERY_PLANTED_FAULTS=1 in the environment")
        }
        switch options.mode {
        case .help: print(Options.usage)
        case .list: list()
        case .table: return try table(options)
        case .regressions: return try regressions(options)
        case .run where options.isWorker:
            return Worker(options: options, plan: try PlanFiles.plan(options.plan)).run() ? 0 : 1
        case .run: return try search(options)
        }
        return 0
    }

    private static func search(_ options: Options) throws(OptionsFailure) -> Int32 {
        _ = try PlanFiles.plan(options.plan)
        var supervisor = Supervisor(options)
        let isGood = try supervisor.run()
        supervisor.report()
        guard let planted = options.planted else { return isGood ? 0 : 1 }
        print("\(planted.name): \(isGood ? "not found" : "found")")
        return isGood ? 1 : 0
    }

    private static func list() {
        print("nemeses: " + NemesisKind.allCases.map(\.rawValue).joined(separator: " "))
        print("mistakes: " + PlantedFault.all.map(\.name).joined(separator: " "))
    }

    /// Every mistake, and how many seeds it took to find it.
    private static func table(_ options: Options) throws(OptionsFailure) -> Int32 {
        var isComplete = true
        print("| planted fault | looked for by | seeds until found | found by |")
        print("| --- | --- | --- | --- |")
        for fault in PlantedFault.all {
            var own = options
            own.planted = fault
            own.isOnce = true
            own.isRaft = fault.level == .raft
            if case .cluster(let plan) = fault.level, !options.hasPlan { own.plan = plan }
            if own.seeds.count == 1 { own.seeds = 1...5_000 }
            var supervisor = Supervisor(own)
            isComplete = try !supervisor.run() && isComplete
            let finding = supervisor.findings.min { $0.seed < $1.seed }
            let seeds = finding.map { "\($0.seed - own.seeds.lowerBound + 1)" } ?? "not found"
            let level = own.isRaft ? "one log" : own.plan
            print("| \(fault.name) | \(level) | \(seeds) | \(finding?.checker ?? "") |")
            fflush(nil)
        }
        return isComplete ? 0 : 1
    }

    private static func regressions(_ options: Options) throws(OptionsFailure) -> Int32 {
        var isGood = true
        for regression in try PlanFiles.regressions() {
            var own = options
            own.isRaft = regression.plan == nil
            if let plan = regression.plan { own.plan = plan }
            own.seeds = regression.seed...regression.seed
            var supervisor = Supervisor(own)
            let hasPassed = try supervisor.run()
            print("\(regression.file): \(hasPassed ? "passes" : "fails again")")
            if !hasPassed { supervisor.report() }
            isGood = isGood && hasPassed
        }
        return isGood ? 0 : 1
    }
}

exit(Program.run(Array(CommandLine.arguments.dropFirst())))
