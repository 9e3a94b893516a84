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
        unreadable: SortedMap<FileName, ReadFailure> = SortedMap(),
        identity: LogIdentity = testIdentity, seed: UInt64 = 1
    ) throws(LogStorageFailure) {
        self.settings = settings
        self.disk = disk
        recovery = try WriteAheadLog.recover(
            from: StoredFiles(disk.content, unreadable: unreadable), identity: identity,
            settings: settings,
            random: SeededRandom(seed: seed))
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

    func restarted(
        unreadable: SortedMap<FileName, ReadFailure> = SortedMap(), seed: UInt64 = 1
    ) throws(LogStorageFailure) -> LoggedDisk {
        try LoggedDisk(settings: settings, disk: disk, unreadable: unreadable, seed: seed)
    }

    /// The groups that came back under new ids.
    var affected: [ReplicaGroupID] { recovery.damage.flatMap(\.affected).sorted() }

    /// Flips one bit.
    mutating func flip(_ name: FileName, at offset: Int, bit: UInt8 = 0) {
        disk.tamper(name) { $0[offset] ^= 1 << bit }
    }

    /// Where the last byte of `name` stands that is not zero.
    func end(of name: FileName) -> Int {
        disk.content[name]?.array.lastIndex { $0 != 0 } ?? 0
    }

    /// Entries of `group` until the next segment has begun; answers the index behind the last one.
    mutating func fillSegment(
        _ group: ReplicaGroupID, from first: UInt64, bytes: Int = 300
    ) -> UInt64 {
        var index = first
        let before = newestSegment
        while newestSegment == before {
            write(.entries(group, entries(index...index, bytes: bytes)))
            index += 1
        }
        return index
    }

    /// The segment that is written to.
    var newestSegment: FileName {
        disk.content.keys.last { $0.text.hasPrefix("wal-") }
            ?? SnapshotFile.name(group: g1, index: .zero)
    }

    var segments: [FileName] { disk.content.keys.filter { $0.text.hasPrefix("wal-") } }
}
