import Coordination
public import Toolbox
public import Vocabulary
import ZooKeeperWire

/// ZooKeeper's clients on one node: their connections, requests, watches; and, where the group's
/// leader is, which sessions have fallen silent.
///
/// The node tells it what happens, calls `endTurn` once all of a turn's events are told, and
/// carries the directives out in order. `machine` is always this node's copy of the tree, in the
/// state that the last `applied` told of: never ahead of it.
public struct CoordinationServiceInstance: Sendable {
    public let node: NodeID
    let incarnation: Incarnation
    let settings: CoordinationServiceSettings
    let passwords: SessionPasswords
    /// A gap between two events of more than this is a pause.
    let pauseNanoseconds: Int64
    var table = ConnectionTable()
    var watches = WatchTable()
    var barriers = ReadBarriers()
    var tracker: SessionTracker
    var leadership = CoordinationLeadership.unknown
    /// Counts leaders, as this node heard of them.
    var reign: UInt64 = 0
    /// Since when no leader is heard; nil while one is.
    var leaderlessSince: Instant?
    var isReadOnlyMode = false
    /// The last entry whose effects were told.
    var appliedThrough = LogIndex.zero
    /// The latest moment that was told.
    var now: Moment
    var nextTick: Instant
    var nextReaping: Instant
    /// Slots with bytes to send.
    var dirty: [Int] = []
    /// Slots of which requests may have become ready.
    var ready: [Int] = []
    /// Slots whose next request waits for a barrier.
    var awaitingBarrier: [Int] = []
    /// Connections whose handshake waits; few.
    var awaitingState: [ConnectionID] = []
    /// Sessions that were heard since the last tick, and whose connections are gone.
    var departed: [CoordinationSessionID] = []
    /// Sessions that will be expired once the leader has proved itself.
    var expiry: PendingExpiry?
    /// What was left to delete when the last `continueClosing` was proposed.
    var closingMark: Int?
    var readOnlySessions: Int64 = 0
    var nonces: UInt64 = 0
    var counters = ServiceCounters()
    #if PLANTED_FAULTS
        public var plantedFault: PlantedServiceFault?
    #endif

    /// - Parameters:
    ///   - secret: the cluster's; passwords of sessions are made of it.
    ///   - moment: the present.
    public init(
        node: NodeID, incarnation: Incarnation, secret: Bytes,
        settings: CoordinationServiceSettings, at moment: Moment
    ) {
        self.node = node
        self.incarnation = incarnation
        self.settings = settings
        passwords = SessionPasswords(secret: secret)
        tracker = SessionTracker(tick: settings.tick)
        pauseNanoseconds = (settings.tick / 2).nanoseconds
        now = moment
        nextTick = moment.monotonic + settings.tick / 4
        nextReaping = moment.monotonic + settings.tick
        leaderlessSince = moment.monotonic
    }

    /// The earliest moment at which time alone would change something.
    public var nextDeadline: Instant? {
        guard let retryAt = barriers.retryAt else { return nextTick }
        return min(nextTick, retryAt)
    }

    /// What stands in replies to reads.
    var zxid: Zxid { Zxid(Int64(bitPattern: appliedThrough.rawValue)) }

    var hasLeader: Bool {
        switch leadership {
        case .unknown: false
        case .other, .own: true
        }
    }

    /// The term in which this node leads.
    var ownTerm: Term? {
        switch leadership {
        case .own(let term): term
        case .unknown, .other: nil
        }
    }

    // MARK: Turns

    /// The barrier that the reads of this turn wait for, if there are any. A node that knows at
    /// once what is committed calls this and `readReached`, and then `endTurn`.
    public mutating func takeBarrier() -> CoordinationBarrier? {
        guard hasLeader else { return nil }
        return barriers.request(maximum: settings.barriersMaximum)
    }

    /// All of a turn's events are told: everything written to connections goes out, and the reads
    /// that came ask for their barrier.
    public mutating func endTurn(into directives: inout [CoordinationServiceDirective]) {
        if let barrier = takeBarrier() { directives.append(.readBarrier(barrier)) }
        for slot in dirty where table[slot].isDirty {
            table[slot].isDirty = false
            directives.append(.send(table[slot].id, table[slot].output.take()))
        }
        dirty.removeAll(keepingCapacity: true)
    }

    // MARK: Writing to a connection

    /// Appends to what goes out at the turn's end.
    @inline(__always)
    mutating func write(_ slot: Int, _ body: (inout ByteWriter) -> Void) {
        if !table[slot].isDirty {
            table[slot].isDirty = true
            table[slot].output = ByteWriter(reserving: 256)
            dirty.append(slot)
        }
        table[slot].counters.sent += 1
        counters.sent += 1
        body(&table[slot].output)
    }

    /// Closes a connection from here, behind what is written to it; its session lives on.
    mutating func drop(_ slot: Int, into directives: inout [CoordinationServiceDirective]) {
        let id = table[slot].id
        if table[slot].isDirty {
            table[slot].isDirty = false
            directives.append(.send(id, table[slot].output.take()))
        }
        directives.append(.close(id))
        forget(slot)
    }

    /// A connection is gone; its watches with it.
    mutating func forget(_ slot: Int) {
        for path in table[slot].watches.keys.sorted() {
            for kind in WatchKinds.all where table[slot].watches[path]?.contains(kind) == true {
                watches.remove(kind, at: path, for: Int32(slot))
            }
        }
        if table[slot].isHeard, !table[slot].isReadOnly, let session = provedSession(slot) {
            departed.append(session)
        }
        counters.outstanding -= table[slot].queue.count
        table[slot].isDirty = false
        table.remove(slot)
    }
}

/// Sessions that were silent too long at the time when a barrier was joined.
struct PendingExpiry: Sendable {
    let barrier: CoordinationBarrier
    let term: Term
    let sessions: [CoordinationSessionID]
}

/// What `mntr` tells of the whole service.
struct ServiceCounters: Sendable {
    var received = 0
    var sent = 0
    var outstanding = 0
    var latency = LatencyCounter()
}
