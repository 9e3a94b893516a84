import LogStorage
import Toolbox
import Vocabulary

/// What a log should say, kept the naive way: every record, and what they add up to.
struct LogModel: Sendable {
    typealias Groups = SortedMap<ReplicaGroupID, RecoveredGroup>

    struct Written: Sendable {
        var token: StorageToken
        let record: WriteAheadLogRecord
    }

    /// Before the records.
    private var base = Groups()
    private(set) var records: [Written] = []
    /// With all records.
    private(set) var groups = Groups()

    mutating func append(_ record: WriteAheadLogRecord, token: StorageToken) {
        records.append(Written(token: token, record: record))
        Self.apply(record, to: &groups)
    }

    /// What the batches up to and including `token` add up to.
    func groups(through token: StorageToken) -> Groups {
        var groups = base
        for written in records where written.token <= token {
            Self.apply(written.record, to: &groups)
        }
        return groups
    }

    /// Forgets what did not survive a crash. What survived without having been acknowledged is safe
    /// only once `tail` has been completed; tokens begin anew.
    mutating func keep(
        through survivor: StorageToken, acknowledged: StorageToken, tail: StorageToken
    ) {
        base = groups(through: acknowledged)
        records = records.filter { $0.token > acknowledged && $0.token <= survivor }.map {
            Written(token: tail, record: $0.record)
        }
        groups = groups(through: tail)
    }

    /// Begins with what is there.
    mutating func begin(with groups: Groups) {
        base = groups.essence
        records = []
        self.groups = base
    }

    private static func apply(_ record: WriteAheadLogRecord, to groups: inout Groups) {
        let id = record.group
        if case .replicaRemoved = record {
            groups[id] = nil
            return
        }
        var group = groups[id] ?? RecoveredGroup()
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
            let keepsRest = own == term || isSame
            group.entries.removeAll { !keepsRest || $0.index <= index }
        case .replicaCreated(_, let replica): group = RecoveredGroup(replica: replica)
        case .compacted, .replicaRemoved: break
        }
        groups[id] = group
    }
}

extension SortedMap<ReplicaGroupID, RecoveredGroup> {
    /// Without what a log may keep or not.
    var essence: SortedMap<ReplicaGroupID, RecoveredGroup> {
        var essence = SortedMap()
        for (id, group) in self {
            essence[id] = RecoveredGroup(
                replica: group.replica, term: group.term, vote: group.vote,
                snapshot: group.snapshot, entries: group.entries)
        }
        return essence
    }
}
