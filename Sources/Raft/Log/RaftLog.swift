import Toolbox
import Vocabulary

/// The entries of one replica after `base`, all in memory.
///
/// - `base` is the last entry that was dropped; its term is kept (consensus pitfall 26).
/// - `durableIndex` is the last entry whose write, as it stands here, was reported durable.
/// - Entries from `unwrittenFrom` on were not handed to the disk yet.
struct RaftLog: Sendable {
    private(set) var base: SnapshotPosition
    /// What lies before `head` was dropped and waits to be moved out.
    private var storage: [LogEntry] = []
    private var head = 0
    private var runs = TermRuns()
    private(set) var durableIndex: LogIndex
    private(set) var unwrittenFrom: LogIndex?

    init(base: SnapshotPosition, durable entries: [LogEntry]) {
        self.base = base
        durableIndex = base.index
        for entry in entries where entry.index > base.index { note(entry) }
        durableIndex = lastIndex
    }

    var count: Int { storage.count - head }
    var firstIndex: LogIndex { base.index.next }
    var lastIndex: LogIndex { base.index.advanced(by: count) }
    var lastTerm: Term { runs.last ?? base.term }
    var last: SnapshotPosition { SnapshotPosition(index: lastIndex, term: lastTerm) }
    var termRunsCount: Int { runs.count }

    /// Nil outside of `base.index ... lastIndex`.
    func term(at index: LogIndex) -> Term? {
        guard index >= base.index, index <= lastIndex else { return nil }
        return index == base.index ? base.term : runs.term(at: index)
    }

    /// The greatest index up to `index` whose term is not above `term`, with its term; just below
    /// `base` if there is none that this log still knows.
    func lastPosition(upTo index: LogIndex, termAtMost term: Term) -> SnapshotPosition {
        let end = min(index, lastIndex)
        if end > base.index, let found = runs.lastIndex(upTo: end, termAtMost: term) {
            return SnapshotPosition(index: found, term: runs.term(at: found))
        }
        if base.term <= term, end >= base.index { return base }
        guard base.index > .zero else { return .zero }
        return SnapshotPosition(index: min(end, base.index.previous), term: .zero)
    }

    /// The sizes of the payloads in the range; 0 if it is empty.
    func payloadBytes(from first: LogIndex, through last: LogIndex) -> Int {
        guard first <= last else { return 0 }
        return storage[offset(of: first)...offset(of: last)].reduce(0) { $0 + $1.payload.count }
    }

    /// - Precondition: the range lies in the log.
    func entries(from first: LogIndex, through last: LogIndex) -> [LogEntry] {
        guard first <= last else { return [] }
        return Array(storage[offset(of: first)...offset(of: last)])
    }

    /// From `first` on, as many as both bounds allow, but at least one if there is one.
    func entries(
        from first: LogIndex, through last: LogIndex, countMaximum: Int, bytesMaximum: Int
    ) -> [LogEntry] {
        guard first <= last else { return [] }
        let start = offset(of: first)
        let limit = min(offset(of: last) + 1, start + countMaximum)
        var end = start + 1
        var bytes = storage[start].payload.count
        while end < limit {
            bytes += storage[end].payload.count
            if bytes > bytesMaximum { break }
            end += 1
        }
        return Array(storage[start..<end])
    }

    /// - Precondition: `entries` follow the last entry.
    mutating func append(_ entries: some Collection<LogEntry>) {
        guard let first = entries.first else { return }
        if unwrittenFrom == nil { unwrittenFrom = first.index }
        for entry in entries { note(entry) }
    }

    /// Removes what lies at and after `index`; writes of it that are on their way count no more.
    mutating func truncate(from index: LogIndex) {
        invariant(index > base.index, "truncate at \(index), but \(base) was dropped")
        storage.removeLast(storage.count - offset(of: index))
        runs.truncate(from: index)
        durableIndex = min(durableIndex, index.previous)
        if let from = unwrittenFrom, from >= index { unwrittenFrom = nil }
    }

    /// Forgets what lies at and before `index`.
    mutating func dropPrefix(through index: LogIndex) {
        guard index > base.index, let term = term(at: index) else { return }
        runs.dropPrefix(through: index, last: lastIndex)
        let dropped = base.index.distance(to: index)
        let gone = LogEntry(index: .zero, term: .zero, kind: .noop, payload: Bytes())
        for offset in head..<head + dropped { storage[offset] = gone }
        head += dropped
        base = SnapshotPosition(index: index, term: term)
        durableIndex = max(durableIndex, index)
        // Moving the rest each time half of the array is gone costs O(1) per entry on average.
        if head >= 1_024 && head >= storage.count / 2 || head == storage.count {
            storage.removeFirst(head)
            head = 0
        }
    }

    /// Forgets everything; the next entry is the one after `position`.
    mutating func reset(to position: SnapshotPosition) {
        storage = []
        head = 0
        runs.removeAll()
        base = position
        durableIndex = position.index
        unwrittenFrom = nil
    }

    /// What the disk has not been given yet; it has afterwards.
    mutating func takeUnwritten() -> [LogEntry] {
        guard let from = unwrittenFrom else { return [] }
        unwrittenFrom = nil
        return entries(from: max(from, firstIndex), through: lastIndex)
    }

    /// The disk was given everything.
    mutating func didWriteAll() { unwrittenFrom = nil }

    mutating func entriesDidPersist(through index: LogIndex) {
        invariant(index <= lastIndex, "\(index) is durable, \(lastIndex) is last")
        durableIndex = max(durableIndex, index)
    }

    private mutating func note(_ entry: LogEntry) {
        invariant(entry.index == lastIndex.next, "append \(entry.index) after \(lastIndex)")
        invariant(entry.term >= lastTerm, "append \(entry.term) after \(lastTerm)")
        storage.append(entry)
        runs.append(entry.term, at: entry.index)
    }

    private func offset(of index: LogIndex) -> Int {
        invariant(
            index > base.index && index <= lastIndex,
            "\(index) of \(firstIndex) ... \(lastIndex)")
        return head + base.index.distance(to: index) - 1
    }
}
