/// What a node knows about itself and four-letter words tell: gathered when one is asked.
public struct CoordinationVitals: Sendable {
    /// The part that a node plays, in ZooKeeper's words.
    public enum Mode: String, Hashable, Sendable {
        case leader
        case follower
        case observer
        case standalone
        case readOnly = "read-only"
    }

    public var mode = Mode.standalone
    /// Since the process began.
    public var uptime: Duration = .zero
    /// Of the leader: voters and learners that follow, the voters among them, and the rest.
    public var learnersCount = 0
    public var syncedFollowersCount = 0
    public var syncedObserversCount = 0
    public var quorumSize = 1
    public var openFilesCount = 0
    public var openFilesMaximum = 0
    public var dataDirectoryBytes: Int64 = 0
    public var logDirectoryBytes: Int64 = 0
    /// Of the last commands: last, smallest, largest.
    public var proposalBytes = (last: -1, minimum: -1, maximum: -1)
    public var clientPort = 2181
    public var dataDirectory = ""
    public var electionPort = 0
    public var quorumPort = 0
    /// `server.1=host:2888:3888:participant;0.0.0.0:2181`, one for each member.
    public var membership: [String] = []
    /// The number of the membership, in hexadecimal digits.
    public var membershipVersion = "0"
    /// `host.name`, `os.name` and what else `envi` tells.
    public var environment: [(key: String, value: String)] = []

    public init() {}
}
