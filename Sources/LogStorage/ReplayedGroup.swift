import Toolbox
import Vocabulary

/// One group while its records are carried out again.
///
/// Behind a hole nothing is certain of it, until a segment's header repeats its state: what was
/// written in the hole may be a vote, or entries that replaced others.
struct ReplayedGroup {
    /// Behind a hole: only what the records since then say.
    var ledger = GroupLedger()
    /// Without a gap up to the ledger's last index; older ones may have gone with segments.
    private var entries: [LogEntry] = []
    /// The greatest term that any intact byte says this copy knew.
    private var greatestTerm = Term.zero
    /// The hole that is to blame if something is missing.
    private(set) var hole: Int?
    private var isLoose = false
    /// Whether there was another hole since the last loose record.
    private var isStale = false
    /// The state before the hole.
    private var known: Known?
    /// A whole log that the group had once: its snapshot, and what followed it without a gap.
    private var earlier: Known?

    private struct Known {
        let ledger: GroupLedger
        let entries: [LogEntry]

        /// What followed `snapshot` in this log; nil if that cannot be told.
        func entries(behind snapshot: SnapshotReference?) -> [LogEntry]? {
            guard let snapshot else {
                return entries.first?.index == LogIndex(1) ? entries : nil
            }
            let isOwn = ledger.summary.snapshot == snapshot
            let link = entries.first { $0.index >= snapshot.index }
            guard let link, let first = entries.first else { return nil }
            if link.index == snapshot.index, link.term == snapshot.term {
                return Array(entries.dropFirst(first.index.distance(to: link.index) + 1))
            }
            return isOwn && link.index == snapshot.index.next ? entries : nil
        }
    }

    /// - Parameter hole: the hole that the group is first met behind; nil if none is.
    init(hole: Int? = nil) {
        self.hole = hole
        isLoose = hole != nil
    }

    // MARK: Certain and uncertain

    mutating func meet(hole number: Int) {
        guard !isLoose else {
            isStale = true
            return
        }
        known = Known(ledger: ledger, entries: entries)
        if isWhole { earlier = known }
        hole = number
        isLoose = true
        ledger = GroupLedger()
        entries = []
    }

    /// A segment's header says what the group's state is.
    mutating func meet(_ summary: GroupSummary) {
        if let known, known.ledger.summary.isSame(as: summary) {
            // The same last record: whatever the hole held, it was not this group's.
            ledger = known.ledger
            entries = known.entries
            if isWhole { hole = nil }
        } else {
            let isSameCopy = known.map { $0.ledger.summary.replica == summary.replica } ?? true
            if !isSameCopy { self = ReplayedGroup(hole: hole) }
            // What was found since the hole is the log's end, if nothing was written after it.
            if entries.last?.index != summary.lastIndex
                || ledger.summary.lastFrame != summary.lastFrame
            {
                entries = []
            }
            ledger = GroupLedger(summary)
        }
        greatestTerm = max(greatestTerm, summary.term)
        known = nil
        isLoose = false
        isStale = false
    }

    /// Whether all entries behind the snapshot are here.
    private var isWhole: Bool {
        guard !isLoose else { return false }
        let summary = ledger.summary
        guard let first = entries.first else {
            return summary.lastIndex <= max(ledger.snapshotIndex, summary.baseIndex)
        }
        return first.index <= ledger.snapshotIndex.next
    }

    // MARK: Records

    /// - Returns: what contradicts the records before; nil if nothing does.
    mutating func apply(_ record: StoredRecord, at place: RecordPlace) -> String? {
        let objection = isLoose ? applyLoosely(record) : applyStrictly(record, in: place.segment)
        ledger.summary.lastFrame = place.frame
        return objection
    }

    private mutating func applyStrictly(_ record: StoredRecord, in segment: UInt64) -> String? {
        switch record {
        case .entries(_, let new): return append(new, in: segment)
        case .hardState(_, let term, let vote): note(term, vote)
        case .snapshot(_, let snapshot, let keepsSuffix):
            return install(snapshot, keepsSuffix: keepsSuffix)
        case .compacted(_, let through, let term): return compact(through: through, term: term)
        case .created, .removed, .confirmation: break
        }
        return nil
    }

