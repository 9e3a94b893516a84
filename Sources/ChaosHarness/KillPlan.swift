/// What `chaos kills` does, in numbers.
public struct KillPlan: Hashable, Sendable {
    /// How a leader loses its place.
    public enum Way: String, CaseIterable, Hashable, Sendable {
        /// SIGKILL, and a new start at once.
        case kill
        /// SIGTERM, and a new start when it has ended.
        case stop
        /// It is told to hand one group over to another node; no process ends.
        case transfer
    }

    public var way = Way.kill
    /// Messages that are sent.
    public var sendsCount = 20_000
    /// Leaders that are killed, while messages are sent as long as it takes; nil if `sendsCount`
    /// says when it is enough.
    public var killsCount: Int?
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
    public var reproduction: String {
        let how = way == .kill ? "" : " --how \(way.rawValue)"
        let kills = killsCount.map { " --kills \($0)" } ?? ""
        return "REPRODUCE  scripts/chaos kills --seed \(seed)\(how)\(kills)"
    }
}
