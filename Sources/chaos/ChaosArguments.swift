import ChaosHarness

/// What the command line says.
struct ChaosArguments {
    enum Outcome {
        case kills(ChaosArguments)
        case help
        case wrong(String)
    }

    var plan: KillPlan
    var config: String?

    /// - Parameter seed: where none is given.
    static func parse(_ arguments: [String], seed: UInt64) -> Outcome {
        var parsed = ChaosArguments(plan: KillPlan(seed: seed))
        var rest = arguments[...]
        guard let suite = rest.popFirst() else { return .wrong("which suite?") }
        guard suite != "--help", suite != "-h" else { return .help }
        guard suite == "kills" else { return .wrong("unknown suite \"\(suite)\"") }
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--keep": parsed.plan.keepsFiles = true
            case "--config":
                guard let value = rest.popFirst() else { return .wrong("--config needs a file") }
                parsed.config = value
            case "--seed":
                guard let seed = rest.popFirst().flatMap({ UInt64($0) }) else {
                    return .wrong("--seed needs a number")
                }
                parsed.plan.seed = seed
            case "--how":
                guard let way = rest.popFirst().flatMap({ KillPlan.Way(rawValue: $0) }) else {
                    let ways = KillPlan.Way.allCases.map(\.rawValue).joined(separator: " or ")
                    return .wrong("--how needs \(ways)")
                }
                parsed.plan.way = way
            case "--kills":
                guard let count = rest.popFirst().flatMap({ Int($0) }), 1...10_000 ~= count else {
                    return .wrong("--kills needs a number of 1 to 10000")
                }
                parsed.plan.killsCount = count
            case "--sends", "--connections", "--rate":
                guard let count = rest.popFirst().flatMap({ Int($0) }), 2...10_000_000 ~= count
                else { return .wrong("\(argument) needs a number of 2 to 10000000") }
                parsed.set(argument, to: count)
            default: return .wrong("unknown argument \"\(argument)\"")
            }
        }
        return .kills(parsed)
    }

    private mutating func set(_ argument: String, to count: Int) {
        if argument == "--sends" { plan.sendsCount = count }
        if argument == "--connections" { plan.connectionsCount = count }
        if argument == "--rate" { plan.sendsPerSecond = count }
    }
}
