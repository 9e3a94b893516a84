/// Why a command did not end well. What is printed says what to do.
public enum ControlFailure: Error, Hashable, Sendable {
    /// The command line, the configuration or the secrets cannot be used.
    case usage(String)
    /// The cluster answered, and the answer is not what was hoped for.
    case answer(String)
    /// Nobody answered.
    case unreachable(String)

    public var exitStatus: Int32 {
        switch self {
        case .answer: 1
        case .usage: 2
        case .unreachable: 3
        }
    }

    public var message: String {
        switch self {
        case .usage(let message), .answer(let message), .unreachable(let message): message
        }
    }
}
