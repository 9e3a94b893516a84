import Toolbox
import Vocabulary

/// One group's state at the beginning of a segment, as its header repeats it.
struct GroupSummary: Hashable, Sendable {
    /// The copy that all of this is of.
    var replica = ReplicaID.none
    /// The last frame with a record of the group: whether a hole in the log concerns it.
    var lastFrame: UInt64 = 0
    var term = Term.zero
    var vote: NodeID?
    var snapshot: SnapshotReference?
    /// Entries up to here are gone; the term is that of the entry here.
    var baseIndex = LogIndex.zero
    var baseTerm = Term.zero
    /// The last entry's index; `baseIndex` if there is none.
    var lastIndex = LogIndex.zero

    /// Whether nothing was written of the group between the two. How far it is compacted may
    /// differ: entries also go with their segments.
    func isSame(as other: GroupSummary) -> Bool {
        replica == other.replica && lastFrame == other.lastFrame && term == other.term
            && vote == other.vote && snapshot == other.snapshot && lastIndex == other.lastIndex
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(replica.rawValue)
        writer.write(lastFrame)
        writer.write(term.rawValue)
        writer.writeOptional(vote) { $0.write($1.rawValue) }
        writer.writeOptional(snapshot) { $1.encode(into: &$0) }
        writer.write(baseIndex.rawValue)
        writer.write(baseTerm.rawValue)
        writer.write(lastIndex.rawValue)
    }

    init(replica: ReplicaID = .none) { self.replica = replica }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        replica = ReplicaID(try reader.read())
        lastFrame = try reader.read()
        term = Term(try reader.read())
        vote = try reader.readOptional { reader throws(DecodeFailure) in
            NodeID(try reader.read())
        }
        snapshot = try reader.readOptional { reader throws(DecodeFailure) in
            try SnapshotReference(from: &reader)
        }
        baseIndex = LogIndex(try reader.read())
        baseTerm = Term(try reader.read())
        lastIndex = LogIndex(try reader.read())
        let snapshotIndex = snapshot?.index ?? .zero
        guard baseIndex <= snapshotIndex, snapshotIndex <= lastIndex,
            lastIndex.rawValue < LogLimits.numbersEnd
        else {
            throw .invalid(
                what: "log \(baseIndex)...\(lastIndex), snapshot \(snapshotIndex)",
                offset: reader.offset)
        }
    }
}

/// Where a record stands.
struct RecordPlace {
    let segment: UInt64
    let frame: UInt64
}

/// What the log remembers of one group without its entries: which terms they have and in which
/// segments they lie.
///
/// - Runs are ordered by first index; a run reaches to the next one, the last to `lastIndex`.
/// - Segments rise along the runs: an entry is never older than the one before it.
/// - Term runs cover `baseIndex + 1 ... lastIndex`, segment runs at least what lies behind the
///   snapshot.
struct GroupLedger: Hashable, Sendable {
    struct TermRun: Hashable, Sendable {
        var first: LogIndex
        let term: Term
    }
    struct SegmentRun: Hashable, Sendable {
        let first: LogIndex
        let segment: UInt64
    }

    var summary: GroupSummary
    private(set) var termRuns: [TermRun] = []
    private(set) var segmentRuns: [SegmentRun] = []

    init(_ summary: GroupSummary = GroupSummary()) { self.summary = summary }

    var snapshotIndex: LogIndex { summary.snapshot?.index ?? .zero }

    /// The oldest segment with an entry that nothing else stands for; nil if there is none.
    var oldestSegment: UInt64? {
        summary.lastIndex > snapshotIndex ? segmentRuns.first?.segment : nil
    }

    /// The term of the entry at `index`, or of the base; nil outside.
    func term(at index: LogIndex) -> Term? {
        guard index <= summary.lastIndex else { return nil }
        if index == summary.baseIndex { return summary.baseTerm }
        return termRuns.last { $0.first <= index }?.term
    }

