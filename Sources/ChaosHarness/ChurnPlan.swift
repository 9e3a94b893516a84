import Toolbox

/// What `chaos ring` does, in numbers.
public struct ChurnPlan: Hashable, Sendable {
    /// WebSocket connections, each of a user of its own; 2 at least.
    public var connectionsCount = 3_000
    /// Sends a second of all connections together.
    public var sendsPerSecond = 400
    /// How long all is left alone before a node leaves, before it joins, and after that.
    public var calm = Duration.seconds(2)
    /// Clients that a node may send elsewhere in a second, as the configuration says.
    public var departuresPerSecond: Int
    /// Clients that a node takes in a second, as the configuration says.
    public var admissionsPerSecond: Int
    /// Draws chats, texts, who leaves, and what clients draw. When what happens is the machine's.
    public var seed: UInt64
    /// Whether the nodes' files stay when all is well.
    public var keepsFiles = false

    public init(seed: UInt64, departuresPerSecond: Int, admissionsPerSecond: Int) {
        self.seed = seed
        self.departuresPerSecond = departuresPerSecond
        self.admissionsPerSecond = admissionsPerSecond
    }

    /// How to run it again.
    public var reproduction: String {
        "REPRODUCE  scripts/chaos ring --seed \(seed) --connections \(connectionsCount)"
            + " --rate \(sendsPerSecond) --pace \(departuresPerSecond)"
    }
}
