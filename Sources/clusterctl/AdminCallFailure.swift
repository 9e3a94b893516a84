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

    var asControlFailure: ControlFailure {
        isSilence ? .unreachable("\(self)") : .bad("\(self)")
    }
}
