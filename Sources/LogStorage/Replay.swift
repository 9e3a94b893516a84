import Toolbox
import Vocabulary

/// Carries stored records out again, one group at a time.
struct Replay {
    /// A group's ledger and the entries that were found for it.
    fileprivate struct Group {
        var ledger: GroupLedger
        /// Without a gap up to the ledger's last index; older ones may have gone with segments.
        var entries: [LogEntry] = []
    }

    private var groups = SortedMap<ReplicaGroupID, Group>()

    /// - Parameter groups: the state at the beginning of the oldest segment.
    init(from groups: SortedMap<ReplicaGroupID, GroupSummary>) {
        for (group, summary) in groups { self.groups[group] = Group(ledger: GroupLedger(summary)) }
    }

    var ledgers: SortedMap<ReplicaGroupID, GroupLedger> {
        var ledgers = SortedMap<ReplicaGroupID, GroupLedger>()
        for (group, state) in groups { ledgers[group] = state.ledger }
        return ledgers
    }

    /// - Returns: what contradicts the records before; nil if nothing does.
    mutating func apply(_ record: StoredRecord, in segment: UInt64) -> String? {
        switch record {
        case .entries(let group, let entries):
            return groups[group, default: Group(ledger: GroupLedger())].append(entries, in: segment)
        case .hardState(let group, let term, let vote):
            groups[group, default: Group(ledger: GroupLedger())].ledger.summary.term = term
            groups[group, default: Group(ledger: GroupLedger())].ledger.summary.vote = vote
            return nil
        case .snapshot(let group, let snapshot, let keepsSuffix):
            return groups[group, default: Group(ledger: GroupLedger())]
                .install(snapshot, keepsSuffix: keepsSuffix)
        case .compacted(let group, let through, let term):
            return groups[group, default: Group(ledger: GroupLedger())]
                .compact(through: through, term: term)
        case .created(let group, let replica):
            groups[group] = Group(ledger: GroupLedger(GroupSummary(replica: replica)))
            return nil
        case .removed(let group):
            groups[group] = nil
            return nil
        case .confirmation:
            return nil
        }
    }

    /// Checks that nothing is missing, and drops what nothing leads up to.
    mutating func finish() throws(LogStorageFailure) -> SortedMap<ReplicaGroupID, RecoveredGroup> {
        var recovered = SortedMap<ReplicaGroupID, RecoveredGroup>()
        for group in groups.keys {
            guard var state = groups[group] else { continue }
            recovered[group] = try state.finish(group)
            groups[group] = state
        }
        return recovered
    }
}

extension Replay.Group {
    fileprivate mutating func append(_ new: [LogEntry], in segment: UInt64) -> String? {
        let first = new[0].index
        if let objection = ledger.objection(toFirst: first) { return objection }
        ledger.replaceSuffix(by: new, in: segment)
        guard let oldest = entries.first?.index, oldest < first else {
            entries = new
            return nil
        }
        let kept = oldest.distance(to: first)
        entries.removeLast(max(0, entries.count - kept))
        entries.append(contentsOf: new)
        return nil
    }

    fileprivate mutating func install(
        _ snapshot: SnapshotReference, keepsSuffix: Bool
    ) -> String? {
        guard snapshot.index >= ledger.snapshotIndex else {
            return "a snapshot at \(snapshot.index) after one at \(ledger.snapshotIndex)"
        }
        guard !keepsSuffix || snapshot.index <= ledger.summary.lastIndex else {
            return "a snapshot at \(snapshot.index) of a log up to \(ledger.summary.lastIndex)"
        }
        ledger.install(snapshot, keepsSuffix: keepsSuffix)
        if !keepsSuffix { entries = [] }
        return nil
    }

    fileprivate mutating func compact(through index: LogIndex, term: Term) -> String? {
        guard index <= ledger.snapshotIndex, index >= ledger.summary.baseIndex else {
            return "compaction to \(index) at a snapshot at \(ledger.snapshotIndex)"
        }
        ledger.compact(through: index, term: term)
        let gone = entries.prefix { $0.index <= index }.count
        entries.removeFirst(gone)
        return nil
    }

    fileprivate mutating func finish(
        _ group: ReplicaGroupID
    ) throws(LogStorageFailure) -> RecoveredGroup {
        let summary = ledger.summary
        let snapshot = summary.snapshot
        if entries.first?.index != summary.baseIndex.next, let snapshot {
            // The oldest entries went with their segments. The oldest one that is left tells the
            // term that the others follow.
            if let oldest = entries.first, oldest.index <= snapshot.index {
                ledger.compact(through: oldest.index, term: oldest.term)
                entries.removeFirst()
            } else if summary.baseIndex < snapshot.index {
                ledger.compact(through: snapshot.index, term: snapshot.term)
            }
        }
        let base = ledger.summary.baseIndex
        let expected = base.distance(to: summary.lastIndex)
        guard entries.count == expected else {
            throw .missingEntries(group: group, index: base.next)
        }
        var recovered = RecoveredGroup(
            replica: summary.replica, term: summary.term, vote: summary.vote, snapshot: snapshot)
        let retained = snapshot.map { base.distance(to: $0.index) } ?? 0
        recovered.retained = Array(entries.prefix(retained))
        recovered.entries = Array(entries.dropFirst(retained))
        recovered.baseIndex = base
        recovered.baseTerm = ledger.summary.baseTerm
        return recovered
    }
}
