import Toolbox
import Vocabulary

/// What is left of a damaged log, about to be written again.
struct Salvage {
    private(set) var groups: SortedMap<ReplicaGroupID, RecoveredGroup>
    private(set) var ledgers = SortedMap<ReplicaGroupID, GroupLedger>()
    /// Every group's state before its entries.
    private(set) var summaries = SortedMap<ReplicaGroupID, GroupSummary>()
    let damage: [LogDamage]
    private let settings: LogStorageSettings

    /// - Parameter random: for the ids of new copies.
    init(_ history: LogHistory, settings: LogStorageSettings, random: SeededRandom) {
        self.settings = settings
        damage = history.damage
        groups = history.groups
        // What was kept below a snapshot only spared others a transfer.
        for group in groups.keys {
            guard let whole = groups[group] else { continue }
            groups[group] = RecoveredGroup(
                replica: whole.replica, term: whole.term, vote: whole.vote,
                snapshot: whole.snapshot, entries: whole.entries)
        }
        var random = random
        for (group, state) in history.affected {
            groups[group] = salvage(state, as: ReplicaID(max(1, random.next())))
        }
    }

    private func salvage(_ state: ReplayedGroup, as replica: ReplicaID) -> RecoveredGroup {
        var saved = state.salvage(as: replica)
        #if PLANTED_FAULTS
            if settings.plantedFault == .oldReplicaIdKeptAfterDamage {
                saved.replica = state.lastKnownReplica
            }
            if settings.plantedFault == .termForgottenInSalvage {
                saved.term = saved.entries.last?.term ?? saved.snapshot?.term ?? .zero
            }
        #endif
        return saved
    }

    /// The batches that make the saved groups again, in one new segment.
    ///
    /// - Parameter first: the sequence of the first frame.
    mutating func rewrite(into segment: UInt64, from first: UInt64) -> [LogHistory.Batch] {
        var frame = first
        var batches: [LogHistory.Batch] = []
        for (group, saved) in groups {
            var summary = GroupSummary(replica: saved.replica)
            summary.lastFrame = first - 1
            summary.term = saved.term
            summary.vote = saved.vote
            summary.snapshot = saved.snapshot
            summary.baseIndex = saved.baseIndex
            summary.baseTerm = saved.baseTerm
            summary.lastIndex = saved.baseIndex
            summaries[group] = summary
            var ledger = GroupLedger(summary)
            for piece in saved.entries.pieces(of: settings.batchBytesMaximum) {
                let entries = Array(piece)
                ledger.replaceSuffix(by: entries, in: segment)
                ledger.summary.lastFrame = frame
                batches.append(
                    LogHistory.Batch(
                        records: [.entries(group, entries)],
                        payloadBytes: StoredRecord.bytesMaximum(of: entries)))
                frame += 1
            }
            ledgers[group] = ledger
        }
        return batches
    }
}
