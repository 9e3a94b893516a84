import LogStorage
import Testing
import Toolbox
import Vocabulary

/// What one copy of a group held after each of its records: its log as Raft would have it.
private struct CopyHistory {
    struct State {
        var replica = ReplicaID.none
        var log: [LogEntry] = []
        var snapshot: SnapshotReference?
    }
    var states: [State] = [State()]
    var ids: [ReplicaID] = [.none]

    var last: State { states[states.count - 1] }

    mutating func apply(_ record: WriteAheadLogRecord) {
        var state = last
        switch record {
        case .entries(_, let entries):
            state.log.removeAll { $0.index >= entries[0].index }
            state.log += entries
        case .snapshotInstalled(_, let index, let term, let file):
            let keeps = state.log.contains { $0.index == index && $0.term == term }
            if !keeps { state.log = [] }
            state.snapshot = SnapshotReference(index: index, term: term, file: file)
        case .replicaCreated(_, let replica):
            state = State(replica: replica)
            ids.append(replica)
        case .replicaRemoved: state = State()
        case .hardState, .compacted: break
        }
        states.append(state)
    }

    /// Whether a learner may begin with `group`: it is what the copy was at some time.
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

/// A history of several groups over several segments, all of it acknowledged.
private struct WrittenLog {
    var random: SeededRandom
    var disk: LoggedDisk
    var model = LogModel()
    var histories = SortedMap<ReplicaGroupID, CopyHistory>()
    var nextID: UInt64 = 100
    private var token: UInt64 = 0

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        disk = try LoggedDisk(settings: smallSettings(batchBytes: 2_048))
        let groups = 2 + random.below(5)
        for _ in 0..<60 + random.below(120) {
            append(ReplicaGroupID(UInt32(1 + random.below(groups))))
            if random.below(3) > 0 { disk.flushAll() }
            if random.below(30) == 0 { disk.maintain() }
            if random.below(60) == 0 {
                disk.flushAll()
                disk = try disk.restarted()
            }
        }
        disk.flushAll()
        // Where the segment has no room for it, there is no confirmation.
        while !isConfirmed {
            append(.hardState(g1, term: (model.groups[g1]?.term ?? .zero).next, vote: nil))
            disk.flushAll()
        }
    }

    private var isConfirmed: Bool {
        mutating get {
            let before = disk.end(of: disk.newestSegment)
            disk.confirm()
            return disk.end(of: disk.newestSegment) > before
        }
    }

    private mutating func append(_ id: ReplicaGroupID) {
        let group = model.groups[id] ?? RecoveredGroup()
        if group.replica == .none || random.below(60) == 0 {
            nextID += 1
            return append(.replicaCreated(id, ReplicaID(nextID)))
        }
        let base = group.snapshot?.index ?? .zero
        let last = group.entries.last?.index ?? base
        switch random.below(14) {
        case 0, 1:
            append(.hardState(id, term: group.term.next, vote: NodeID(2)))
        case 2, 3:
            guard last > base else { return }
            let index = base.advanced(by: 1 + random.below(base.distance(to: last)))
            let term = group.entries.first { $0.index == index }?.term ?? .zero
            append(snapshot(id, at: index.rawValue, term: term.rawValue))
        case 4:
            guard random.below(5) == 0 else { return }
            append(.hardState(id, term: group.term.next, vote: nil))
            append(
                snapshot(
                    id, at: last.rawValue + 1 + UInt64(random.below(4)),
                    term: group.term.rawValue + 1))
        case 5: if random.below(8) == 0 { append(.replicaRemoved(id)) }
        default:
            var term = group.term
            let back = random.below(5) == 0 ? random.below(base.distance(to: last) + 1) : 0
            if back > 0 {
                // Only a leader of a later term replaces anything.
                term = term.next
                append(.hardState(id, term: term, vote: nil))
            }
            let first = last.rawValue + 1 - UInt64(back)
            let count = UInt64(1 + random.below(4))
            append(
                .entries(
                    id,
                    entries(
                        first...first + count - 1, term: term.rawValue, bytes: random.below(90))))
        }
    }

