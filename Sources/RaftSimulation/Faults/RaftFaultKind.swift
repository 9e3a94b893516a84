/// What can go wrong around one replicated log.
public enum RaftFaultKind: String, CaseIterable, Sendable {
    /// A process ends; what it wrote is still there.
    case killOne
    case killLeader
    case killSeveral
    case killAll
    /// A machine loses power, and with it what no sync had reported.
    case powerOffOne
    case powerOffLeader
    case powerOffAll
    /// Whoever gives or asks for a vote next dies of it.
    case killVoter
    /// Whoever is elected next dies, or is cut off, at once.
    case killNextLeader
    case isolateNextLeader
    /// A process stands still while everything meant for it piles up.
    case pause
    case pauseLeader
    /// The hosts fall into two parts that do not hear each other.
    case partition
    case isolate
    case isolateLeader
    /// One host is heard and does not hear, or the reverse.
    case oneWay
    /// Two halves hear each other only through one host between them.
    case bridge
    /// Each host hears its two neighbours only.
    case chain
    case cutPair
    /// Messages are lost, doubled and out of order.
    case noise
    case slowLinks
    /// Links stop one after another and go on in another order; what was sent meanwhile comes late.
    case swizzle
    case clockDrift
    case diskStall
    case slowDisk
    /// Hundreds of proposals at once.
    case burst
    /// An operator wants other members: learners, promotions, removals, whole other sets.
    case changeMembers
    case transfer
    /// Everybody is asked to hand over to somebody, several times in a row.
    case transferStorm
    case priorities
    /// A host's disk comes back empty; never so that no quorum has what was committed.
    case wipe

    /// Whether it makes use of hosts beyond the founders.
    var changesMembers: Bool {
        self == .changeMembers || self == .wipe
    }
}
