import Toolbox
public import Vocabulary

/// One write-ahead log per node, for all replica groups.
///
/// Never opens a file: it emits directives on files named here, to be carried out in order. What
/// it emits through `flush` and recovery belongs on the log lane, what it emits through
/// `maintain` on the bulk lane.
///
/// - One flush is in flight at most, so every batch but the last is known to be durable.
/// - A batch is atomic: after a crash all of its records are there, or none.
/// - A segment gets its name only when its header and its first batch are durable, and everything
///   in the segments before it is.
/// - A segment goes only after a durable batch has said that recovery does not need it.
public struct WriteAheadLog: Sendable {
    /// Appended records that will share a batch.
    struct QueuedBatch: Sendable {
        let token: StorageToken
        var records: [WriteAheadLogRecord] = []
        var bytes = 0
    }

    /// A segment file.
    struct Segment: Hashable, Sendable {
        let sequence: UInt64
        let capacity: Int
        var name: FileName { SegmentNames.segment(sequence) }
    }

    struct Flight: Sendable {
        let token: StorageToken
        /// The last frame in it.
        let frame: UInt64
        let oldest: UInt64
    }

    let settings: LogStorageSettings
    /// With this life's incarnation.
    let identity: LogIdentity
    var ledgers: SortedMap<ReplicaGroupID, GroupLedger>
    /// Rising; the last one is written to.
    var segments: [Segment]
    /// Of the last segment.
    private var nonce: UInt64 = 0
    /// Where the next frame goes in the last segment.
    var offset: Int
    var position: ChainPosition
    /// The last frame that is known to be durable.
    var durableFrame: UInt64
    /// The last frame that bytes in the log say is durable.
    var confirmedFrame: UInt64
    /// Whether the current segment got a frame that no directive has synced.
    var hasUnsyncedFrame = false
    /// Segments below are not needed, durably.
    var released: UInt64
    var flight: Flight?
    var queue: [QueuedBatch] = []
    var nextToken: UInt64

    var spares: [FileName]
    var nextSpare: UInt64
    var upkeep: (token: StorageToken, spares: [FileName])?
    var nextUpkeepToken: UInt64 = 1

    /// Every record whose `append` answered this token or an earlier one is durable.
    public internal(set) var durableToken = StorageToken(.log, number: 0)

    /// This life's number: larger than that of any earlier life that left a log here.
    public var incarnation: Incarnation { identity.incarnation }

    /// Whether something waits for `flush`.
    public var hasQueued: Bool { !queue.isEmpty }
    /// Bytes that wait for `flush`; whoever appends bounds them.
    public var queuedBytes: Int { queue.reduce(0) { $0 + $1.bytes } }
    /// Whether a flush has not completed yet.
    public var isFlushing: Bool { flight != nil }

    // MARK: Appending

    /// Queues `record`.
    ///
    /// - Returns: the token whose completion means that the record is durable.
    @discardableResult
    public mutating func append(_ record: WriteAheadLogRecord) -> StorageToken {
        guard case .entries(let group, let entries) = record,
            Self.bytes(of: record) > settings.batchBytesMaximum, entries.count > 1
        else { return enqueue(record, bytes: Self.bytes(of: record)) }

        // Too much for one batch: piece by piece, each a record of its own.
        var token = durableToken
        for piece in entries.pieces(of: settings.batchBytesMaximum) {
            let record = WriteAheadLogRecord.entries(group, Array(piece))
            token = enqueue(record, bytes: Self.bytes(of: record))
        }
        return token
    }

    @discardableResult
    private mutating func enqueue(_ record: WriteAheadLogRecord, bytes: Int) -> StorageToken {
        let needsBatch =
            queue.last.map { $0.bytes + bytes > settings.batchBytesMaximum } ?? true
        if needsBatch {
            queue.append(QueuedBatch(token: StorageToken(.log, number: nextToken)))
            nextToken += 1
        }
        let last = queue.count - 1
        queue[last].records.append(record)
        queue[last].bytes += bytes
        return queue[last].token
    }

