/// Why a request was refused, as the protocol numbers it. A header's 0 is the absence of an error.
///
/// Source: Apache ZooKeeper, KeeperException.Code.
public enum ZooKeeperError: Int32, Error, Hashable, Sendable, CaseIterable {
    case systemError = -1
    /// Also the fate of a multi's operations behind the one that failed.
    case runtimeInconsistency = -2
    case dataInconsistency = -3
    /// Clients make it up; no server sends it.
    case connectionLoss = -4
    /// The bytes of the request are not what its operation says. The connection stays.
    case marshallingError = -5
    /// The operation is unknown. The connection closes behind the reply.
    case unimplemented = -6
    case operationTimeout = -7
    case badArguments = -8
    case unknownSession = -12
    case newConfigNoQuorum = -13
    case reconfigInProgress = -14
    case apiError = -100
    case noNode = -101
    case noAuth = -102
    case badVersion = -103
    case noChildrenForEphemerals = -108
    case nodeExists = -110
    case notEmpty = -111
    case sessionExpired = -112
    case invalidCallback = -113
    case invalidACL = -114
    case authFailed = -115
    /// The session is attached elsewhere: the server closes the connection, clients never see it.
    case sessionMoved = -118
    case notReadOnly = -119
    case ephemeralOnLocalSession = -120
    case noWatcher = -121
    case requestTimeout = -122
    case reconfigDisabled = -123
    case sessionClosedRequireSaslAuth = -124
    case quotaExceeded = -125
    case throttledOp = -127
}
