import LogStorage
import Toolbox
import Vocabulary
import VirtualWorld

/// Makes up what replica groups write, one record after another, as Raft could want it.
struct RecordWriter: Sendable {
    private var random: SeededRandom
    private let groups: Int
    private var nextReplica: UInt64 = 100

    init(random: SeededRandom) {
        self.random = random
        groups = self.random.within(1...4)
    }

    /// The next records, of one group of which `groups` tells the state.
    mutating func next(
        after groups: SortedMap<ReplicaGroupID, RecoveredGroup>
    ) -> [WriteAheadLogRecord] {
        let id = ReplicaGroupID(UInt32(1 + random.below(self.groups)))
        guard let group = groups[id], group.replica != .none, random.below(40) > 0 else {
            return [create(id)]
        }
        let base = group.snapshot?.index ?? .zero
        let last = group.entries.last?.index ?? base
        switch random.below(14) {
        case 0, 1:
            let vote = random.chance(0.5) ? nil : NodeID(UInt16(random.below(3)))
            return [.hardState(id, term: group.term.next, vote: vote)]
        case 2, 3:
            guard last > base else { return [] }
            let index = base.advanced(by: 1 + random.below(base.distance(to: last)))
            let term = group.entries.first { $0.index == index }?.term ?? .zero
            return [snapshot(id, at: index, term: term)]
        case 4: return random.chance(0.2) ? arrive(id, group, behind: last) : []
        case 5:
            guard base > .zero else { return [] }
            return [.compacted(id, through: LogIndex(1 + random.below(base.rawValue)))]
        case 6: return random.chance(0.1) ? [.replicaRemoved(id)] : []
        default: return append(id, group, from: base, to: last)
        }
    }

    private mutating func create(_ id: ReplicaGroupID) -> WriteAheadLogRecord {
        nextReplica += 1
        return .replicaCreated(id, ReplicaID(nextReplica))
    }

    /// Of a state that was received.
    private mutating func arrive(
        _ id: ReplicaGroupID, _ group: RecoveredGroup, behind last: LogIndex
    ) -> [WriteAheadLogRecord] {
        let index = last.advanced(by: 1 + random.below(4))
        let term = group.term.next
        return [
            .hardState(id, term: term, vote: nil),
            snapshot(id, at: index, term: term),
        ]
    }

    private mutating func append(
        _ id: ReplicaGroupID, _ group: RecoveredGroup, from base: LogIndex, to last: LogIndex
    ) -> [WriteAheadLogRecord] {
        var records: [WriteAheadLogRecord] = []
        var term = max(group.term, group.entries.last?.term ?? .zero)
        let back = random.chance(0.2) ? random.below(base.distance(to: last) + 1) : 0
        if back > 0 || group.term == .zero {
            // Only a leader of a later term replaces anything.
            term = term.next
            records.append(.hardState(id, term: term, vote: nil))
        }
        let first = last.rawValue + 1 - UInt64(back)
        let count = UInt64(random.chance(0.1) ? random.within(5...40) : random.within(1...3))
        // One by one, so that no record is cut in two.
        for index in first..<first + count {
            let entry = LogEntry(
                index: LogIndex(index), term: term, kind: .command, payload: payload())
            records.append(.entries(id, [entry]))
        }
        return records
    }

    private mutating func payload() -> Bytes {
        let seed = random.next()
        let count = random.chance(0.1) ? random.below(300) : random.below(60)
        return Bytes(
            (0..<count).map { UInt8(truncatingIfNeeded: seed >> UInt64($0 % 8 * 8) &+ UInt64($0)) })
    }

    private func snapshot(
        _ id: ReplicaGroupID, at index: LogIndex, term: Term
    ) -> WriteAheadLogRecord {
        .snapshotInstalled(
            id, index: index, term: term, file: SnapshotFile.name(group: id, index: index))
    }
}
