public import Toolbox

/// The knobs of a node's coordination port.
public struct CoordinationServiceSettings: Sendable {
    /// What session time-outs are rounded up to; a quarter of it is how often nodes tell the leader
    /// whom they have heard.
    public var tick: Duration = .seconds(2)
    /// What clients may choose between.
    public var sessionTimeoutMinimum: Duration = .seconds(4)
    public var sessionTimeoutMaximum: Duration = .seconds(40)
    /// Of one host; one more is closed at once. 0 is without limit.
    public var connectionsPerHostMaximum = 60
    /// Of one connection, not yet answered; then nothing more is read from it.
    public var outstandingMaximum = 1_000
    /// Bytes that a socket has not taken; above it no request of the connection is served.
    public var backlogBytesPausing = 1 << 20
    /// Above it the connection is closed: its client does not read, and its watches go on.
    public var backlogBytesMaximum = 64 << 20
    /// Read barriers that are asked for and not yet answered.
    public var barriersMaximum = 1
    /// How long connections stand still while no leader is heard; then they are closed.
    public var leaderlessPatience: Duration = .seconds(3)
    /// How long a client is waited for that has seen a later state than this node.
    public var behindPatience: Duration = .seconds(1)
    /// How long a write that was sent to an earlier leader may stay unanswered.
    public var doubtPatience: Duration = .seconds(2)
    /// From a connection's start to its first frame.
    public var handshakePatience: Duration = .seconds(10)
    /// Whether clients that can do with it may read while no leader is heard.
    public var servesReadOnly = true
    /// Words that are answered; nil for all.
    public var wordsAllowed: Set<String>?
    /// Who may prove to be whom by SASL.
    public var users: [CoordinationUser] = []
    /// The `user:digest` of who may do everything, as ZooKeeper's `superDigest`.
    public var superDigest: Bytes?
    /// What `srvr` says; clients look for three numbers, then a hyphen and a name.
    public var versionText = "3.8.0-rookery"
    /// When that was built, in the one form that clients take.
    public var builtText = "01/02/2026 15:04 GMT"

    public init() {}

    /// Throws the first relation that does not hold.
    public func validate() throws(CoordinationServiceSettingsFailure) {
        try expect(tick >= .milliseconds(20), "tick must be at least 20 ms")
        try expect(sessionTimeoutMinimum > .zero, "the least time-out must be above 0")
        try expect(
            sessionTimeoutMaximum >= sessionTimeoutMinimum,
            "the greatest time-out must not be below the least")
        // What a follower heard reaches the leader a quarter of a tick later, and a client pings
        // every third of its time-out: a shorter one would expire clients that are well.
        try expect(
            sessionTimeoutMinimum >= tick,
            "the least time-out must be at least a tick")
        try expect(connectionsPerHostMaximum >= 0, "connectionsPerHostMaximum: 0 or more")
        try expect(outstandingMaximum > 0, "outstandingMaximum must be above 0")
        try expect(
            backlogBytesMaximum > backlogBytesPausing,
            "backlogBytesMaximum must be above backlogBytesPausing")
        try expect(barriersMaximum > 0, "barriersMaximum must be above 0")
    }

    private func expect(
        _ holds: Bool, _ sentence: String
    ) throws(CoordinationServiceSettingsFailure) {
        guard holds else { throw CoordinationServiceSettingsFailure(sentence: sentence) }
    }
}

/// A relation between settings that does not hold.
public struct CoordinationServiceSettingsFailure: Error, Hashable, Sendable {
    public let sentence: String
}

/// Somebody who may log in by SASL.
public struct CoordinationUser: Hashable, Sendable {
    public let name: Bytes
    public let password: Bytes

    public init(name: Bytes, password: Bytes) {
        self.name = name
        self.password = password
    }
}