    private mutating func append(_ record: WriteAheadLogRecord) {
        disk.log.append(record)
        token += 1
        model.append(record, token: StorageToken(.log, number: token))
        histories[record.group, default: CopyHistory()].apply(record)
    }
}

@Suite("Whatever is damaged, what is said to be whole is whole, and what is saved was once so")
struct SalvageTests {
    private func damage(
        _ disk: inout LoggedDisk, _ random: inout SeededRandom
    ) -> SortedMap<FileName, ReadFailure> {
        var unreadable = SortedMap<FileName, ReadFailure>()
        let confirmed = disk.end(of: disk.newestSegment) / 8 * 8 - 48
        for _ in 0...random.below(2) {
            let names = disk.segments
            let name = names[random.below(names.count)]
            // Nothing vouches for the last confirmation, and it vouches for what is before it.
            let isNewest = name == names[names.count - 1]
            let count = disk.disk.content[name]?.count ?? 0
            let size = isNewest ? min(confirmed, count) : count
            guard size > 0 else { continue }
            let start = random.below(size)
            let length = min(1 + random.below(700), size - start)
            switch random.below(7) {
            case 0, 1: disk.flip(name, at: start, bit: UInt8(random.below(8)))
            case 2: disk.disk.tamper(name) { $0.removeLast(min($0.count, random.below(2_000))) }
            case 3 where !isNewest:
                disk.disk.perform(all: [.remove(name)])
            case 4:
                let other = disk.disk.content[names[random.below(names.count)]]?.array ?? []
                disk.disk.tamper(name) { $0 = other }
            case 5:
                unreadable[name] = ReadFailure(offset: start & ~511, code: 5)
                disk.disk.tamper(name) { file in
                    for index in (start & ~511)..<min(file.count, (start & ~511) + 512) {
                        file[index] = 0
                    }
                }
            default:
                disk.disk.tamper(name) { file in
                    for index in start..<min(file.count, start + length) { file[index] = 0 }
                }
            }
        }
        return unreadable
    }

    /// Answers whether any damage was reported.
    private func check(_ written: WrittenLog, _ random: inout SeededRandom) throws -> Bool {
        var disk = written.disk
        let unreadable = damage(&disk, &random)
        let again = try disk.restarted(unreadable: unreadable, seed: random.next())
        let affected = again.affected
        let model = written.model.groups.essence
        guard !again.recovery.damage.isEmpty else {
            // At the very end nothing vouches for what was lost there.
            for (id, group) in again.recovery.groups {
                #expect(written.histories[id]?.allows(group) ?? false)
            }
            return false
        }
        for (id, group) in again.recovery.groups {
            guard affected.contains(id) else {
                let isWhole = group == model[id]
                #expect(isWhole, "\(id) is said to be whole")
                continue
            }
            let history = written.histories[id] ?? CopyHistory()
            #expect(!history.ids.contains(group.replica))
            #expect(group.vote == nil)
            #expect(history.allows(group), "\(id) was never so")
            #expect((group.entries.last?.term ?? .zero) <= group.term)
        }
        #expect(affected.allSatisfy { again.recovery.groups[$0] != nil })
        let next = try again.restarted()
        #expect(next.recovery.damage.isEmpty)
        #expect(next.recovery.groups.essence == again.recovery.groups.essence)
        return true
    }

    @Test(arguments: 0..<8) func anyDamageToAnyHistory(block: UInt64) throws {
        var reported = 0
        for seed in block * 6..<(block + 1) * 6 {
            let written = try WrittenLog(seed: seed)
            var random = SeededRandom(seed: seed).stream(9)
            for _ in 0..<60 where try check(written, &random) { reported += 1 }
        }
        #expect(reported > 150)
    }
}
