import ClusterNode
import LogStorage
import SystemIO

/// The two threads that carry storage directives out, each in its own order: the write-ahead log
/// does not wait for snapshots.
struct DiskLanes {
    private let log: DiskWorker<ShellMessage>
    private let bulk: DiskWorker<ShellMessage>

    init(
        in folder: Folder, reporting messages: Mailbox<ShellMessage>
    ) throws(SystemCallFailure) {
        log = try DiskWorker(folder: folder, reports: messages)
        bulk = try DiskWorker(folder: folder, reports: messages)
    }

    func start() throws(SystemCallFailure) {
        _ = try WorkerThread.start(name: "log", log)
        _ = try WorkerThread.start(name: "bulk", bulk)
    }

    func carryOut(_ directives: [StorageDirective], on lane: StorageLane) {
        switch lane {
        case .log: log.perform(directives)
        case .bulk: bulk.perform(directives)
        }
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
