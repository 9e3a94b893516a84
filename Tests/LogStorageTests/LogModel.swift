import LogStorage
import Toolbox
import Vocabulary

/// What a log should say, kept the naive way: every record, and what they add up to.
struct LogModel {
    private(set) var records: [(token: StorageToken, record: WriteAheadLogRecord)] = []

    mutating func append(_ record: WriteAheadLogRecord, token: StorageToken) {
        records.append((token, record))
    }

    /// What the batches up to and including `token` add up to.
    func groups(through token: StorageToken) -> SortedMap<ReplicaGroupID, RecoveredGroup> {
        var groups = SortedMap<ReplicaGroupID, RecoveredGroup>()
        for (own, record) in records where own <= token {
            Self.apply(record, to: &groups[record.group, default: RecoveredGroup()])
            if case .replicaRemoved(let group) = record { groups[group] = nil }
        }
        return groups
    }

    var groups: SortedMap<ReplicaGroupID, RecoveredGroup> {
        groups(through: StorageToken(.log, number: .max))
    }

    /// Forgets what did not survive a crash, and starts counting anew: what survived without
    /// having been acknowledged is safe only once `tail` has been completed.
    mutating func keep(
        through survivor: StorageToken, acknowledged: StorageToken, tail: StorageToken
    ) {
        records = records.filter { $0.token <= survivor }.map { token, record in
            (token <= acknowledged ? StorageToken(.log, number: 0) : tail, record)
        }
    }

    static func apply(_ record: WriteAheadLogRecord, to group: inout RecoveredGroup) {
        switch record {
        case .entries(_, let entries):
            group.entries.removeAll { $0.index >= entries[0].index }
            group.entries += entries
        case .hardState(_, let term, let vote):
            group.term = term
            group.vote = vote
        case .snapshotInstalled(_, let index, let term, let file):
            if let old = group.snapshot, old.index > index { return }
            let own = group.entries.first { $0.index == index }?.term
            let isSame = group.snapshot?.index == index && group.snapshot?.term == term
            group.snapshot = SnapshotReference(index: index, term: term, file: file)
            if own == term || isSame {
                group.entries.removeAll { $0.index <= index }
            } else {
                group.entries = []
            }
        case .compacted: break
        case .replicaCreated(_, let replica): group = RecoveredGroup(replica: replica)
        case .replicaRemoved: break
        }
    }
}

extension SortedMap<ReplicaGroupID, RecoveredGroup> {
    /// Without what a log may keep or not.
    var essence: SortedMap<ReplicaGroupID, RecoveredGroup> {
        var essence = SortedMap()
        for (id, group) in self {
            essence[id] = RecoveredGroup(
                replica: group.replica, term: group.term, vote: group.vote,
                snapshot: group.snapshot,
                entries: group.entries)
        }
        return essence
    }
}
