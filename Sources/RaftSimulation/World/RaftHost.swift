import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// One machine with one replica: its clock and its disk, which outlive the process, and the
/// process.
struct RaftHost: Sendable {
    enum Status: Hashable, Sendable {
        /// No process; a start may be scheduled.
        case down
        case running
        /// Stands still; what is meant for it waits.
        case paused
    }

    /// A proposal whose end somebody waits for.
    struct PendingWrite: Sendable {
        let index: LogIndex
        let term: Term
        let client: Int
        let operation: UInt32
    }

    /// A snapshot that is being sent.
    struct Transfer: Sendable {
        let snapshot: SavedSnapshot
        let receiver: RaftMember
        var nextPart = 0
    }

    /// A snapshot that is being received.
    struct Arrival: Sendable {
        let from: RaftMember
        let position: SnapshotPosition
        var parts = 0
        /// The record of it is on its way to the disk: the log there goes on behind it already.
        var isRecorded = false
    }

    let index: Int
    var clock: VirtualClock
    var disk: ReplicaDisk
    /// Which copy of the log the disk holds; another one after each wipe.
    var replica: ReplicaID
    /// A copy here was taken out of the group; the next one does not take part in founding it.
    var wasRemoved = false
    var status = Status.down
    /// Counts processes; what is meant for an earlier one is dropped.
    var life: UInt32 = 0
    /// Of the current life, or of the last one.
    var raft: RaftInstance
    var machine: RegisterMachine
    /// What came while the process stood still.
    var backlog: [RaftEvent] = []
    /// When the pending wake is due; nil if none is.
    var wakeAt: Int64?
    var pendingWrites: [PendingWrite] = []
    var waitingReads: [(index: LogIndex, read: RequestID)] = []
    var transfers: [Transfer?]
    var arrival: Arrival?
    var isSaving = false
    var entriesSinceSnapshot = 0

    init(
        index: Int, clock: VirtualClock, disk: ReplicaDisk, raft: RaftInstance, layout: RaftLayout
    ) {
        self.index = index
        replica = raft.identity.replica
        self.clock = clock
        self.disk = disk
        self.raft = raft
        machine = RegisterMachine(clients: layout.clients)
        transfers = Array(repeating: nil, count: layout.hosts)
    }

    var isUp: Bool { status != .down }
    var node: NodeID { NodeID(UInt16(index + 1)) }
    var member: RaftMember { RaftMember(node: node, replica: replica) }

    /// What the memory of a process held is gone.
    mutating func forgetProcess() {
        backlog = []
        wakeAt = nil
        pendingWrites = []
        waitingReads = []
        arrival = nil
        isSaving = false
        entriesSinceSnapshot = 0
        for peer in transfers.indices { transfers[peer] = nil }
    }
}
