import ClusterNode
import LogStorage
import Toolbox
import Vocabulary
import VirtualWorld

/// One node's machine: its clocks and its disk, which outlive the process, and the process.
struct SimulatedNode: Sendable {
    enum Status: Hashable, Sendable {
        /// No process; a start may be scheduled.
        case down
        case running
        /// Stopped by a signal: events wait.
        case paused
        /// It refused to start, and rightly so: its disk is damaged. It stays down.
        case refused
    }

    let index: Int
    var clock: VirtualClock
    var disk = VirtualDisk()
    var lanes = [DiskLane(), DiskLane()]
    /// Nanoseconds of a sync on average.
    var syncMean: Int64

    var status = Status.down
    /// Counts processes; what is meant for an earlier one is dropped.
    var life: UInt32 = 0
    /// The process's name for its life.
    var incarnation = Incarnation(0)
    /// The node itself while its process is up, else nothing.
    var process: [NodeInstance] = []
    var inbox: [NodeEvent] = []
    /// When the process runs next.
    var turnAt: WorldTime?
    /// Turns in a row that nothing but the node's own deadline asked for, and since when.
    var idleTurns = 0
    var idleSince = WorldTime.start

    /// The process is killed after so many more storage directives.
    var killAfterDirectives: Int?
    /// No file can be made.
    var isDiskFull = false
    /// Something of what was synced is not what it was: the node must notice.
    var damage: (file: FileName, offset: Int)?
    /// It had damage, said so, and goes on with new copies.
    var hasForgotten = false
    var failsNextSync = false
    /// No sync of the log ends before this time, whichever process asks for it.
    var logStalledUntil = WorldTime.start
    /// A sync was made to fail: the process must end.
    var isDiskBroken = false

    init(index: Int, clock: VirtualClock, syncMean: Int64) {
        self.syncMean = syncMean
        self.index = index
        self.clock = clock
    }

    var isUp: Bool { !process.isEmpty }
    /// It was not told yet that its disk failed.
    var willHearOfDisk: Bool {
        inbox.contains { event in
            if case .storageFailed = event { true } else { false }
        }
    }
    /// Changes nothing. Whoever only reads an element of an array may get a copy of it, and a copy
    /// of a node costs more than its turn does: so it is borrowed as if it were to be changed.
    var nextDeadline: Instant? {
        mutating get { isUp ? Self.deadline(of: &process[0]) : nil }
    }

    private static func deadline(of node: inout NodeInstance) -> Instant? { node.nextDeadline }

    /// The process takes what waits for it, then what is due, and ends its turn.
    mutating func takeTurn(
        _ events: [NodeEvent], at moment: Moment, into directives: inout [NodeDirective]
    ) {
        guard isUp else { return }
        for event in events { process[0].handle(event, at: moment, into: &directives) }
        if let deadline = nextDeadline, deadline <= moment.monotonic {
            process[0].timeDidAdvance(to: moment, into: &directives)
        }
        process[0].endTurn(at: moment, into: &directives)
    }

    /// Lets a lane do what it can; see `DiskLane`.
    mutating func proceed(_ lane: Int, completed: inout [StorageToken]) -> DiskLaneFailure? {
        lanes[lane].proceed(on: &disk, completed: &completed)
    }

    /// The sync that a lane waits for fails; the lane does nothing any more.
    mutating func failSync(_ lane: Int, random: inout SeededRandom) {
        guard let directive = lanes[lane].current else { return }
        disk.failSync(directive, random: &random)
    }

    mutating func finishSync(_ lane: Int) -> DiskLaneFailure? {
        lanes[lane].finishCurrent(on: &disk)
    }
}

extension StorageLane {
    /// Its place among the lanes of a node.
    var number: Int {
        switch self {
        case .log: 0
        case .bulk: 1
        }
    }
}
