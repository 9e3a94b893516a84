/// How long a new node lives and how it is named: the flags of a create request.
///
/// Source: Apache ZooKeeper, CreateMode.
public enum CreateMode: Int32, Hashable, Sendable, CaseIterable {
    case persistent = 0
    case ephemeral = 1
    case persistentSequential = 2
    case ephemeralSequential = 3
    /// Goes once its last child has gone.
    case container = 4
    /// Goes once it had no child and no change for its time to live.
    case timeToLive = 5
    case timeToLiveSequential = 6

    /// Whether it goes with the session that created it.
    public var isEphemeral: Bool {
        switch self {
        case .ephemeral, .ephemeralSequential: true
        case .persistent, .persistentSequential, .container, .timeToLive, .timeToLiveSequential:
            false
        }
    }

    /// Whether its parent's counter ends its name.
    public var isSequential: Bool {
        switch self {
        case .persistentSequential, .ephemeralSequential, .timeToLiveSequential: true
        case .persistent, .ephemeral, .container, .timeToLive: false
        }
    }

    /// Whether it needs a time to live.
    public var hasTimeToLive: Bool {
        switch self {
        case .timeToLive, .timeToLiveSequential: true
        case .persistent, .ephemeral, .persistentSequential, .ephemeralSequential, .container:
            false
        }
    }
}
