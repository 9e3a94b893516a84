/// Who writes while a cluster is broken, and how much.
struct LoadPlan: Hashable, Sendable {
    /// WebSocket connections, each of a user of its own; 2 at least.
    var connectionsCount: Int
    /// Sends a second of all connections together, while nothing is in the way.
    var sendsPerSecond: Int
    /// Messages that are sent; nil for as many as time allows.
    var sendsCount: Int?
    /// Users of the largest chat.
    var crowdCount: Int
    /// Draws chats, texts, and what clients draw.
    var seed: UInt64
}
