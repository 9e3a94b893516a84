public import Toolbox
public import Vocabulary

/// One snapshot of one group's machine as a file: a checked header, then the machine's own bytes.
///
///     0  magic  8  version  12  checksum of the header  16  header's length  20  group
///    24  cluster  32  index  40  term  48  body's length  56  body's CRC-32C  60  configuration
public struct SnapshotFile: Hashable, Sendable {
    public let cluster: UInt64
    public let group: ReplicaGroupID
    /// The last entry that the state contains.
    public let index: LogIndex
    public let term: Term
    /// The group's members as of `index`, as their own room encodes them.
    public let configuration: Bytes
    /// The machine's state, in pieces as they were encoded.
    public let body: [Bytes]

    private static let magic: UInt64 = 0x0A50_4E53_4B4F_4F52  // "ROOKSNP\n"
    private static let version: UInt32 = 2
    private static let headerBytesMinimum = 64
    private static let checksumOffset = 12

    public init(
        cluster: UInt64, group: ReplicaGroupID, index: LogIndex, term: Term,
        configuration: Bytes, body: [Bytes]
    ) {
        self.cluster = cluster
        self.group = group
        self.index = index
        self.term = term
        self.configuration = configuration
        self.body = body
    }

    public var bodyBytes: Int { body.reduce(0) { $0 + $1.count } }

    // MARK: Names

    public var name: FileName { Self.name(group: group, index: index) }

    /// `snapshot-<group>-<index>`, in decimal digits.
    public static func name(group: ReplicaGroupID, index: LogIndex) -> FileName {
        FileName(made: "snapshot-\(group.digits)-\(index.digits)")
    }

    /// Whose snapshot a file is by its name; nil for all other files, unfinished ones included.
    public static func identify(_ name: FileName) -> (group: ReplicaGroupID, index: LogIndex)? {
        let parts = name.text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "snapshot",
            let group = ReplicaGroupID(digits: String(parts[1])),
            let index = LogIndex(digits: String(parts[2]))
        else { return nil }
        return (group, index)
    }

    private static let unfinishedSuffix = ".unfinished"

    /// Files that a crash left behind: unfinished ones, and snapshots that the log does not name.
    public static func leftovers(
        among names: [FileName], groups: SortedMap<ReplicaGroupID, RecoveredGroup>
    ) -> [FileName] {
        names.filter { name in
            if let (group, _) = identify(name) { return groups[group]?.snapshot?.file != name }
            return name.text.hasPrefix("snapshot-") && name.text.hasSuffix(unfinishedSuffix)
        }
    }

    // MARK: Saving

    /// Writes the file under another name, syncs it, then gives it its own.
    ///
    /// Only after `token` may the log be told that the snapshot is installed.
    public func save(reporting token: StorageToken, into directives: inout [StorageDirective]) {
        let unfinished = FileName(made: name.text + Self.unfinishedSuffix)
        directives.append(.create(unfinished, zeroFilledBytes: 0))
        var offset = 0
        for piece in [header()] + body where !piece.isEmpty {
            directives.append(.write(unfinished, offset: offset, piece))
            offset += piece.count
        }
        directives.append(.synchronize(unfinished))
        directives.append(.rename(unfinished, to: name))
        directives.append(.synchronizeDirectory)
        directives.append(.complete(token))
    }

    /// The whole file in one piece.
    public func encode() -> Bytes {
        var writer = ByteWriter(reserving: bodyBytes + 128)
        writer.writeRaw(header())
        for piece in body { writer.writeRaw(piece) }
        return writer.take()
    }

    private func header() -> Bytes {
        var writer = ByteWriter(reserving: 128)
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(UInt32(0))
        writer.write(UInt32(0))
        writer.write(group.rawValue)
        writer.write(cluster)
        writer.write(index.rawValue)
        writer.write(term.rawValue)
        writer.write(UInt64(bodyBytes))
        writer.write(body.reduce(UInt32(0)) { CRC32C.checksum(of: $1, after: $0) })
        writer.writeCounted(configuration)
        writer.overwrite(UInt32(writer.count), at: 16)
        let checksum = writer.withUnsafeBytes { Self.checksum($0) }
        writer.overwrite(checksum, at: Self.checksumOffset)
        return writer.take()
    }

