import Simulator

/// What the command line asks for.
struct Options {
    enum Mode {
        case run
        case table
        case regressions
        case help
        case list
    }

    /// What runs.
    enum Subject: Hashable {
        case cluster
        /// One replicated log.
        case raft
        /// The write-ahead log of one node.
        case log

        init(_ level: PlantedFault.Level) {
            switch level {
            case .raft: self = .raft
            case .log: self = .log
            case .cluster: self = .cluster
            }
        }

        /// As a seed is asked for.
        func options(plan: String) -> [String] {
            switch self {
            case .cluster: ["--plan", plan]
            case .raft: ["--raft"]
            case .log: ["--log"]
            }
        }
    }

    var mode = Mode.run
    var plan = "everything"
    var subject = Subject.cluster
    /// Whether the plan was asked for.
    var hasPlan = false
    var seeds: ClosedRange<UInt64> = 1...1
    /// Every how many seeds; the workers share a range between them.
    var stride: UInt64 = 1
    var isVerbose = false
    /// Each seed once: no comparison of two runs.
    var isOnce = false
    var keepsGoing = false
    var planted: PlantedFault?
    /// With `table`: the mistakes that it is about; all if none is named.
    var only: [PlantedFault] = []
    var hasSeeds = false
    /// This process carries seeds out for another one.
    var isWorker = false

    static let usage = """
        simulate: runs a whole cluster, or one replicated log of it, or one node's log, on a virtual
        network, disk and clock, from a seed.

          --seed N           one seed, decimal or 0x...
          --seeds A..B       all seeds from A to B, on two processors
          --plan NAME|FILE   a plan of ChaosTests/Plans (default: everything), or a file
          --raft             one replicated log in many shapes: faster, and no plan
          --log              the write-ahead log of one node and its disk: faster still
          --verbose          print everything that happens
          --once             run each seed once; normally it runs twice and both must be equal
          --keep-going       go on after a failure
          --regressions      run every seed that ever failed, from ChaosTests/Regressions
          --plant FAULT      make a mistake on purpose and say which seed finds it
          --planted-faults   do so for every mistake, and print the table; --seeds bounds the
                             search (normally 2,000 seeds of logs, 1,000 of clusters)
          --only NAME        with --planted-faults: only this one; may be said several times
          --list             print the plans' nemeses and the mistakes that can be made
          --help             print this

        Mistakes can be made only by a build with ROOKERY_PLANTED_FAULTS=1 in its environment.
        Exit code: 0 if all went well (with --plant: if the mistake was found), 1 if not, 2 if the
        command line makes no sense.

        Examples: simulate --plan everything --seeds 1..100
                  simulate --raft --seeds 1..5000
        """

    init(_ arguments: [String]) throws(OptionsFailure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--seed":
                let seed = try Self.number(rest.popFirst(), argument)
                seeds = seed...seed
                hasSeeds = true
            case "--seeds":
                seeds = try Self.range(rest.popFirst(), argument)
                hasSeeds = true
            case "--plan":
                plan = try Self.value(rest.popFirst(), argument)
                hasPlan = true
            case "--raft": subject = .raft
            case "--log": subject = .log
            case "--verbose": isVerbose = true
            case "--once": isOnce = true
            case "--keep-going": keepsGoing = true
            case "--regressions": mode = .regressions
            case "--plant":
                let fault = try Self.fault(rest.popFirst(), argument)
                planted = fault
                subject = Subject(fault.level)
                if case .cluster(let name) = fault.level, !hasPlan { plan = name }
            case "--planted-faults": mode = .table
            case "--only": only.append(try Self.fault(rest.popFirst(), argument))
            case "--list": mode = .list
            case "--help", "-h": mode = .help
            case "--worker": isWorker = true
            case "--stride": stride = max(1, try Self.number(rest.popFirst(), argument))
            default: throw OptionsFailure(message: "unknown option \(argument); see --help")
            }
        }
    }

    private static func value(
        _ text: String?, _ option: String
    ) throws(OptionsFailure) -> String {
        guard let text else { throw OptionsFailure(message: "\(option) needs a value") }
        return text
    }

    static func number(_ text: String?, _ option: String) throws(OptionsFailure) -> UInt64 {
        let text = try value(text, option)
        let number = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        guard let number else { throw OptionsFailure(message: "\(option): \(text) is no number") }
        return number
    }

    private static func range(
        _ text: String?, _ option: String
    ) throws(OptionsFailure) -> ClosedRange<UInt64> {
        let text = try value(text, option)
        guard let dots = text.firstRange(of: "..") else {
            throw OptionsFailure(message: "\(option) needs A..B, such as 1..100")
        }
        let first = try number(String(text[..<dots.lowerBound]), option)
        let last = try number(String(text[dots.upperBound...]), option)
        guard first <= last else { throw OptionsFailure(message: "\(option): \(first) > \(last)") }
        return first...last
    }

    private static func fault(
        _ text: String?, _ option: String
    ) throws(OptionsFailure) -> PlantedFault {
        let text = try value(text, option)
        guard let fault = PlantedFault.named(text) else {
            let names = PlantedFault.all.map(\.name).joined(separator: ", ")
            throw OptionsFailure(
                message: PlantedFault.isAvailable
                    ? "no mistake is called \(text); there are \(names)"
                    : "this build makes no mistakes on purpose; build with"
                        + " ROOKERY_PLANTED_FAULTS=1 in the environment")
        }
        return fault
    }
}

/// Why a command line makes no sense.
struct OptionsFailure: Error {
    let message: String
}
