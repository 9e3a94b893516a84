public import Raft
public import Toolbox
import Vocabulary

/// One piece of a snapshot on its way to a follower. The next is sent when this one was answered.
///
/// Position, length and checksum together name the snapshot: parts of the same one fit together,
/// whoever sends them.
public struct SnapshotPart: Hashable, Sendable, ByteCodable {
    public var position: SnapshotPosition
    public var offset: UInt64
    public var totalBytes: UInt64
    /// CRC32C over the whole snapshot.
    public var checksum: UInt32
    /// CRC32C over `bytes`.
    public var partChecksum: UInt32
    public var bytes: Bytes

    public init(
        position: SnapshotPosition, offset: UInt64, totalBytes: UInt64, checksum: UInt32,
        bytes: Bytes
    ) {
        self.position = position
        self.offset = offset
        self.totalBytes = totalBytes
        self.checksum = checksum
        partChecksum = CRC32C.checksum(of: bytes)
        self.bytes = bytes
    }

    /// Whether the bytes are those that were sent. A part that is not is asked for again.
    public var isIntact: Bool { CRC32C.checksum(of: bytes) == partChecksum }

    /// A larger snapshot is refused: it would not fit beside the state it replaces.
    public static let totalBytesMaximum: UInt64 = 1 << 30

    public func encode(into writer: inout ByteWriter) {
        writer.write(position.index.rawValue)
        writer.write(position.term.rawValue)
        writer.write(offset)
        writer.write(totalBytes)
        writer.write(checksum)
        writer.write(partChecksum)
        writer.writeCounted(bytes)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        position = SnapshotPosition(
            index: LogIndex(try reader.read()), term: Term(try reader.read()))
        offset = try reader.read()
        totalBytes = try reader.read()
        checksum = try reader.read()
        partChecksum = try reader.read()
        self.bytes = try reader.readCounted()
        guard totalBytes <= Self.totalBytesMaximum, offset <= totalBytes,
            UInt64(self.bytes.count) <= totalBytes - offset
        else {
            throw .invalid(what: "part at \(offset) of \(totalBytes)", offset: 16)
        }
    }
}

/// What a follower says of a part.
public struct SnapshotPartResult: Hashable, Sendable, ByteCodable {
    public enum Outcome: UInt8, Hashable, Sendable {
        /// Everything before `nextOffset` is here: send what follows.
        case goOn = 0
        /// The snapshot is installed, or was not needed.
        case done = 1
        /// Start again, or give up.
        case refused = 2
    }

    public var position: SnapshotPosition
    public var nextOffset: UInt64
    public var outcome: Outcome

    public init(position: SnapshotPosition, nextOffset: UInt64, outcome: Outcome) {
        self.position = position
        self.nextOffset = nextOffset
        self.outcome = outcome
    }

    public func encode(into writer: inout ByteWriter) {
        writer.write(position.index.rawValue)
        writer.write(position.term.rawValue)
        writer.write(nextOffset)
        writer.write(outcome.rawValue)
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        position = SnapshotPosition(
            index: LogIndex(try reader.read()), term: Term(try reader.read()))
        nextOffset = try reader.read()
        let rawOutcome = try reader.read(UInt8.self)
        guard let outcome = Outcome(rawValue: rawOutcome) else {
            throw .invalid(what: "outcome \(rawOutcome)", offset: reader.offset - 1)
        }
        self.outcome = outcome
    }
}
