import ChaosHarness

/// What the command line says.
struct ChaosArguments {
    enum Suite: String { case kills, ring }

    enum Outcome {
        case run(ChaosArguments)
        case help
        case wrong(String)
    }

    let suite: Suite
    var seed: UInt64
    var config: String?
    var keepsFiles = false
    var way = KillPlan.Way.kill
    var killsCount: Int?
    var sendsCount: Int?
    var connectionsCount: Int?
    var sendsPerSecond: Int?
    var departuresPerSecond: Int?

    /// - Parameter seed: where none is given.
    static func parse(_ arguments: [String], seed: UInt64) -> Outcome {
        var rest = arguments[...]
        guard let name = rest.popFirst() else { return .wrong("which suite?") }
        guard name != "--help", name != "-h" else { return .help }
        guard let suite = Suite(rawValue: name) else { return .wrong("unknown suite \"\(name)\"") }
        var parsed = ChaosArguments(suite: suite, seed: seed)
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--keep": parsed.keepsFiles = true
            default:
                guard suite.options.contains(argument) else {
                    return .wrong("unknown argument \"\(argument)\"")
                }
                guard let value = rest.popFirst(), parsed.set(argument, to: value) else {
                    return .wrong("\(argument) needs \(needs(argument))")
                }
            }
        }
        return .run(parsed)
    }

    private static let largeCounts = ["--sends", "--connections", "--rate"]

    private static func needs(_ argument: String) -> String {
        switch argument {
        case "--config": "a file"
        case "--how": KillPlan.Way.allCases.map(\.rawValue).joined(separator: " or ")
        case "--kills": "a number of 1 to 10000"
        case _ where largeCounts.contains(argument): "a number of 2 to 10000000"
        default: "a number"
        }
    }

    /// Returns whether the value is one.
    private mutating func set(_ argument: String, to value: String) -> Bool {
        switch argument {
        case "--config": config = value
        case "--how":
            guard let way = KillPlan.Way(rawValue: value) else { return false }
            self.way = way
        case "--seed":
            guard let seed = UInt64(value) else { return false }
            self.seed = seed
        default:
            let bounds = Self.largeCounts.contains(argument) ? 2...10_000_000 : 1...10_000
            guard let count = Int(value), bounds.contains(count) else { return false }
            set(argument, to: count)
        }
        return true
    }

    private mutating func set(_ argument: String, to count: Int) {
        if argument == "--kills" { killsCount = count }
        if argument == "--sends" { sendsCount = count }
        if argument == "--connections" { connectionsCount = count }
        if argument == "--rate" { sendsPerSecond = count }
        if argument == "--pace" { departuresPerSecond = count }
    }
}

extension ChaosArguments.Suite {
    /// Those that a value follows.
    fileprivate var options: [String] {
        let common = ["--config", "--seed", "--connections", "--rate"]
        return switch self {
        case .kills: common + ["--how", "--kills", "--sends"]
        case .ring: common + ["--pace"]
        }
    }
}
