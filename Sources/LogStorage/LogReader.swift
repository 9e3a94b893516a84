import Toolbox
import Vocabulary

/// Reads the segments of a data directory, newest first, and tells a torn tail from damage.
struct LogReader {
    let files: SortedMap<FileName, Bytes>
    let identity: LogIdentity
    let settings: LogStorageSettings
    /// From the newest down to the oldest that is needed.
    private var scans: [SegmentScan] = []
    /// What makes the torn tail unreadable for ever.
    private(set) var cut: [StorageDirective] = []
    private(set) var tornTail: Recovery.TornTail?

    init(
        files: SortedMap<FileName, Bytes>, identity: LogIdentity, settings: LogStorageSettings
    ) {
        self.files = files
        self.identity = identity
        self.settings = settings
    }

    var newest: SegmentScan { scans[0] }

    mutating func read(newest sequence: UInt64) throws(LogStorageFailure) {
        let newest = try scan(sequence, before: .max)
        let behindEnd = newest.framesBehindEnd()
        if newest.provesDamage(behindEnd), !takesDamageForTornTail {
            throw .damaged(
                segment: newest.name, offset: newest.end,
                what: "frame \(newest.position.next) was acknowledged and cannot be read")
        }
        try cutTail(of: newest, behindEnd: behindEnd)
        scans = [newest]

        let oldest = newest.oldest
        guard oldest <= sequence, newest.header.sequence == sequence else {
            throw .damaged(
                segment: newest.name, offset: 0, what: "segment \(oldest) is still to come")
        }
        var next = sequence
        while next > oldest {
            next -= 1
            scans.append(try read(next, before: scans[scans.count - 1].header))
        }
    }

    /// Everything in a segment was durable before the next one got its name.
    private func read(
        _ sequence: UInt64, before next: SegmentHeader
    ) throws(LogStorageFailure) -> SegmentScan {
        let scan = try scan(sequence, before: next.firstFrame)
        guard scan.position.next == next.firstFrame else {
            throw .damaged(
                segment: scan.name, offset: scan.end,
                what: "frame \(scan.position.next) was acknowledged and cannot be read")
        }
        guard scan.position.hash == next.chain else {
            throw .damaged(
                segment: scan.name, offset: scan.frames.last?.offset ?? 0,
                what: "not what segment \(next.sequence) follows")
        }
        return scan
    }

    private func scan(
        _ sequence: UInt64, before limit: UInt64
    ) throws(LogStorageFailure) -> SegmentScan {
        let name = SegmentNames.segment(sequence)
        guard let file = files[name] else { throw .missingSegment(name) }
        return try SegmentScan.read(file, name: name, of: identity, before: limit)
    }

    /// Zeros over what was being written when the node stopped.
    ///
    /// In a recycled segment old bytes lie behind the end: those are zeroed too, but are no tail.
    private mutating func cutTail(
        of scan: SegmentScan, behindEnd: [Frame]
    ) throws(LogStorageFailure) {
        let end = max(
            Frame.claimedEnd(in: scan.file, at: scan.end), behindEnd.last?.end ?? scan.end)
        let region = scan.file.slice(scan.end..<end)
        guard region.withUnsafeBytes({ $0.contains { $0 != 0 } }) else { return }
        let zeros = Bytes([UInt8](repeating: 0, count: region.count))
        cut = [.write(scan.name, offset: scan.end, zeros), .synchronize(scan.name)]
        let claimed = Frame.claimedSequence(in: scan.file, at: scan.end)
        guard claimed == scan.position.next || !behindEnd.isEmpty else { return }
        tornTail = Recovery.TornTail(segment: scan.name, offset: scan.end)
        if takesTornTailForDamage {
            throw .damaged(segment: scan.name, offset: scan.end, what: "a frame is torn")
        }
    }

    private var takesDamageForTornTail: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .damageTakenForTornTail
        #else
            false
        #endif
    }

    private var takesTornTailForDamage: Bool {
        #if PLANTED_FAULTS
            settings.plantedFault == .tornTailTakenForDamage
        #else
            false
        #endif
    }

    // MARK: Replaying

    /// Carries out all records that were read.
    ///
    /// - Parameter segment: where the batches that may never have been synced are written again.
    func replay(tailInto segment: UInt64) throws(LogStorageFailure) -> LogHistory {
        var replay = Replay(from: scans[scans.count - 1].header.groups)
        let durable = newest.durableFrame
        var beforeTail: SortedMap<ReplicaGroupID, GroupLedger>?
        var tail: [LogHistory.Batch] = []
        for scan in scans.reversed() {
            for frame in scan.frames {
                let records = try Self.records(of: frame, in: scan)
                let isTail = frame.sequence > durable
                if isTail {
                    beforeTail = beforeTail ?? replay.ledgers
                    tail.append(
                        LogHistory.Batch(records: records, payloadBytes: frame.payload.count))
                }
                for record in records {
                    let home = isTail ? segment : scan.header.sequence
                    if let objection = replay.apply(record, in: home) {
                        throw .damaged(segment: scan.name, offset: frame.offset, what: objection)
                    }
                }
            }
        }
        let before = beforeTail ?? replay.ledgers
        let groups = try replay.finish()
        return LogHistory(
            groups: groups, ledgers: replay.ledgers, ledgersBeforeTail: before, tail: tail)
    }

    private static func records(
        of frame: Frame, in scan: SegmentScan
    ) throws(LogStorageFailure) -> [StoredRecord] {
        do {
            return try frame.records()
        } catch {
            throw .damaged(segment: scan.name, offset: frame.offset, what: "\(error)")
        }
    }
}

/// What the batches of a log add up to.
struct LogHistory {
    struct Batch {
        let records: [StoredRecord]
        let payloadBytes: Int
    }

    let groups: SortedMap<ReplicaGroupID, RecoveredGroup>
    let ledgers: SortedMap<ReplicaGroupID, GroupLedger>
    fileprivate let ledgersBeforeTail: SortedMap<ReplicaGroupID, GroupLedger>
    /// The last batches, those that may never have been synced.
    let tail: [Batch]

    var summariesBeforeTail: SortedMap<ReplicaGroupID, GroupSummary> {
        var summaries = SortedMap<ReplicaGroupID, GroupSummary>()
        for (group, ledger) in ledgersBeforeTail { summaries[group] = ledger.summary }
        return summaries
    }
}
