/// Why a command ended before it had an answer to print. Messages say what to do about it.
enum ControlFailure: Error, Hashable {
    /// Arguments, configuration or secrets are wrong.
    case usage(String)
    /// Somebody answered, but not what was asked for.
    case bad(String)
    /// Nobody answered.
    case unreachable(String)

    var message: String {
        switch self {
        case .usage(let message), .bad(let message), .unreachable(let message): message
        }
    }

    var status: ExitStatus {
        switch self {
        case .usage: .usage
        case .bad: .bad
        case .unreachable: .unreachable
        }
    }
}
