import Configuration
import Vocabulary

/// What every command is told.
struct GlobalOptions {
    static let described: [CommandDescription.Option] = [
        .init("--config", "FILE", help: "the cluster's configuration (default: \(defaultConfig))"),
        .init("--node", "ID", help: "ask this node alone"),
        .init(
            "--timeout", "SECONDS", help: "how long a node may take to answer (default: 5 or 12)"),
        .init("--json", help: "print JSON"),
        .init("--help", help: "print this and do nothing"),
    ]
    static let defaultConfig = "cluster-configs/three-nodes.json5"

    let config: String
    let node: NodeID?
    /// Nil for what fits the question.
    let timeout: Duration?
    let printsJSON: Bool

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        config = arguments.options["--config"] ?? Self.defaultConfig
        node = try arguments.id("--node", "a node's number")
        timeout = try arguments.seconds("--timeout")
        printsJSON = arguments.has("--json")
    }

    func configuration() throws(ControlFailure) -> ClusterConfiguration {
        do throws(ConfigurationFailure) {
            return try ClusterConfiguration.load(config)
        } catch {
            throw .usage("\(error)\nName the cluster's configuration with --config FILE.")
        }
    }

    func door() throws(ControlFailure) -> ClusterDoor {
        let configuration = try configuration()
        return try ClusterDoor(configuration, only: node, timeout: timeout)
    }
}

extension CommandArguments {
    /// A length of time of more than nothing and at most a day.
    func seconds(_ option: String) throws(ControlFailure) -> Duration? {
        guard let text = options[option] else { return nil }
        guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
            throw .usage("\(option) \(text): it must be a number of seconds up to 86400")
        }
        return .seconds(seconds)
    }

    func id<ID: Identifier>(_ option: String, _ what: String) throws(ControlFailure) -> ID? {
        guard let text = options[option] else { return nil }
        return try Self.id(text, what)
    }

    /// Reads `4`, or `c4` as tables show it.
    static func id<ID: Identifier>(_ text: String, _ what: String) throws(ControlFailure) -> ID {
        let digits = text.hasPrefix(ID.symbol) ? String(text.dropFirst(ID.symbol.count)) : text
        guard let id = ID(digits: digits) else {
            throw .usage("\"\(text)\" is not \(what), such as 1 or \(ID.symbol)1")
        }
        return id
    }
}
