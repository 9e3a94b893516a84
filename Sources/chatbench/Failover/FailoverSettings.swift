/// Which coordination service loses which process.
public struct FailoverSettings: Hashable, Sendable {
    /// Where the survivors listen for clients, all on this machine.
    public var ports: [Int] = []
    /// The leader's.
    public var process: Int32 = 0
    /// The system's name in the line of figures.
    public var peer = Comparison.ourName

    public init() {}

    mutating func take(
        _ argument: String, _ rest: inout ArraySlice<String>
    ) throws(BenchFailure) {
        let value = try Invocation.value(of: argument, &rest)
        switch argument {
        case "--ports":
            ports = []
            for word in value.split(separator: ",") {
                ports.append(try Invocation.number(String(word), of: argument, in: 1...65_535))
            }
        case "--kill":
            process = Int32(try Invocation.number(value, of: argument, in: 2...(1 << 30)))
        case "--peer": peer = value
        default: throw .usage("unknown option \"\(argument)\"\n\n\(HelpTopic.failover.text)")
        }
    }

    func checked() throws(BenchFailure) -> FailoverSettings {
        guard !ports.isEmpty, process > 0 else {
            throw .usage("failover needs --ports and --kill\n\n\(HelpTopic.failover.text)")
        }
        return self
    }
}
