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
        case .table: return try FaultTable(options).print()
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

    private static func regressions(_ options: Options) throws(OptionsFailure) -> Int32 {
        var isGood = true
        for regression in try PlanFiles.regressions() {
            var own = options
            own.subject = regression.plan == nil ? .raft : .cluster
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
