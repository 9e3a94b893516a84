import ClusterNode
import LogStorage
import SystemIO
import Vocabulary

/// The two lanes that carry storage directives out, each in its own order: the write-ahead log does
/// not wait for snapshots.
///
/// While the disk is quick, the node's thread writes and syncs the log itself, behind everything
/// else that a turn does: handing a batch to a thread and hearing of it again costs as much as the
/// sync. Once the disk takes long, the log gets a thread, until the disk has been quick for a
/// while: a sick disk holds up nobody but who waits for it.
struct DiskLanes: ~Copyable {
    private let log: DiskWorker<ShellMessage>
    private let bulk: DiskWorker<ShellMessage>
    private var ownLane: DiskLane
    private var trust = DiskTrust()
    /// What this thread is to write once the turn has said everything.
    private var waiting: [StorageDirective] = []
    /// What became of it, for the next turn.
    private(set) var reports: [DiskReport] = []

    init(
        in folder: Folder, reporting messages: Mailbox<ShellMessage>
    ) throws(SystemCallFailure) {
        let log = try DiskWorker(folder: folder, reports: messages)
        let bulk = try DiskWorker(folder: folder, reports: messages)
        self.log = log
        self.bulk = bulk
        ownLane = DiskLane(folder: folder)
    }

    func start() throws(SystemCallFailure) {
        _ = try WorkerThread.start(name: "log", log)
        _ = try WorkerThread.start(name: "bulk", urgency: .patient, bulk)
    }

    mutating func take(_ directives: [StorageDirective], on lane: StorageLane) {
        switch lane {
        case .log:
            if trust.isGiven, directives.allSatisfy(\.isQuick) {
                waiting += directives
            } else {
                // What came before goes first.
                handOver(waiting)
                waiting = []
                handOver(directives)
            }
        case .bulk: bulk.perform(directives)
        }
    }

    private mutating func handOver(_ directives: [StorageDirective]) {
        guard !directives.isEmpty else { return }
        let tokens = directives.count { $0.isReported }
        for _ in 0..<tokens { trust.handedOver(at: SystemClock.instant()) }
        log.perform(directives)
    }

    /// The log's thread reported a batch.
    mutating func completedElsewhere() { trust.completed(at: SystemClock.instant()) }

    /// Writes and syncs what waits for this thread.
    mutating func writeLog() {
        guard !waiting.isEmpty else { return }
        let start = SystemClock.instant()
        do throws(SystemCallFailure) {
            for directive in waiting {
                if let token = try ownLane.perform(directive) { reports.append(.completed(token)) }
            }
        } catch {
            reports.append(.failed(error))
        }
        waiting.removeAll(keepingCapacity: true)
        trust.took(SystemClock.instant() - start)
    }

    mutating func takeReports() -> [DiskReport] {
        guard !reports.isEmpty else { return [] }
        let taken = reports
        reports = []
        return taken
    }
}

extension StorageDirective {
    /// Whether it takes no longer than one sync.
    fileprivate var isQuick: Bool {
        if case .create = self { false } else { true }
    }

    fileprivate var isReported: Bool {
        if case .complete = self { true } else { false }
    }
}

extension ShellMessage: DiskReportCarrying {
    public init(_ report: DiskReport) {
        switch report {
        case .completed(let token): self = .storageCompleted(token)
        case .failed(let failure): self = .storageFailed("\(failure)")
        }
    }
}
