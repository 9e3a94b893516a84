/// The knobs of a node's client port.
public struct GatewaySettings: Hashable, Sendable {
    /// From the upgrade to a complete `hello`; then 4001.
    public var helloTimeout: Duration = .seconds(5)
    /// How often clients ping; told as `heartbeat_ms`. A client silent for 2.5 of them is dropped.
    public var heartbeat: Duration = .seconds(30)
    /// What may wait for one session before a chat's entries collapse into a `gap`.
    public var sessionQueueBytesMaximum = 256 << 10
    /// What may wait for one connection and cannot collapse; then 4006.
    public var connectionQueueBytesMaximum = 1 << 20
    /// How long a socket may take no byte while some wait; then 4006.
    public var stuckSocket: Duration = .seconds(60)
    /// Sockets of clients; one more is answered 503 and closed.
    public var connectionsMaximum = 10_000
    /// Frames and HTTP requests of one connection; 0 is without limit, for benches.
    public var messagesPerSecond = 20
    /// What a connection that was quiet may send at once; as many refused in a row, and then 4007.
    public var messagesBurst = 60
    /// Requests of one connection that are asked and not answered; more wait.
    public var outstandingMaximum = 256
    /// Requests of one connection that wait to be asked; more are `overloaded`.
    public var waitingMaximum = 1_024
    /// Passwords being hashed or checked; one more log-in is `overloaded`.
    public var passwordJobsMaximum = 64
    /// How long a token is good.
    public var tokenLifetime: Duration = .seconds(24 * 60 * 60)
    /// How long a refresh token is good.
    public var refreshLifetime: Duration = .seconds(30 * 24 * 60 * 60)
    /// From the first byte of a request to the end of its fields.
    public var httpHeadTimeout: Duration = .seconds(10)
    /// From the end of the fields to the end of the body.
    public var bodyTimeout: Duration = .seconds(30)
    /// Between two requests of one connection.
    public var idleTimeout: Duration = .seconds(60)
    /// How long `welcome` waits for this node's subscriptions; then `not_ready`.
    public var welcomeTimeout: Duration = .seconds(5)
    /// How long an attachment waits for another node before the client is welcomed without it.
    public var homePatience: Duration = .seconds(1)
    /// How often an attachment that its home did not answer is tried again.
    public var attachRetry: Duration = .milliseconds(500)
    /// Sessions that are re-attached, let go or confirmed in one millisecond after a change of the
    /// ring; the rest follows.
    public var reattachmentsPerTurnMaximum = 256
    /// How many clients are sent to another node in a second, because that is their home; 0 sends
    /// none: their frames are forwarded for as long as they stay.
    public var goawayPerSecondMaximum = 500
    /// How long a client that came to another node than its home is served before it is sent there.
    public var guestPatience: Duration = .seconds(30)
    /// New WebSockets in a second; 0 is without limit. Above it, `overloaded` and a time to come
    /// again.
    public var admissionsPerSecondMaximum = 2_000
    /// New WebSockets that are taken at once after a calm.
    public var admissionsBurst = 4_000
    /// Clients of a node that ends are told to leave over this time, and over a longer one if they
    /// are more than `goawayPerSecondMaximum` allows.
    public var goawayJitter: Duration = .seconds(1)
    /// From `after_ms` of a `goaway` to the close.
    public var goawayGrace: Duration = .seconds(10)

    public init() {}

    /// Throws the first relation that does not hold.
    public func validate() throws(GatewaySettingsFailure) {
        try expect(helloTimeout > .zero, "helloTimeout must be above 0")
        // Below a second, the clients' pings would be the load.
        try expect(heartbeat >= .seconds(1), "heartbeat must be at least 1 s")
        try expect(sessionQueueBytesMaximum >= 1 << 10, "sessionQueueBytesMaximum: 1024 at least")
        // What collapses must do so before the connection is given up.
        try expect(
            connectionQueueBytesMaximum > sessionQueueBytesMaximum,
            "connectionQueueBytesMaximum must be above sessionQueueBytesMaximum")
        try expect(stuckSocket > .zero, "stuckSocket must be above 0")
        try expect(connectionsMaximum > 0, "connectionsMaximum must be above 0")
        try expect(messagesPerSecond >= 0, "messagesPerSecond must not be negative")
        try expect(messagesBurst > 0, "messagesBurst must be above 0")
        try expect(outstandingMaximum > 0, "outstandingMaximum must be above 0")
        try expect(waitingMaximum > 0, "waitingMaximum must be above 0")
        try expect(passwordJobsMaximum > 0, "passwordJobsMaximum must be above 0")
        try expect(tokenLifetime > .zero, "tokenLifetime must be above 0")
        try expect(refreshLifetime >= tokenLifetime, "refreshLifetime: at least tokenLifetime")
        try expect(httpHeadTimeout > .zero, "httpHeadTimeout must be above 0")
        try expect(bodyTimeout > .zero, "bodyTimeout must be above 0")
        try expect(idleTimeout > .zero, "idleTimeout must be above 0")
        try expect(welcomeTimeout > .zero, "welcomeTimeout must be above 0")
        try expect(homePatience > .zero, "homePatience must be above 0")
        try expect(attachRetry > .zero, "attachRetry must be above 0")
        try expect(
            reattachmentsPerTurnMaximum > 0, "reattachmentsPerTurnMaximum must be above 0")
        try expect(goawayPerSecondMaximum >= 0, "goawayPerSecondMaximum must not be negative")
        try expect(guestPatience >= .zero, "guestPatience must not be negative")
        try expect(
            admissionsPerSecondMaximum >= 0, "admissionsPerSecondMaximum must not be negative")
        try expect(admissionsBurst > 0, "admissionsBurst must be above 0")
        try expect(goawayJitter >= .zero, "goawayJitter must not be negative")
        try expect(goawayGrace >= .zero, "goawayGrace must not be negative")
    }

    private func expect(_ holds: Bool, _ message: String) throws(GatewaySettingsFailure) {
        guard holds else { throw GatewaySettingsFailure(message: message) }
    }
}

/// Settings that contradict each other or themselves; `message` names the one to change.
public struct GatewaySettingsFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}