    /// An upper bound of the bytes that `record` takes in a batch.
    private static func bytes(of record: WriteAheadLogRecord) -> Int {
        guard case .entries(_, let entries) = record else { return StoredRecord.overheadBytes }
        return StoredRecord.bytesMaximum(of: entries)
    }

    // MARK: Flushing

    /// Writes and syncs one batch of what is queued.
    ///
    /// - Returns: the token that reports its end; nil if nothing is queued or a flush is in flight.
    public mutating func flush(into directives: inout [StorageDirective]) -> StorageToken? {
        guard flight == nil, !queue.isEmpty else { return nil }
        let batch = queue.removeFirst()
        let bytes = Frame.paddedBytes(ofPayload: batch.bytes)
        let current = segments[segments.count - 1]
        let oldest: UInt64
        if offset + bytes <= current.capacity {
            var writer = ByteWriter(reserving: bytes)
            oldest = writeBatch(batch.records, at: offset, into: &writer)
            let written = writer.take()
            directives.append(.write(current.name, offset: offset, written))
            directives.append(.synchronize(current.name))
            offset += written.count
        } else {
            oldest = rotate(to: batch, bytes: bytes, into: &directives)
        }
        hasUnsyncedFrame = false
        directives.append(.complete(batch.token))
        flight = Flight(token: batch.token, frame: position.next - 1, oldest: oldest)
        return batch.token
    }

    /// Tells that the directives before `token` are done.
    public mutating func didComplete(_ token: StorageToken) {
        switch token.purpose {
        case .log:
            guard let flight else { unreachable("\(token) completed, nothing in flight") }
            invariant(flight.token == token, "\(token) completed, \(flight.token) in flight")
            self.flight = nil
            durableFrame = flight.frame
            durableToken = token
            released = max(released, flight.oldest)
        case .upkeep:
            guard let upkeep else { unreachable("\(token) completed, no upkeep under way") }
            invariant(upkeep.token == token, "\(token) completed, \(upkeep.token) under way")
            spares += upkeep.spares
            self.upkeep = nil
        case .snapshot:
            unreachable("\(token) is not the log's")
        }
    }

    /// Writes, without a sync, that everything so far is durable.
    ///
    /// From then on damage of the last batch is told from a torn tail. Cheap; to be called when the
    /// log has been idle for a while, and at the end of a graceful stop. Does nothing if there is
    /// nothing to say.
    public mutating func confirm(into directives: inout [StorageDirective]) {
        guard flight == nil, queue.isEmpty, durableFrame > confirmedFrame else { return }
        let current = segments[segments.count - 1]
        guard offset + Frame.paddedBytes(ofPayload: StoredRecord.overheadBytes) <= current.capacity
        else { return }
        var writer = ByteWriter()
        writeFrame([.confirmation], at: offset, oldest: released, into: &writer)
        let written = writer.take()
        directives.append(.write(current.name, offset: offset, written))
        offset += written.count
        hasUnsyncedFrame = true
    }

    /// Applies and writes the records of one batch; answers the oldest segment it declares needed.
    private mutating func writeBatch(
        _ records: [WriteAheadLogRecord], at fileOffset: Int, into writer: inout ByteWriter
    ) -> UInt64 {
        let segment = segments[segments.count - 1].sequence
        let place = RecordPlace(segment: segment, frame: position.next)
        var stored: [StoredRecord] = []
        stored.reserveCapacity(records.count)
        for record in records {
            let kept = ledgers[record.group, default: GroupLedger()].apply(record, at: place)
            if let kept { stored.append(kept) }
            if case .replicaRemoved(let group) = record { ledgers[group] = nil }
        }
        if stored.isEmpty { stored.append(.confirmation) }
        let oldest = oldestNeeded(orElse: segment)
        writeFrame(stored, at: fileOffset, oldest: oldest, into: &writer)
        return oldest
    }

    mutating func writeFrame(
        _ records: [StoredRecord], at fileOffset: Int, oldest: UInt64, into writer: inout ByteWriter
    ) {
        let preamble = Frame.Preamble(
            sequence: position.next, durable: durableFrame, oldest: oldest, previous: position.hash)
        position.hash = Frame.write(
            preamble, records: records, nonce: nonce, fileOffset: fileOffset, into: &writer)
        position.next += 1
        confirmedFrame = durableFrame
    }

