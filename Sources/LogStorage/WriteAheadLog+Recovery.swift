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
    public internal(set) var log: WriteAheadLog
    public internal(set) var groups: SortedMap<ReplicaGroupID, RecoveredGroup>
    /// To be carried out on the log lane, before anything else and before the node answers anyone.
    public let directives: [StorageDirective]
    /// Ends `directives`.
    public let token: StorageToken
    /// Whether there was no log.
    public let isNew: Bool
    public let tornTail: TornTail?
    /// Damage that was found, and the groups that go on as new copies for it.
    public internal(set) var damage: [LogDamage]
}

extension WriteAheadLog {
    /// Reads what the files of a data directory say.
    ///
    /// Damage stops nothing: it is reported, with the groups that it may have made forget
    /// something. Each of these comes back under a new id, with a log that a learner may begin
    /// with. The damaged segments are set aside.
    ///
    /// - Parameters:
    ///   - stored: with the bytes of all those for which `SegmentNames.isLogFile` holds. Of others
    ///     only the names count: snapshots without a log are refused.
    ///   - random: for the ids of new copies; not to be used for anything else.
    /// - Throws: why the node must not start with these files.
    public static func recover(
        from stored: StoredFiles, identity: LogIdentity, settings: LogStorageSettings,
        random: SeededRandom
    ) throws(LogStorageFailure) -> Recovery {
        invariant(
            identity.incarnation.rawValue < LogLimits.numbersEnd,
            "incarnation \(identity.incarnation) would not be read back")
        try settings.validate()
        let files = stored.contents
        let sequences = files.keys.compactMap { SegmentNames.sequence(ofSegment: $0) }
        guard let newest = sequences.last else {
            guard !files.keys.contains(where: { SnapshotFile.identify($0) != nil }) else {
                throw .missingSegment(SegmentNames.segment(1))
            }
            return begin(files: files, identity: identity, settings: settings)
        }
        guard newest < LogLimits.numbersEnd - 1 else {
            throw .damaged(segment: SegmentNames.segment(newest), offset: 0, what: "no next name")
        }
        var reader = LogReader(identity: identity, settings: settings, newest: newest)
        try reader.read(stored, sequences: sequences)
        let history = LogHistory(of: reader, tailInto: newest + 1)
        guard history.damage.isEmpty else {
            return goOn(history, reader: reader, files: files, random: random)
        }
        return resume(history, reader: reader, files: files)
    }

    /// A log in an empty directory.
    private static func begin(
        files: SortedMap<FileName, Bytes>, identity: LogIdentity, settings: LogStorageSettings
    ) -> Recovery {
        var log = WriteAheadLog(settings: settings, identity: identity, position: .start)
        var directives: [StorageDirective] = []
        log.adoptSpares(of: files, into: &directives)
        let token = log.beginSegment(
            tail: [], groups: SortedMap(), releasing: [], into: &directives)
        return Recovery(
            log: log, groups: SortedMap(), directives: directives, token: token, isNew: true,
            tornTail: nil, damage: [])
    }

    /// Goes on with the whole log.
    private static func resume(
        _ history: LogHistory, reader: LogReader, files: SortedMap<FileName, Bytes>
    ) -> Recovery {
        var log = WriteAheadLog(
            settings: reader.settings, identity: reader.nextIdentity,
            position: reader.newest.durablePosition)
        log.segments = segments(among: files)
        log.ledgers = history.ledgers
        // The life before may have ended between a segment's new name and its sync: what is named
        // next must not outlive it.
        var directives = reader.cut + [.synchronizeDirectory]
        log.adoptSpares(of: files, into: &directives)
        let token = log.beginSegment(
            tail: history.tail, groups: history.summariesBeforeTail, releasing: [],
            into: &directives)
        return Recovery(
            log: log, groups: history.groups, directives: directives, token: token, isNew: false,
            tornTail: reader.tornTail, damage: [])
    }

    /// Goes on with what could be saved: all of it is written again, so that nothing old is needed.
    private static func goOn(
        _ history: LogHistory, reader: LogReader, files: SortedMap<FileName, Bytes>,
        random: SeededRandom
    ) -> Recovery {
        var log = WriteAheadLog(
            settings: reader.settings, identity: reader.nextIdentity,
            position: reader.lastPosition)
        log.segments = segments(among: files)
        var salvage = Salvage(history, settings: reader.settings, random: random)
        let segment = log.segments[log.segments.count - 1].sequence + 1
        let tail = salvage.rewrite(into: segment, from: log.position.next)
        log.ledgers = salvage.ledgers
        var directives: [StorageDirective] = [.synchronizeDirectory]
        log.adoptSpares(of: files, into: &directives)
        let damaged = log.segments.map(\.name).filter { name in
            salvage.damage.contains { $0.file == name }
        }
        let token = log.beginSegment(
            tail: tail, groups: salvage.summaries,
            releasing: setAside(damaged, of: files, keeping: reader.settings.damagedSegmentsKept),
            into: &directives)
        log.segments.removeAll { damaged.contains($0.name) }
        return Recovery(
            log: log, groups: salvage.groups, directives: directives, token: token, isNew: false,
            tornTail: nil, damage: salvage.damage)
    }

    private static func segments(among files: SortedMap<FileName, Bytes>) -> [Segment] {
        files.compactMap { name, bytes in
            SegmentNames.sequence(ofSegment: name).map {
                Segment(sequence: $0, capacity: bytes.count)
            }
        }
    }

    /// Gives damaged segments other names, and removes what has been lying aside for longest.
    private static func setAside(
        _ damaged: [FileName], of files: SortedMap<FileName, Bytes>, keeping count: Int
    ) -> [StorageDirective] {
        var aside = files.keys.compactMap { name in
            SegmentNames.number(ofSetAside: name).map { (number: $0, name: name) }
        }
        aside.sort { $0.number < $1.number }
        var directives: [StorageDirective] = []
        for name in damaged {
            let number = (aside.last?.number ?? 0) + 1
            aside.append((number, SegmentNames.setAside(number, name)))
            directives.append(.rename(name, to: aside[aside.count - 1].name))
        }
        for (_, name) in aside.dropLast(count) { directives.append(.remove(name)) }
        if !directives.isEmpty { directives.append(.synchronizeDirectory) }
        return directives
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
    /// been synced, or that stand in damaged segments. Afterwards the whole log is durable,
    /// whatever the kernel had kept in memory.
    ///
    /// - Parameters:
    ///   - groups: their state before the tail; the ledgers are those after it.
    ///   - last: what may be done once the segment has its name.
    private mutating func beginSegment(
        tail: [LogHistory.Batch], groups: SortedMap<ReplicaGroupID, GroupSummary>,
        releasing last: [StorageDirective], into directives: inout [StorageDirective]
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
        directives += last

        let token = StorageToken(.log, number: nextToken)
        nextToken += 1
        directives.append(.complete(token))
        flight = Flight(token: token, frame: position.next - 1, oldest: header.oldest)
        confirmedFrame = position.next - 1
        return token
    }
}
