/// What `chaos kills` does, in numbers.
public struct KillPlan: Hashable, Sendable {
    /// Messages that are sent.
    public var sendsCount = 20_000
    /// WebSocket connections, each of a user of its own; 2 at least.
    public var connectionsCount = 50
    /// Sends a second of all connections together, while nothing is in the way.
    public var sendsPerSecond = 600
    public var firstKill = Duration.seconds(1)
    public var killInterval = Duration.seconds(3)
    /// Draws chats, texts, whom to kill, and what clients draw. When what happens is the machine's.
    public var seed: UInt64
    /// Whether the nodes' files stay when all is well.
    public var keepsFiles = false

    public init(seed: UInt64) { self.seed = seed }

    /// How to run it again.
    public var reproduction: String { "REPRODUCE  scripts/chaos kills --seed \(seed)" }
}
