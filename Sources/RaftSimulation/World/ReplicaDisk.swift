import Raft
import Toolbox
import Vocabulary

/// A machine's state as a snapshot holds it.
struct SavedSnapshot: Sendable {
    let position: SnapshotPosition
    let machine: RegisterMachine
    /// As of `position`.
    let configuration: RaftConfiguration
}

/// What a replica's disk is asked to keep, in order.
enum DiskWrite: Sendable {
    case raft(RaftWrite)
    /// Made here.
    case kept(SavedSnapshot)
    /// Received from another host.
    case arrived(SavedSnapshot, from: RaftMember)
}

/// An exact model of one replica's part of a write-ahead log: batches that are durable as a whole
/// or not at all, one on its way at a time, and what waits behind it in the process.
struct ReplicaDisk: Sendable {
    /// What stays.
    struct Platter: Sendable {
        var hardState = HardState.initial
        var snapshot: SavedSnapshot?
        /// As of before the first entry.
        var founded = RaftConfiguration.empty
        /// Behind the snapshot, or from index 1 on.
        var entries: [LogEntry] = []

        var base: LogIndex { snapshot?.position.index ?? .zero }
        var last: LogIndex { base.advanced(by: entries.count) }

        /// Whether the entry at `index` of `term` is here, or what stands for it.
        func holds(_ index: LogIndex, _ term: Term) -> Bool {
            if index <= base { return true }
            guard index <= last else { return false }
            return entries[base.distance(to: index) - 1].term == term
        }

        var lastPosition: SnapshotPosition {
            SnapshotPosition(
                index: last,
                term: entries.last?.term ?? snapshot?.position.term ?? .zero)
        }

        mutating func take(_ write: DiskWrite) {
            switch write {
            case .raft(let write): take(write)
            case .kept(let saved), .arrived(let saved, _): install(saved)
            }
        }

        private mutating func take(_ write: RaftWrite) {
            if let state = write.hardState { hardState = state }
            guard let first = write.entries.first else { return }
            invariant(
                first.index > base && first.index <= last.next,
                "entries from \(first.index) behind \(base)...\(last)")
            let kept = base.distance(to: first.index) - 1
            if kept < entries.count { entries.removeLast(entries.count - kept) }
            entries.append(contentsOf: write.entries)
        }

        private mutating func install(_ saved: SavedSnapshot) {
            let position = saved.position
            guard position.index > base else { return }
            if position.index <= last,
                entries[base.distance(to: position.index) - 1].term == position.term
            {
                entries.removeFirst(base.distance(to: position.index))
            } else {
                entries = []
            }
            snapshot = saved
        }
    }

    private(set) var platter = Platter()
    /// What the running sync will make durable.
    private(set) var inFlight: [DiskWrite] = []
    private(set) var queue: [DiskWrite] = []
    /// Nanoseconds of a sync on average.
    var syncMean: Int64
    /// No sync ends before this time, in nanoseconds since the run began.
    var stalledUntil: Int64 = 0

    init(syncMean: Int64, founded: RaftConfiguration) {
        self.syncMean = syncMean
        platter.founded = founded
    }

    var isSyncing: Bool { !inFlight.isEmpty }

    mutating func append(_ write: DiskWrite) { queue.append(write) }

    /// Begins to write all that waits; false if nothing does or a sync is running.
    mutating func beginSync() -> Bool {
        guard inFlight.isEmpty, !queue.isEmpty else { return false }
        swap(&inFlight, &queue)
        return true
    }

    /// The running sync is over; what it made durable is handed to `finished`, which is emptied
    /// first.
    mutating func finishSync(into finished: inout [DiskWrite]) {
        finished.removeAll(keepingCapacity: true)
        for write in inFlight { platter.take(write) }
        swap(&finished, &inFlight)
    }

    /// The process or the machine stops: what waited is gone, what was being written is there or
    /// not.
    mutating func stop(keepsInFlight: Bool) {
        if keepsInFlight { for write in inFlight { platter.take(write) } }
        inFlight.removeAll(keepingCapacity: true)
        queue.removeAll(keepingCapacity: true)
    }

    var recovery: RaftRecovery {
        RaftRecovery(
            hardState: platter.hardState, snapshot: platter.snapshot?.position,
            configuration: platter.snapshot?.configuration ?? platter.founded,
            entries: platter.entries)
    }
}
