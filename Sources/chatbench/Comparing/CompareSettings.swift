/// What `compare` reads, and what it does with it.
public struct CompareSettings: Hashable, Sendable {
    public var files: [String] = []
    /// Fail if a figure is too low beside a peer's.
    public var isChecked = false
    /// Only name the systems.
    public var listsPeers = false

    public init() {}

    mutating func take(_ argument: String) throws(BenchFailure) {
        switch argument {
        case "--check": isChecked = true
        case "--peers": listsPeers = true
        case _ where argument.hasPrefix("-"):
            throw .usage("unknown option \"\(argument)\"\n\n\(HelpTopic.compare.text)")
        default: files.append(argument)
        }
    }

    func checked() throws(BenchFailure) -> CompareSettings {
        guard listsPeers || !files.isEmpty else {
            throw .usage("compare needs files with figures\n\n\(HelpTopic.compare.text)")
        }
        return self
    }
}