    /// What keeps `entries` from being appended; nil if nothing does.
    func objection(toFirst first: LogIndex) -> String? {
        let last = summary.lastIndex
        if first > last.next { return "entries from \(first) after \(last)" }
        if first <= max(snapshotIndex, summary.baseIndex) {
            return "entries from \(first) below a snapshot at \(snapshotIndex)"
        }
        return nil
    }

    mutating func replaceSuffix(by entries: [LogEntry], in segment: UInt64) {
        let first = entries[0].index
        while let run = termRuns.last, run.first >= first { termRuns.removeLast() }
        while let run = segmentRuns.last, run.first >= first { segmentRuns.removeLast() }
        for entry in entries where termRuns.last?.term != entry.term {
            termRuns.append(TermRun(first: entry.index, term: entry.term))
        }
        if segmentRuns.last?.segment != segment {
            segmentRuns.append(SegmentRun(first: first, segment: segment))
        }
        summary.lastIndex = entries[entries.count - 1].index
    }

    mutating func install(_ snapshot: SnapshotReference, keepsSuffix: Bool) {
        summary.snapshot = snapshot
        guard keepsSuffix else {
            summary.lastIndex = snapshot.index
            compact(through: snapshot.index, term: snapshot.term)
            termRuns = []
            segmentRuns = []
            return
        }
        while segmentRuns.count > 1, segmentRuns[1].first <= snapshot.index.next {
            segmentRuns.removeFirst()
        }
        if summary.lastIndex <= snapshot.index { segmentRuns = [] }
    }

    mutating func compact(through index: LogIndex, term: Term) {
        summary.baseIndex = index
        summary.baseTerm = term
        while termRuns.count > 1, termRuns[1].first <= index.next { termRuns.removeFirst() }
        if index >= summary.lastIndex {
            termRuns = []
        } else if let run = termRuns.first, run.first <= index {
            termRuns[0].first = index.next
        }
    }

    // MARK: From what a group wants to what is stored

    /// Carries `record` out and answers it as it is to be stored; nil if it changes nothing.
    mutating func apply(_ record: WriteAheadLogRecord, at place: RecordPlace) -> StoredRecord? {
        let stored = stored(record, in: place.segment)
        if stored != nil { summary.lastFrame = place.frame }
        return stored
    }

    private mutating func stored(
        _ record: WriteAheadLogRecord, in segment: UInt64
    ) -> StoredRecord? {
        switch record {
        case .replicaCreated(let group, let replica):
            invariant(replica != .none, "a copy of \(group) without an id")
            self = GroupLedger(GroupSummary(replica: replica))
            return .created(group, replica)
        case .replicaRemoved(let group):
            self = GroupLedger()
            return .removed(group)
        case .entries(let group, let entries):
            invariant(!entries.isEmpty, "no entries for \(group)")
            let objection = objection(toFirst: entries[0].index)
            invariant(objection == nil, "\(group): \(objection ?? "")")
            replaceSuffix(by: entries, in: segment)
            return .entries(group, entries)
        case .hardState(let group, let term, let vote):
            summary.term = term
            summary.vote = vote
            return .hardState(group, term: term, vote: vote)
        case .snapshotInstalled(let group, let index, let term, let file):
            guard index >= snapshotIndex, index >= summary.baseIndex else { return nil }
            let snapshot = SnapshotReference(index: index, term: term, file: file)
            let keepsSuffix = self.term(at: index) == term
            install(snapshot, keepsSuffix: keepsSuffix)
            return .snapshot(group, snapshot, keepsSuffix: keepsSuffix)
        case .compacted(let group, let through):
            invariant(
                through <= snapshotIndex, "\(group) compacted to \(through) at \(snapshotIndex)")
            guard through > summary.baseIndex, let term = term(at: through) else { return nil }
            compact(through: through, term: term)
            return .compacted(group, through: through, term: term)
        }
    }
}
