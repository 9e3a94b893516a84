public import Toolbox
public import Vocabulary

/// What a client needs to know, and its patience.
public struct ChatClientSettings: Sendable {
    /// How much of its chats a client wants to see.
    public enum Following: Hashable, Sendable {
        /// What is pushed, as it comes: no catching up, no dropping of repeats. For load tools.
        case pushes
        /// Every entry from the first connection on, in order and once.
        case fromNow
        /// Every entry that the user may see, in order and once.
        case fromBeginning
    }

    /// Not empty. The first to be tried is drawn; after a failure comes the next one.
    public var nodes: [ServerAddress]
    /// Where to connect first, as `GET /v1/gateway` names it; nil draws one of `nodes`.
    public var home: ServerAddress?
    public var token: Bytes
    public var device: DeviceID?
    public var following = Following.fromNow
    /// Sends that may wait for their answers; more wait their turn here.
    public var sendsOutstandingMaximum = 64
    /// Sends that are not acknowledged; one more is not taken.
    public var sendsQueuedMaximum = 10_000
    /// For the connection, the upgrade and the welcome together.
    public var greetingTimeout = Duration.seconds(10)
    /// An answer that takes longer means that the node is of no use.
    public var answerTimeout = Duration.seconds(10)
    /// Pings come at least this often, whatever `welcome.heartbeat_ms` allows.
    public var heartbeatMaximum = Duration.seconds(30)
    /// A ping without any sign of life for this long means that the connection is dead.
    public var pongTimeout = Duration.seconds(10)
    /// The first wait after a failure is drawn from 0 to this; each further failure doubles it.
    public var backoffMinimum = Duration.milliseconds(100)
    public var backoffMaximum = Duration.seconds(5)

    public init(nodes: [ServerAddress], token: Bytes) {
        self.nodes = nodes
        self.token = token
    }
}
