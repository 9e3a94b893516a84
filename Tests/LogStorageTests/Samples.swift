import LogStorage
import Toolbox
import Vocabulary

let g1 = ReplicaGroupID(1)
let g2 = ReplicaGroupID(2)
let g3 = ReplicaGroupID(3)
let testIdentity = LogIdentity(
    cluster: LogIdentity.hash(ofClusterName: "test"), node: NodeID(1), incarnation: Incarnation(1))

func smallSettings(segmentBytes: Int = 4_096, batchBytes: Int = 1_024) -> LogStorageSettings {
    var settings = LogStorageSettings()
    settings.segmentBytes = segmentBytes
    settings.batchBytesMaximum = batchBytes
    return settings
}

func entries(
    _ indices: ClosedRange<UInt64>, term: UInt64 = 1, bytes: Int = 20
) -> [LogEntry] {
    indices.map { index in
        LogEntry(
            index: LogIndex(index), term: Term(term), kind: .command,
            payload: Bytes((0..<bytes).map { UInt8(truncatingIfNeeded: Int(index) * 31 + $0) }))
    }
}

func snapshot(_ group: ReplicaGroupID, at index: UInt64, term: UInt64 = 1) -> WriteAheadLogRecord {
    .snapshotInstalled(
        group, index: LogIndex(index), term: Term(term),
        file: SnapshotFile.name(group: group, index: LogIndex(index)))
}

/// A log and its disk; every directive is carried out at once.
struct LoggedDisk {
    var disk = VirtualDisk()
    var log: WriteAheadLog
    var recovery: Recovery
    var settings: LogStorageSettings

    init(
        settings: LogStorageSettings = smallSettings(), disk: VirtualDisk = VirtualDisk(),
        identity: LogIdentity = testIdentity
    ) throws {
        self.settings = settings
        self.disk = disk
        recovery = try WriteAheadLog.recover(
            from: disk.content, identity: identity, settings: settings)
        log = recovery.log
        self.disk.perform(all: recovery.directives)
        log.didComplete(recovery.token)
    }

    mutating func write(_ records: WriteAheadLogRecord...) {
        for record in records { log.append(record) }
        flushAll()
    }

    mutating func flushAll() {
        var directives: [StorageDirective] = []
        while let token = log.flush(into: &directives) {
            disk.perform(all: directives)
            log.didComplete(token)
            directives = []
        }
    }

    mutating func confirm() {
        var directives: [StorageDirective] = []
        log.confirm(into: &directives)
        disk.perform(all: directives)
    }

    mutating func maintain() {
        var directives: [StorageDirective] = []
        if let token = log.maintain(into: &directives) {
            disk.perform(all: directives)
            log.didComplete(token)
        }
    }

    func restarted() throws -> LoggedDisk { try LoggedDisk(settings: settings, disk: disk) }

    /// The segment that is written to.
    var newestSegment: FileName {
        disk.content.keys.last { $0.text.hasPrefix("wal-") }
            ?? SnapshotFile.name(group: g1, index: .zero)
    }

    var segments: [FileName] { disk.content.keys.filter { $0.text.hasPrefix("wal-") } }
}
