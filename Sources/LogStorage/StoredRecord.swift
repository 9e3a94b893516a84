import Toolbox
import Vocabulary

/// A record as it lies in a batch: what the writer knew is spelled out, so that reading needs no
/// entry that has gone meanwhile.
enum StoredRecord: Hashable {
    case entries(ReplicaGroupID, [LogEntry])
    case hardState(ReplicaGroupID, term: Term, vote: NodeID?)
    case snapshot(ReplicaGroupID, SnapshotReference, keepsSuffix: Bool)
    case compacted(ReplicaGroupID, through: LogIndex, term: Term)
    case created(ReplicaGroupID, ReplicaID)
    case removed(ReplicaGroupID)
    /// Says nothing; its batch carries the durable watermark.
    case confirmation

    private enum Kind: UInt8 {
        case entries = 1
        case hardState = 2
        case snapshot = 3
        case compacted = 4
        case confirmation = 5
        case created = 6
        case removed = 7
    }

    /// An entry's bytes besides its payload: term, kind, length.
    static let entryOverheadBytes = 13
    /// Upper bound of a record's bytes besides its entries.
    static let overheadBytes = 192

    /// An upper bound of the bytes that a record of `entries` takes.
    static func bytesMaximum(of entries: some Sequence<LogEntry>) -> Int {
        entries.reduce(overheadBytes) { $0 + $1.payload.count + entryOverheadBytes }
    }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .entries(let group, let entries):
            writer.write(Kind.entries.rawValue)
            writer.write(group.rawValue)
            writer.write(entries[0].index.rawValue)
            writer.writeList(entries) { writer, entry in
                writer.write(entry.term.rawValue)
                writer.write(entry.kind.rawValue)
                writer.writeCounted(entry.payload)
            }
        case .hardState(let group, let term, let vote):
            writer.write(Kind.hardState.rawValue)
            writer.write(group.rawValue)
            writer.write(term.rawValue)
            writer.writeOptional(vote) { $0.write($1.rawValue) }
        case .snapshot(let group, let snapshot, let keepsSuffix):
            writer.write(Kind.snapshot.rawValue)
            writer.write(group.rawValue)
            snapshot.encode(into: &writer)
            writer.write(keepsSuffix)
        case .compacted(let group, let index, let term):
            writer.write(Kind.compacted.rawValue)
            writer.write(group.rawValue)
            writer.write(index.rawValue)
            writer.write(term.rawValue)
        case .created(let group, let replica):
            writer.write(Kind.created.rawValue)
            writer.write(group.rawValue)
            writer.write(replica.rawValue)
        case .removed(let group):
            writer.write(Kind.removed.rawValue)
            writer.write(group.rawValue)
        case .confirmation:
            writer.write(Kind.confirmation.rawValue)
        }
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        let raw = try reader.read(UInt8.self)
        guard let kind = Kind(rawValue: raw) else {
            throw .invalid(what: "record kind \(raw)", offset: reader.offset - 1)
        }
        switch kind {
        case .entries:
            let group = ReplicaGroupID(try reader.read())
            self = .entries(group, try Self.readEntries(from: &reader))
        case .hardState:
            let group = ReplicaGroupID(try reader.read())
            let term = Term(try reader.read())
            let vote = try reader.readOptional { reader throws(DecodeFailure) in
                NodeID(try reader.read())
            }
            self = .hardState(group, term: term, vote: vote)
        case .snapshot:
            let group = ReplicaGroupID(try reader.read())
            let snapshot = try SnapshotReference(from: &reader)
            self = .snapshot(group, snapshot, keepsSuffix: try reader.readBool())
        case .compacted:
            let group = ReplicaGroupID(try reader.read())
            let index = LogIndex(try reader.read())
            self = .compacted(group, through: index, term: Term(try reader.read()))
        case .created:
            let group = ReplicaGroupID(try reader.read())
            self = .created(group, ReplicaID(try reader.read()))
        case .removed:
            self = .removed(ReplicaGroupID(try reader.read()))
        case .confirmation:
            self = .confirmation
        }
    }

    private static func readEntries(
        from reader: inout ByteReader
    ) throws(DecodeFailure) -> [LogEntry] {
        let first: UInt64 = try reader.read()
        let start = reader.offset
        var count: UInt64 = 0
        let entries = try reader.readList { reader throws(DecodeFailure) in
            let term = Term(try reader.read())
            let rawKind = try reader.read(UInt8.self)
            guard let kind = LogEntry.Kind(rawValue: rawKind) else {
                throw .invalid(what: "entry kind \(rawKind)", offset: reader.offset - 1)
            }
            let payload = try reader.readCounted()
            let index = LogIndex(first &+ count)
            count += 1
            // A copy: a slice would keep the whole segment in memory as long as the entry lives.
            return LogEntry(index: index, term: term, kind: kind, payload: payload.detached())
        }
        guard !entries.isEmpty, first > 0, first < LogLimits.numbersEnd - count else {
            throw .invalid(what: "\(count) entries from \(first)", offset: start)
        }
        return entries
    }
}

extension SnapshotReference {
    func encode(into writer: inout ByteWriter) {
        writer.write(index.rawValue)
        writer.write(term.rawValue)
        writer.writeCounted(file.text)
    }

    init(from reader: inout ByteReader) throws(DecodeFailure) {
        let index = LogIndex(try reader.read())
        let term = Term(try reader.read())
        let start = reader.offset
        guard let file = FileName(try reader.readCountedText()) else {
            throw .invalid(what: "file name", offset: start)
        }
        guard index.rawValue < LogLimits.numbersEnd else {
            throw .invalid(what: "snapshot at \(index)", offset: start)
        }
        self.init(index: index, term: term, file: file)
    }
}