    private mutating func applyLoosely(_ record: StoredRecord) -> String? {
        if isStale {
            isStale = false
            entries = []
        }
        switch record {
        case .entries(_, let new):
            join(new)
        case .hardState(_, let term, let vote): note(term, vote)
        case .snapshot(_, let snapshot, let keepsSuffix):
            if snapshot.index >= ledger.snapshotIndex { ledger.summary.snapshot = snapshot }
            if !keepsSuffix { entries = [] }
        case .compacted, .created, .removed, .confirmation: break
        }
        return nil
    }

    private mutating func note(_ term: Term, _ vote: NodeID?) {
        ledger.summary.term = term
        ledger.summary.vote = vote
        greatestTerm = max(greatestTerm, term)
    }

    private mutating func append(_ new: [LogEntry], in segment: UInt64) -> String? {
        if let objection = ledger.objection(toFirst: new[0].index) { return objection }
        ledger.replaceSuffix(by: new, in: segment)
        join(new)
        return nil
    }

    /// Replaces what is there from the first of `new` on.
    private mutating func join(_ new: [LogEntry]) {
        greatestTerm = max(greatestTerm, new[new.count - 1].term)
        let first = new[0].index
        guard let oldest = entries.first?.index, let last = entries.last?.index, oldest < first,
            first <= last.next
        else {
            entries = new
            return
        }
        entries.removeLast(max(0, entries.count - oldest.distance(to: first)))
        entries.append(contentsOf: new)
    }

    private mutating func install(_ snapshot: SnapshotReference, keepsSuffix: Bool) -> String? {
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

    private mutating func compact(through index: LogIndex, term: Term) -> String? {
        guard index <= ledger.snapshotIndex, index >= ledger.summary.baseIndex else {
            return "compaction to \(index) at a snapshot at \(ledger.snapshotIndex)"
        }
        ledger.compact(through: index, term: term)
        entries.removeFirst(entries.prefix { $0.index <= index }.count)
        return nil
    }

    // MARK: The end

    /// The group as it was when its last record was written; nil if that cannot be told.
    func finish() -> (group: RecoveredGroup, ledger: GroupLedger)? {
        guard isWhole else { return nil }
        var (ledger, entries) = (ledger, entries)
        let summary = ledger.summary
        if entries.first?.index != summary.baseIndex.next, let snapshot = summary.snapshot {
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
        guard entries.count == base.distance(to: summary.lastIndex) else { return nil }
        var group = RecoveredGroup(
            replica: summary.replica, term: summary.term, vote: summary.vote,
            snapshot: summary.snapshot)
        let retained = summary.snapshot.map { base.distance(to: $0.index) } ?? 0
        group.retained = Array(entries.prefix(retained))
        group.entries = Array(entries.dropFirst(retained))
        group.baseIndex = base
        group.baseTerm = ledger.summary.baseTerm
        return (group, ledger)
    }
}

// MARK: What can be saved

extension ReplayedGroup {
    /// The last id that the copy was seen under.
    var lastKnownReplica: ReplicaID {
        [known, earlier].compactMap { $0?.ledger.summary.replica }
            .reduce(ledger.summary.replica) { $0 == .none ? $1 : $0 }
    }

    /// A log that another copy may begin with: the newest snapshot, the entries that provably
    /// followed it once, and a term that is not below any that this copy knew. No vote: another
    /// copy has not voted yet.
    func salvage(as replica: ReplicaID) -> RecoveredGroup {
        let snapshot = [earlier, known].compactMap { $0?.ledger.summary.snapshot }
            .reduce(ledger.summary.snapshot) { newest, other in
                newest.map { $0.index >= other.index ? $0 : other } ?? other
            }
        let own = Known(ledger: ledger, entries: entries)
        let candidates = [earlier, own].compactMap { $0?.entries(behind: snapshot) }
        let saved = candidates.max { $0.count < $1.count } ?? []
        var term = max(greatestTerm, snapshot?.term ?? .zero)
        for entry in saved { term = max(term, entry.term) }
        return RecoveredGroup(replica: replica, term: term, snapshot: snapshot, entries: saved)
    }
}
