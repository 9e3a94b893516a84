import SystemIO
public import Vocabulary

/// Why a run could not go on. What a run finds is a `Violation`; this is what keeps it from
/// looking.
public enum ChaosFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case system(String)
    /// A node ended that nobody killed.
    case nodeEnded(NodeID, how: String)
    /// Something that must come in the end did not.
    case waitedInVain(String)
    /// The cluster answered what it must not.
    case answered(String)
    /// SIGTERM or SIGINT came.
    case interrupted

    init(_ failure: SystemCallFailure) { self = .system("\(failure)") }

    public var description: String {
        switch self {
        case .system(let failure): failure
        case .nodeEnded(let node, let how): "\(node) ended by itself: \(how)"
        case .waitedInVain(let what): "waited in vain: \(what)"
        case .answered(let what): what
        case .interrupted: "interrupted"
        }
    }
}
