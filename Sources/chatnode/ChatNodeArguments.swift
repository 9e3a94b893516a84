import Vocabulary

/// What the command line says.
struct ChatNodeArguments {
    enum Outcome {
        case run(ChatNodeArguments)
        case help
        case wrong(String)
    }

    var config: String
    var node: NodeID
    var printsJSON: Bool

    static func parse(_ arguments: [String]) -> Outcome {
        var config: String?
        var node: NodeID?
        var printsJSON = false
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--json": printsJSON = true
            case "--config":
                guard let value = rest.popFirst() else { return .wrong("--config needs a file") }
                config = value
            case "--node":
                guard let value = rest.popFirst(), let id = NodeID(digits: value) else {
                    return .wrong("--node needs a node's number")
                }
                node = id
            default: return .wrong("unknown argument \"\(argument)\"")
            }
        }
        guard let config else { return .wrong("--config FILE is missing") }
        guard let node else { return .wrong("--node ID is missing") }
        return .run(ChatNodeArguments(config: config, node: node, printsJSON: printsJSON))
    }
}