    private static func checksum(_ header: UnsafeRawBufferPointer) -> UInt32 {
        let before = CRC32C.checksum(
            of: UnsafeRawBufferPointer(rebasing: header[..<checksumOffset]))
        return CRC32C.checksum(
            of: UnsafeRawBufferPointer(rebasing: header[(checksumOffset + 4)...]), after: before)
    }

    // MARK: Reading

    /// The snapshot in the bytes of `file`; its body shares their storage.
    ///
    /// - Parameter cluster: whose snapshots are accepted.
    public static func decode(
        _ bytes: Bytes, file: FileName, cluster: UInt64
    ) throws(LogStorageFailure) -> SnapshotFile {
        let snapshot: SnapshotFile
        let foundVersion: UInt32
        do throws(DecodeFailure) {
            (snapshot, foundVersion) = try read(bytes)
        } catch {
            throw .damagedSnapshot(file: file, what: "\(error)")
        }
        guard foundVersion == version else {
            throw .otherFormat(file: file, found: foundVersion, supported: version)
        }
        guard snapshot.cluster == cluster else {
            throw .otherCluster(file: file, found: snapshot.cluster, expected: cluster)
        }
        if let (group, index) = identify(file) {
            guard group == snapshot.group, index == snapshot.index else {
                throw .damagedSnapshot(file: file, what: "the content of \(snapshot.name)")
            }
        }
        return snapshot
    }

    private static func read(
        _ bytes: Bytes
    ) throws(DecodeFailure) -> (snapshot: SnapshotFile, version: UInt32) {
        var reader = ByteReader(bytes)
        guard try reader.read(UInt64.self) == magic else {
            throw .invalid(what: "not a snapshot's magic number", offset: 0)
        }
        let version: UInt32 = try reader.read()
        let expected: UInt32 = try reader.read()
        let count = Int(try reader.read(UInt32.self))
        guard count >= headerBytesMinimum, count <= bytes.count else {
            throw .invalid(what: "header of \(count) bytes", offset: 16)
        }
        guard bytes.slice(0..<count).withUnsafeBytes({ checksum($0) }) == expected else {
            throw .invalid(what: "header with a wrong checksum", offset: 0)
        }
        if version != Self.version {
            let nothing = SnapshotFile(
                cluster: 0, group: ReplicaGroupID(0), index: .zero, term: .zero,
                configuration: Bytes(), body: [])
            return (nothing, version)
        }
        return (try readFields(from: &reader, of: bytes, headerBytes: count), version)
    }

    private static func readFields(
        from reader: inout ByteReader, of bytes: Bytes, headerBytes: Int
    ) throws(DecodeFailure) -> SnapshotFile {
        let group = ReplicaGroupID(try reader.read())
        let cluster: UInt64 = try reader.read()
        let index = LogIndex(try reader.read())
        let term = Term(try reader.read())
        let bodyBytes: UInt64 = try reader.read()
        let bodyChecksum: UInt32 = try reader.read()
        let configuration = try reader.readCounted().detached()
        guard reader.offset == headerBytes else {
            throw .invalid(what: "header of \(headerBytes) bytes", offset: reader.offset)
        }
        let body = bytes.suffix(from: headerBytes)
        guard UInt64(body.count) == bodyBytes else {
            throw .invalid(what: "\(body.count) of \(bodyBytes) bytes", offset: headerBytes)
        }
        guard CRC32C.checksum(of: body) == bodyChecksum else {
            throw .invalid(what: "a body with a wrong checksum", offset: headerBytes)
        }
        return SnapshotFile(
            cluster: cluster, group: group, index: index, term: term,
            configuration: configuration, body: [body])
    }
}
