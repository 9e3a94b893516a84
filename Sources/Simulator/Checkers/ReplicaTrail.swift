import Raft
import Toolbox
import Vocabulary

/// What one replica's log looked like when it was last seen: a hash per entry, rolled up from the
/// first, so that two logs are compared at one index and by one number.
struct ReplicaTrail: Sendable {
    /// The index before the first mark.
    private(set) var base = LogIndex.zero
    private var marks: [EntryMark] = []
    private var basePrefix: UInt64 = 0
    let copy: ReplicaID
    var lastSeen: Term?
    var role = RaftRole.follower
    var term = Term.zero
    var commit = LogIndex.zero
    var applied = LogIndex.zero

    init(copy: ReplicaID) { self.copy = copy }

    var last: LogIndex { base.advanced(by: marks.count) }

    func mark(at index: LogIndex) -> EntryMark? {
        guard index > base, index <= last else { return nil }
        return marks[base.distance(to: index) - 1]
    }

    /// A new process: what it promised in memory is gone, what it had in its log need not be.
    mutating func forgetProcess() {
        lastSeen = nil
        role = .follower
        // What a message said of terms may not have reached the disk.
        term = .zero
        commit = .zero
        applied = .zero
    }

    /// Whether nothing that is remembered here changed.
    func isCurrent(_ replica: some ObservedReplica) -> Bool {
        replica.commitIndex == commit && replica.appliedIndex == applied
            && replica.lastIndex == last && replica.lastTerm == lastSeen
            && replica.role == role && replica.term == term
    }

    /// Looks at what changed in `replica`'s log.
    ///
    /// - Parameter known: the prefix hash that anybody's log had at an index and term; for replicas
    ///   that begin with a snapshot.
    /// - Returns: the first index that is new here; nil if nothing is.
    mutating func follow(
        _ replica: some ObservedReplica, known: (LogIndex, Term) -> UInt64?
    ) -> LogIndex? {
        if replica.lastIndex == last, replica.lastTerm == lastSeen { return nil }
        lastSeen = replica.lastTerm
        let beforeFirst = LogIndex(replica.firstIndex.rawValue - 1)
        if beforeFirst > last || beforeFirst < base || !agrees(replica, at: beforeFirst) {
            rebase(at: beforeFirst, term: replica.term(at: beforeFirst), known)
        }
        var index = min(last, replica.lastIndex)
        while index > beforeFirst, !agreesOnEntry(replica, at: index) { index = index.previous }
        index = max(index, beforeFirst)
        marks.removeLast(last.rawValue > index.rawValue ? Int(last.rawValue - index.rawValue) : 0)
        let firstNew = index.next
        if firstNew <= replica.lastIndex {
            for entry in replica.entries(from: firstNew, through: replica.lastIndex) {
                append(entry)
            }
        }
        return firstNew <= replica.lastIndex ? firstNew : nil
    }

    private mutating func append(_ entry: LogEntry) {
        let hash = Self.hash(of: entry)
        let before = marks.last?.prefix ?? basePrefix
        marks.append(
            EntryMark(term: entry.term, hash: hash, prefix: Self.roll(before, hash)))
    }

    private mutating func rebase(
        at index: LogIndex, term: Term?, _ known: (LogIndex, Term) -> UInt64?
    ) {
        base = index
        marks = []
        basePrefix = term.flatMap { known(index, $0) } ?? 0
    }

    private func agrees(_ replica: some ObservedReplica, at index: LogIndex) -> Bool {
        guard let mark = mark(at: index) else { return index == base }
        return replica.term(at: index) == mark.term
    }

    private func agreesOnEntry(_ replica: some ObservedReplica, at index: LogIndex) -> Bool {
        guard let mark = mark(at: index), replica.term(at: index) == mark.term else { return false }
        guard index >= replica.firstIndex else { return true }
        let entries = replica.entries(from: index, through: index)
        return entries.first.map { Self.hash(of: $0) } == mark.hash
    }

    static func hash(of entry: LogEntry) -> UInt64 {
        XXH64.hash(
            entry.payload,
            seed: entry.index.rawValue &* 0x9E37_79B9_7F4A_7C15
                ^ entry.term.rawValue << 8 ^ UInt64(entry.kind.rawValue))
    }

    static func roll(_ prefix: UInt64, _ hash: UInt64) -> UInt64 {
        var mixed = (prefix ^ hash) &* 0x9FB2_1C65_1E98_DF25
        mixed ^= mixed >> 32
        return mixed &* 0xD6E8_FEB8_6659_FD93 &+ prefix
    }
}
