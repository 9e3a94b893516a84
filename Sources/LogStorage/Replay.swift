import Toolbox
import Vocabulary

/// Carries stored records out again, one group at a time, across holes if it must.
struct Replay {
    private var groups = SortedMap<ReplicaGroupID, ReplayedGroup>()
    private let settings: LogStorageSettings
    /// The hole since which no header has told every group's state.
    private var hole: Int?
    private var isAtStart = true

    init(settings: LogStorageSettings) { self.settings = settings }

    var ledgers: SortedMap<ReplicaGroupID, GroupLedger> {
        var ledgers = SortedMap<ReplicaGroupID, GroupLedger>()
        for (group, state) in groups { ledgers[group] = state.ledger }
        return ledgers
    }

    /// What every group's state was, as a segment's header repeats it: news at the start and behind
    /// a hole.
    mutating func meet(_ summaries: SortedMap<ReplicaGroupID, GroupSummary>) {
        guard isAtStart || hole != nil else { return }
        isAtStart = false
        hole = nil
        var met = SortedMap<ReplicaGroupID, ReplayedGroup>()
        for (group, summary) in summaries {
            var state = groups[group] ?? ReplayedGroup()
            state.meet(summary)
            met[group] = state
        }
        groups = met
    }

    /// Frames are missing here.
    mutating func meet(hole number: Int) {
        isAtStart = false
        hole = number
        for group in groups.keys { groups[group]?.meet(hole: number) }
    }

    /// - Returns: what contradicts the records before; nil if nothing does.
    mutating func apply(_ record: StoredRecord, at place: RecordPlace) -> String? {
        guard let group = record.group else { return nil }
        switch record {
        case .created(_, let replica):
            if seesOldRecords {
                groups[group, default: ReplayedGroup(hole: hole)].ledger.summary.replica = replica
            } else {
                groups[group] = ReplayedGroup()
                groups[group]?.ledger.summary.replica = replica
            }
            groups[group]?.ledger.summary.lastFrame = place.frame
            return nil
        case .removed:
            groups[group] = nil
            return nil
        case .entries, .hardState, .snapshot, .compacted, .confirmation:
            return groups[group, default: ReplayedGroup(hole: hole)].apply(record, at: place)
        }
    }

    private var seesOldRecords: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .recreatedGroupSeesOldRecords
        #else
            false
        #endif
    }

    /// The groups as they were when the last record was written, and those of which that cannot be
    /// told.
    consuming func finish() -> Outcome {
        var outcome = Outcome()
        for (group, state) in groups {
            if let whole = state.finish() {
                outcome.whole[group] = whole
            } else {
                outcome.affected[group] = state
            }
        }
        return outcome
    }

    struct Outcome {
        var whole = SortedMap<ReplicaGroupID, (group: RecoveredGroup, ledger: GroupLedger)>()
        var affected = SortedMap<ReplicaGroupID, ReplayedGroup>()
    }
}

extension StoredRecord {
    /// nil for what is not a group's.
    var group: ReplicaGroupID? {
        switch self {
        case .entries(let group, _), .hardState(let group, _, _), .snapshot(let group, _, _),
            .compacted(let group, _, _), .created(let group, _), .removed(let group):
            group
        case .confirmation: nil
        }
    }
}
