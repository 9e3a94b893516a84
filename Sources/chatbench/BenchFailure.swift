/// Why a run did not end well. What is printed says what to do.
public enum BenchFailure: Error, Hashable, Sendable {
    /// The command line, the configuration or the secrets cannot be used.
    case usage(String)
    /// The cluster refused, or what it kept is not what it had acknowledged.
    case answer(String)
    /// Nobody answered, or not in time.
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
