import AdminWire

/// Why a node gave no answer to what it was asked.
enum AdminCallFailure: Error, Hashable, CustomStringConvertible {
    /// The question never left: trying again, or another node, does no harm.
    case notReached(String)
    /// The question may have been heard, and what it asked for may have happened.
    case noAnswer(String)
    /// The node said no.
    case refused(status: Int, AdminError)
    /// What came is no answer to this question.
    case unreadable(String)

    /// The node is to be shown as down.
    var isSilence: Bool {
        switch self {
        case .notReached, .noAnswer: true
        case .refused, .unreadable: false
        }
    }

    /// How much it tells of the cluster, among the failures of several nodes.
    var weight: Int {
        switch self {
        case .notReached: 0
        case .noAnswer: 1
        case .unreadable: 2
        case .refused: 3
        }
    }

    /// Nothing has happened, and another node may be able to do it.
    var isWorthAskingAnother: Bool {
        switch self {
        case .notReached: true
        case .refused(_, let error): ["no_quorum", "not_ready", "overloaded"].contains(error.code)
        case .noAnswer, .unreadable: false
        }
    }

    var description: String {
        switch self {
        case .notReached(let reason), .noAnswer(let reason), .unreadable(let reason): reason
        case .refused(_, let error) where error.code == "unauthenticated":
            "it does not accept our admin token: does it run with the same secret directory?"
        case .refused(_, let error): "\(error.message) (\(error.code))"
        }
    }

    /// The end of a command, told with `prefix` in front.
    func asControlFailure(_ prefix: String = "") -> ControlFailure {
        isSilence ? .unreachable("\(prefix)\(self)") : .bad("\(prefix)\(self)")
    }
}
