import LogStorage
import Toolbox
import Vocabulary

/// What the copies of one group on this disk held after each of their records: their logs as Raft
/// would have them.
struct CopyHistory: Sendable {
    struct State: Sendable {
        var replica = ReplicaID.none
        var log: [LogEntry] = []
        var snapshot: SnapshotReference?
    }

    private var states: [State] = [State()]
    /// Of all copies that there ever were.
    private(set) var ids: [ReplicaID] = [.none]

    mutating func apply(_ record: WriteAheadLogRecord) {
        var state = states[states.count - 1]
        switch record {
        case .entries(_, let entries):
            state.log.removeAll { $0.index >= entries[0].index }
            state.log += entries
        case .snapshotInstalled(_, let index, let term, let file):
            let keepsLog = state.log.contains { $0.index == index && $0.term == term }
            if !keepsLog { state.log = [] }
            state.snapshot = SnapshotReference(index: index, term: term, file: file)
        case .replicaCreated(_, let replica):
            state = State(replica: replica)
            ids.append(replica)
        case .replicaRemoved: state = State()
        case .hardState, .compacted: return
        }
        states.append(state)
    }

    /// Another copy begins with what was saved.
    mutating func begin(with group: RecoveredGroup) {
        states = [
            State(replica: group.replica, log: group.entries, snapshot: group.snapshot)
        ]
        if !ids.contains(group.replica) { ids.append(group.replica) }
    }

    /// Whether a learner may begin with `group`: it is what a copy was at some time.
    func allows(_ group: RecoveredGroup) -> Bool {
        states.contains { state in
            let saved = group.entries
            if let snapshot = group.snapshot {
                let isOwn = state.snapshot == snapshot
                let link = state.log.first { $0.index >= snapshot.index }
                let isThere = link?.index == snapshot.index && link?.term == snapshot.term
                guard isOwn || isThere || saved.isEmpty else { return false }
            }
            guard let first = saved.first else { return true }
            let suffix = state.log.drop { $0.index < first.index }
            return Array(suffix.prefix(saved.count)) == saved
        }
    }
}
