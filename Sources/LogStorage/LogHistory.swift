import Toolbox
import Vocabulary

/// What the pieces of a log add up to.
struct LogHistory {
    struct Batch {
        let records: [StoredRecord]
        let payloadBytes: Int
    }

    private(set) var groups = SortedMap<ReplicaGroupID, RecoveredGroup>()
    private(set) var ledgers = SortedMap<ReplicaGroupID, GroupLedger>()
    private(set) var affected = SortedMap<ReplicaGroupID, ReplayedGroup>()
    /// Empty for a log that is what was written.
    private(set) var damage: [LogDamage]
    /// The last batches, those that may never have been synced.
    private(set) var tail: [Batch] = []
    private var ledgersBeforeTail: SortedMap<ReplicaGroupID, GroupLedger>?
    private var replay: Replay

    /// - Parameter segment: where the batches that may never have been synced are written again.
    init(of reader: LogReader, tailInto segment: UInt64) {
        damage = reader.damage
        replay = Replay(settings: reader.settings)
        let durable = reader.newest.durableFrame
        for piece in reader.pieces {
            switch piece {
            case .header(let header): replay.meet(header.groups)
            case .hole(let number): replay.meet(hole: number)
            case .frame(let frame, let home):
                let isTail = frame.sequence > durable
                if isTail { ledgersBeforeTail = ledgersBeforeTail ?? replay.ledgers }
                let records = apply(frame, of: home, at: isTail ? segment : home)
                if isTail {
                    tail.append(Batch(records: records, payloadBytes: frame.payload.count))
                }
            }
        }
        finish(at: reader.newest.name)
    }

    private mutating func apply(
        _ frame: Frame, of home: UInt64, at segment: UInt64
    ) -> [StoredRecord] {
        do throws(DecodeFailure) {
            let records = try frame.records()
            let place = RecordPlace(segment: segment, frame: frame.sequence)
            for record in records {
                guard let objection = replay.apply(record, at: place) else { continue }
                note(objection, frame, home)
                _ = replay.apply(record, at: place)
            }
            return records
        } catch {
            note("\(error)", frame, home)
            return []
        }
    }

    /// A frame that is whole and says what cannot be.
    private mutating func note(_ objection: String, _ frame: Frame, _ home: UInt64) {
        damage.append(
            LogDamage(SegmentNames.segment(home), offset: frame.offset, objection))
        replay.meet(hole: damage.count - 1)
    }

    private mutating func finish(at newest: FileName) {
        let before = ledgersBeforeTail ?? replay.ledgers
        ledgersBeforeTail = before
        let outcome = replay.finish()
        for (group, whole) in outcome.whole {
            groups[group] = whole.group
            ledgers[group] = whole.ledger
        }
        affected = outcome.affected
        for (group, state) in affected {
            if state.hole == nil, damage.isEmpty {
                damage.append(LogDamage(newest, offset: 0, "entries of \(group) are missing"))
            }
            damage[state.hole ?? damage.count - 1].affected.append(group)
        }
    }

    var summariesBeforeTail: SortedMap<ReplicaGroupID, GroupSummary> {
        var summaries = SortedMap<ReplicaGroupID, GroupSummary>()
        for (group, ledger) in ledgersBeforeTail ?? SortedMap() {
            summaries[group] = ledger.summary
        }
        return summaries
    }
}
