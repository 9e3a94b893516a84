public import Toolbox
public import Vocabulary

/// What recovery found, and what must be done before the node takes part.
public struct Recovery: Sendable {
    /// A last batch that was being written when the node stopped; cut off.
    public struct TornTail: Hashable, Sendable {
        public let segment: FileName
        public let offset: Int
    }

    /// Takes appends at once; flushes only after `token` has been completed.
    public let log: WriteAheadLog
    public let groups: SortedMap<ReplicaGroupID, RecoveredGroup>
    /// To be carried out on the log lane, before anything else and before the node answers anyone.
    public let directives: [StorageDirective]
    /// Ends `directives`.
    public let token: StorageToken
    /// Whether there was no log.
    public let isNew: Bool
    public let tornTail: TornTail?
}

extension WriteAheadLog {
    /// Reads what the files of a data directory say.
    ///
    /// - Parameter files: the bytes of each file for which `SegmentNames.isLogFile` holds. Others
    ///   are not looked at, but for one thing: snapshots without a log are refused.
    /// - Throws: why the node must not start with these files.
    public static func recover(
        from files: SortedMap<FileName, Bytes>, identity: LogIdentity, settings: LogStorageSettings
    ) throws(LogStorageFailure) -> Recovery {
        invariant(
            identity.incarnation.rawValue < LogLimits.numbersEnd,
            "incarnation \(identity.incarnation) would not be read back")
        try settings.validate()
        var sequences: [UInt64] = []
        for name in files.keys {
            if let sequence = SegmentNames.sequence(ofSegment: name) { sequences.append(sequence) }
        }
        guard let newest = sequences.last else {
            guard !files.keys.contains(where: { SnapshotFile.identify($0) != nil }) else {
                throw .missingSegment(SegmentNames.segment(1))
            }
            return begin(files: files, identity: identity, settings: settings)
        }
        var reader = LogReader(files: files, identity: identity, settings: settings)
        try reader.read(newest: newest)
        return try resume(reader, sequences: sequences)
    }

    /// A log in an empty directory.
    private static func begin(
        files: SortedMap<FileName, Bytes>, identity: LogIdentity, settings: LogStorageSettings
    ) -> Recovery {
        var log = WriteAheadLog(settings: settings, identity: identity, position: .start)
        var directives: [StorageDirective] = []
        log.adoptSpares(of: files, into: &directives)
        let token = log.beginSegment(tail: [], groups: SortedMap(), into: &directives)
        return Recovery(
            log: log, groups: SortedMap(), directives: directives, token: token, isNew: true,
            tornTail: nil)
    }

    /// Goes on with the log that `reader` has read.
    private static func resume(
        _ reader: LogReader, sequences: [UInt64]
    ) throws(LogStorageFailure) -> Recovery {
        let newest = reader.newest
        let incarnation = max(
            reader.identity.incarnation,
            Incarnation(newest.header.identity.incarnation.rawValue + 1))
        let identity = LogIdentity(
            cluster: reader.identity.cluster, node: reader.identity.node, incarnation: incarnation)
        var log = WriteAheadLog(
            settings: reader.settings, identity: identity, position: newest.durablePosition)
        log.segments = sequences.map { sequence in
            let bytes = reader.files[SegmentNames.segment(sequence)]?.count ?? 0
            return Segment(sequence: sequence, capacity: bytes)
        }
        let history = try reader.replay(tailInto: newest.header.sequence + 1)
        log.ledgers = history.ledgers
        var directives = reader.cut
        log.adoptSpares(of: reader.files, into: &directives)
        let token = log.beginSegment(
            tail: history.tail, groups: history.summariesBeforeTail, into: &directives)
        return Recovery(
            log: log, groups: history.groups, directives: directives, token: token, isNew: false,
            tornTail: reader.tornTail)
    }

    private init(
        settings: LogStorageSettings, identity: LogIdentity, position: ChainPosition
    ) {
        self.settings = settings
        self.identity = identity
        ledgers = SortedMap()
        segments = []
        self.position = position
        offset = 0
        durableFrame = position.next - 1
        confirmedFrame = durableFrame
        released = 0
        nextToken = 1
        spares = []
        nextSpare = 1
    }

    /// Keeps spares of the right size, removes the others.
    private mutating func adoptSpares(
        of files: SortedMap<FileName, Bytes>, into directives: inout [StorageDirective]
    ) {
        for (name, bytes) in files {
            guard let number = SegmentNames.number(ofSpare: name) else { continue }
            nextSpare = max(nextSpare, number &+ 1)
            if bytes.count == settings.segmentBytes, spares.count < max(1, settings.spareSegments) {
                spares.append(name)
            } else {
                directives.append(.remove(name))
            }
        }
    }

    /// Begins this life's first segment with `tail`: the frames that were found but may never have
    /// been synced. Afterwards the whole log is durable, whatever the kernel had kept in memory.
    ///
    /// - Parameter groups: their state before the tail; the ledgers are those after it.
    private mutating func beginSegment(
        tail: [LogHistory.Batch], groups: SortedMap<ReplicaGroupID, GroupSummary>,
        into directives: inout [StorageDirective]
    ) -> StorageToken {
        let bytes = tail.reduce(0) { $0 + Frame.paddedBytes(ofPayload: $1.payloadBytes) }
        let (header, headerBytes) = nextHeader(
            framesBornWith: tail.count, bytes: bytes, groups: groups)
        let spare = takeSpare(bytes: header.capacity, into: &directives)
        goOn(in: header)
        var writer = ByteWriter(reserving: headerBytes.count + bytes)
        writer.writeRaw(headerBytes)
        for batch in tail {
            writeFrame(batch.records, at: writer.count, oldest: header.oldest, into: &writer)
        }
        offset = writer.count
        appendBirth(of: header.sequence, from: spare, bytes: writer.take(), into: &directives)

        let token = StorageToken(.log, number: nextToken)
        nextToken += 1
        directives.append(.complete(token))
        flight = Flight(token: token, frame: position.next - 1, oldest: header.oldest)
        confirmedFrame = position.next - 1
        return token
    }
}
