/// What can go wrong. Each is one kind of fault; which of them a run sees is drawn from its seed.
public enum NemesisKind: String, CaseIterable, Sendable {
    /// SIGKILL to one node, which comes back soon.
    case killOne
    /// SIGKILL to a node that leads something.
    case killLeader
    case killSeveral
    case killAll
    /// One machine loses power, and with it what was not synced.
    case powerOffOne
    case powerOffAll
    /// A process ends between two storage directives of one turn.
    case killMidWrite
    /// Whoever gives or asks for a vote next dies of it.
    case killVoter
    /// A process ends while it still carries out what recovery asked for.
    case killInRecovery
    case gracefulRestart
    /// SIGSTOP for longer than any election takes.
    case pause
    /// The nodes fall into two halves that do not hear each other.
    case partition
    /// One node hears nobody and is heard by nobody.
    case isolate
    case isolateLeader
    /// Whoever leads next hears nobody from then on.
    case isolateNextLeader
    /// One node is heard and does not hear, or the reverse.
    case oneWay
    /// Two nodes do not hear each other; both hear all others.
    case partialPartition
    /// Frames are lost, late, doubled and out of order.
    case noise
    case slowLinks
    /// Streams break in the middle.
    case breakConnections
    /// Streams move nothing for a while.
    case stallConnections
    case clockDrift
    /// One wall clock is set up to an hour forth or back.
    case wallJump
    /// All wall clocks go on by seven days, less or more a minute.
    case weekPasses
    /// No sync of one node ends for a while.
    case diskStall
    case slowDisk
    /// A sync of one node fails, and what it was to make durable is gone or not.
    case failSync
    /// No room for new files on one node's disk for a while: its process ends when it needs one,
    /// and again after each start until there is room.
    case diskFull
    /// An operator wants other copies of a group, or another leader.
    case changeMembers
    case transferLeader
    /// One node comes back with an empty disk.
    case wipe
    /// In what one node had synced a bit turns over, a sector is zeroed, a write is lost or lies
    /// where another should; it must notice.
    case damage
    /// No sync of one node's log ends for a while; its other files go on.
    case logStall

    /// What a plan brings that names nothing: all but what only its own plan asks for.
    public static let ordinary = allCases.filter { $0 != .logStall }
}
