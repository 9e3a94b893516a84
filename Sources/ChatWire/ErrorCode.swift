/// What a client should do after an error.
public enum RetryAdvice: String, CaseIterable, Sendable {
    /// The same request will fail again.
    case no
    /// Here, after `after_ms`.
    case same
    /// On a new connection.
    case reconnect
    /// At `url`.
    case elsewhere
}

/// Why a request was refused: a closed list, the same in frames and in HTTP.
public enum ErrorCode: String, CaseIterable, Sendable {
    case malformed
    case unknownOperation = "unknown_op"
    /// Names the field.
    case invalidField = "invalid_field"
    case unauthenticated
    case tokenExpired = "token_expired"
    case wrongCredentials = "wrong_credentials"
    /// A member without the role; blocked; disabled.
    case notAllowed = "not_allowed"
    /// Also for a chat one is not in.
    case notFound = "not_found"
    case nameTaken = "name_taken"
    case clientIDConflict = "client_id_conflict"
    case alreadyMember = "already_member"
    case notMember = "not_member"
    case alreadyFriends = "already_friends"
    case limitReached = "limit_reached"
    /// With `time`.
    case clientIDEarly = "client_id_early"
    /// With `time`.
    case clientIDExpired = "client_id_expired"
    case tooLong = "too_long"
    case tooLarge = "too_large"
    /// With `url`.
    case wrongNode = "wrong_node"
    /// With `after_ms`.
    case rateLimited = "rate_limited"
    /// With `after_ms`.
    case noQuorum = "no_quorum"
    /// With `after_ms`.
    case notReady = "not_ready"
    /// With `after_ms`.
    case overloaded
    /// The outcome is unknown: repeat with the same client id.
    case timeout
    case `internal`

    /// The HTTP status.
    public var status: Int {
        switch self {
        case .malformed, .unknownOperation, .invalidField: 400
        case .unauthenticated, .tokenExpired, .wrongCredentials: 401
        case .notAllowed: 403
        case .notFound: 404
        case .nameTaken, .clientIDConflict, .alreadyMember, .notMember, .alreadyFriends,
            .limitReached, .clientIDEarly, .clientIDExpired:
            409
        case .tooLong, .tooLarge: 413
        case .wrongNode: 421
        case .rateLimited: 429
        case .internal: 500
        case .noQuorum, .notReady, .overloaded: 503
        case .timeout: 504
        }
    }

    public var retry: RetryAdvice {
        switch status {
        case 421: .elsewhere
        case 429, 500...: .same
        default: .no
        }
    }
}
