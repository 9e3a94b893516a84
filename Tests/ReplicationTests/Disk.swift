import LogStorage
import Raft
import Replication
import Toolbox
import Vocabulary

/// What a replica told its disk, in order, and how much of that is durable.
struct Disk {
    private(set) var records: [WriteAheadLogRecord] = []
    private(set) var durableCount = 0
    /// What waits for durability, and how many records it waits for.
    private var waiting: [(awaited: AwaitedRecords, count: Int)] = []
    private var saved: [FileName: SnapshotMaterial] = [:]
    private let founders: [RaftMember]

    init(_ founders: [RaftMember]) { self.founders = founders }

    mutating func record(_ record: WriteAheadLogRecord) { records.append(record) }
    mutating func wait(_ awaited: AwaitedRecords) { waiting.append((awaited, records.count)) }
    mutating func save(_ material: SnapshotMaterial) -> FileName {
        let file = SnapshotFile.name(group: material.group, index: material.position.index)
        saved[file] = material
        return file
    }

    /// Makes durable what the oldest waiter waits for; answers the waiter.
    mutating func persistNext() -> AwaitedRecords? {
        guard !waiting.isEmpty else { return nil }
        let (awaited, count) = waiting.removeFirst()
        durableCount = max(durableCount, count)
        return awaited
    }

    /// The process dies: what was not durable is gone.
    mutating func crash() {
        records.removeLast(records.count - durableCount)
        waiting = []
    }

    /// What the log says to the next life, by the rules that stand at `WriteAheadLogRecord`.
    var recovery: ReplicaRecovery {
        var raft = RaftRecovery.founded(founders)
        var body: Bytes?
        for record in records.prefix(durableCount) {
            switch record {
            case .entries(_, let entries):
                raft.entries.removeAll { $0.index >= entries[0].index }
                raft.entries += entries
            case .hardState(_, let term, let vote):
                raft.hardState = HardState(term: term, vote: vote)
            case .snapshotInstalled(_, let index, let term, let file):
                guard index >= raft.snapshot?.index ?? .zero else { continue }
                let goesOn = raft.entries.contains { $0.index == index && $0.term == term }
                raft.snapshot = SnapshotPosition(index: index, term: term)
                raft.entries.removeAll { !goesOn || $0.index <= index }
                body = saved[file]?.body
                raft.configuration = saved[file]?.configuration ?? .empty
            case .compacted, .replicaCreated, .replicaRemoved: continue
            }
        }
        return ReplicaRecovery(raft: raft, snapshotBody: body)
    }
}