    // MARK: Rotating

    /// Goes on in a new segment, which `batch` begins.
    private mutating func rotate(
        to batch: QueuedBatch, bytes: Int, into directives: inout [StorageDirective]
    ) -> UInt64 {
        if hasUnsyncedFrame {
            directives.append(.synchronize(segments[segments.count - 1].name))
        }
        let (header, headerBytes) = nextHeader(framesBornWith: 1, bytes: bytes, groups: summaries)
        let spare = takeSpare(bytes: header.capacity, into: &directives)
        goOn(in: header)
        var writer = ByteWriter(reserving: headerBytes.count + bytes)
        writer.writeRaw(headerBytes)
        let oldest = writeBatch(batch.records, at: headerBytes.count, into: &writer)
        // The header vouches for the frame that was born with it.
        confirmedFrame = position.next - 1
        offset = writer.count
        appendBirth(of: header.sequence, from: spare, bytes: writer.take(), into: &directives)
        return oldest
    }

    /// Writes a segment under its spare name, then names it: its content is durable before that.
    func appendBirth(
        of sequence: UInt64, from spare: FileName, bytes: Bytes,
        into directives: inout [StorageDirective]
    ) {
        let name = SegmentNames.segment(sequence)
        #if PLANTED_FAULTS
            if settings.plantedFault == .segmentNameBeforeSync {
                directives.append(.rename(spare, to: name))
                directives.append(.synchronizeDirectory)
                directives.append(.write(name, offset: 0, bytes))
                directives.append(.synchronize(name))
                return
            }
        #endif
        directives.append(.write(spare, offset: 0, bytes))
        directives.append(.synchronize(spare))
        directives.append(.rename(spare, to: name))
        directives.append(.synchronizeDirectory)
    }

    /// The header of the next segment, grown beyond `segmentBytes` if its first frames need that.
    ///
    /// - Parameter bytes: of those frames.
    func nextHeader(
        framesBornWith frames: Int, bytes: Int, groups: SortedMap<ReplicaGroupID, GroupSummary>
    ) -> (header: SegmentHeader, bytes: Bytes) {
        let sequence = (segments.last?.sequence ?? 0) + 1
        let place = SegmentHeader.Place(
            position: position, oldest: oldestNeeded(orElse: sequence), framesBornWith: frames)
        var capacity = settings.segmentBytes
        while true {
            var header = SegmentHeader(
                identity: identity, sequence: sequence, capacity: capacity, place: place,
                groups: groups)
            #if PLANTED_FAULTS
                if settings.plantedFault == .checksumNotSeeded { header.leaveUnseeded() }
            #endif
            var writer = ByteWriter(reserving: 4_096)
            let headerBytes = header.write(into: &writer)
            if headerBytes + bytes <= capacity { return (header, writer.take()) }
            // Rare: very many groups, or an entry beyond every bound.
            capacity = (headerBytes + bytes + 511) & ~511
        }
    }

    var summaries: SortedMap<ReplicaGroupID, GroupSummary> {
        var summaries = SortedMap<ReplicaGroupID, GroupSummary>()
        for (group, ledger) in ledgers { summaries[group] = ledger.summary }
        return summaries
    }

    mutating func goOn(in header: SegmentHeader) {
        segments.append(Segment(sequence: header.sequence, capacity: header.capacity))
        nonce = header.nonce
    }

    /// A spare file of at least `bytes`, made at once if there is none.
    mutating func takeSpare(
        bytes: Int, into directives: inout [StorageDirective]
    ) -> FileName {
        if bytes == settings.segmentBytes, !spares.isEmpty { return spares.removeFirst() }
        let spare = makeSpareName()
        directives.append(.create(spare, zeroFilledBytes: bytes))
        return spare
    }

    mutating func makeSpareName() -> FileName {
        defer { nextSpare += 1 }
        return SegmentNames.spare(nextSpare)
    }
}
