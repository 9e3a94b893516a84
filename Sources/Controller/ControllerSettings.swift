/// How patient the controller is, and how much it moves at a time.
public struct ControllerSettings: Hashable, Sendable {
    /// Changes to the ring within this time become one epoch, and epochs lie so far apart.
    public var coalesceDelay: Duration = .milliseconds(100)
    /// How long the arcs of a node whose session ended are kept for it. The session's own time-out
    /// has passed by then.
    public var crashGrace: Duration = .seconds(2)
    /// The same for a node that this controller never saw, such as at the start of a cluster.
    public var firstSightGrace: Duration = .seconds(15)
    /// A node that went away more often than this within `flapWindow` is flapping. At most 64.
    public var departuresMaximum = 3
    public var flapWindow: Duration = .seconds(60)
    /// How long a flapping node must stay before it is given arcs or replicas again.
    public var flapDelay: Duration = .seconds(30)
    /// Arcs of living nodes that move in one step: 5 % of all.
    public var arcsPerStepMaximum = 820
    /// From one such step to the next.
    public var stepInterval: Duration = .seconds(1)
    /// How long a node must be away before its replicas are made anew elsewhere: longer than a
    /// restart with repairs, since a copy costs a whole snapshot.
    public var replicaGrace: Duration = .seconds(300)
    /// How long a node must be away before others are preferred as leaders of its groups.
    public var leaderGrace: Duration = .seconds(10)
    /// From one change of a replica group's assignment to the next.
    public var groupChangeInterval: Duration = .seconds(1)
    /// Groups whose voters may differ from their assignment at a time.
    public var groupsMovingMaximum = 2
    /// Deltas of the ring that are kept for followers.
    public var deltasMaximum = 16
    /// Znodes founded in one change.
    public var creationsPerChangeMaximum = 256
    /// After a refused change: let the tree's news arrive.
    public var retryDelay: Duration = .milliseconds(100)
    /// A change unanswered for so long counts as lost. Made again, it is refused if it was not.
    public var changeTimeout: Duration = .seconds(10)

    public init() {}
}
