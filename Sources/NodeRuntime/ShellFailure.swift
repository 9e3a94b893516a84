public import ClusterNode
public import SystemIO

/// Why a node could not start, or stopped.
public enum ShellFailure: Error, CustomStringConvertible {
    case system(SystemCallFailure)
    case node(NodeStartFailure)

    public var description: String {
        switch self {
        case .system(let failure): "\(failure)"
        case .node(.log(let failure)): "\(failure)"
        case .node(.damaged(let damage)):
            "no other node has a copy of what is damaged: "
                + damage.map { "\($0)" }.joined(separator: "; ")
        case .node(.snapshot(let file, let failure)):
            "the snapshot \(file) is no state of this version: \(failure)"
        case .node(.settings(let what)): what
        }
    }
}
