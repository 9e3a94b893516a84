/// What a gateway has done since it started; for operators.
public struct GatewayCounters: Hashable, Sendable {
    /// Sockets open now.
    public var connections = 0
    /// Welcomed WebSocket sessions open now, on this node's sockets.
    public var sessions = 0
    /// Attachments that this node is home of, now.
    public var attachments = 0
    /// HTTP requests answered.
    public var requests: UInt64 = 0
    /// Frames received from clients.
    public var frames: UInt64 = 0
    /// Messages whose sender was told that they stand.
    public var sent: UInt64 = 0
    /// Entries pushed to sessions.
    public var delivered: UInt64 = 0
    /// Entries that gave way to a `gap`.
    public var collapsed: UInt64 = 0
    /// Requests answered with an error.
    public var refused: UInt64 = 0
    /// Requests and connections refused for being too many.
    public var limited: UInt64 = 0
    /// Sessions that were attached to another home because the ring moved their users.
    public var reattached: UInt64 = 0
    /// Clients that were told to go to their home.
    public var sentHome: UInt64 = 0
    /// Connections closed because they did not read.
    public var tooSlow: UInt64 = 0

    public init() {}
}
