import Toolbox
import Vocabulary

/// The beginning of a segment: whose it is, where it stands in the chain, and what every group's
/// state was when it was begun, so that older segments are needed for entries only.
///
///     0  magic   8  version  12  checksum  16  length  20  node  24  cluster  32  incarnation
///    40  sequence  48  nonce  56  capacity  64  first frame  72  chain  80  oldest
///    88  durable  96  groups
///
/// The first 20 bytes mean the same in every version.
struct SegmentHeader {
    static let magic: UInt64 = 0x0A4C_4157_4B4F_4F52  // "ROOKWAL\n"
    static let version: UInt32 = 2
    private static let checksumOffset = 12
    private static let bytesMinimum = 104

    let identity: LogIdentity
    let sequence: UInt64
    private(set) var nonce: UInt64
    /// Bytes of the segment's file.
    let capacity: Int
    /// The sequence of the segment's first frame.
    let firstFrame: UInt64
    /// The hash of the frame before.
    let chain: UInt64
    /// The oldest segment that recovery needs.
    let oldest: UInt64
    /// All frames up to this one were durable before the segment got its name.
    let durable: UInt64
    let groups: SortedMap<ReplicaGroupID, GroupSummary>

    /// Before its first frame.
    var position: ChainPosition { ChainPosition(next: firstFrame, hash: chain) }

    /// The incarnation that stands where a header has it, whatever became of the rest.
    static func claimedIncarnation(in file: Bytes) -> Incarnation? {
        guard word(in: file, at: 0) == magic, let claimed = word(in: file, at: 32),
            claimed < LogLimits.numbersEnd / 2
        else { return nil }
        return Incarnation(claimed)
    }

    private static func word(in file: Bytes, at offset: Int) -> UInt64? {
        guard file.count >= bytesMinimum else { return nil }
        return file.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// Answers how many bytes it took, a multiple of 8.
    func write(into writer: inout ByteWriter) -> Int {
        let start = writer.count
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(UInt32(0))
        writer.write(UInt32(0))
        writer.write(UInt32(identity.node.rawValue))
        writer.write(identity.cluster)
        writer.write(identity.incarnation.rawValue)
        writer.write(sequence)
        writer.write(nonce)
        writer.write(UInt64(capacity))
        writer.write(firstFrame)
        writer.write(chain)
        writer.write(oldest)
        writer.write(durable)
        writer.writeList(groups.keys.indices) { writer, position in
            writer.write(groups.keys[position].rawValue)
            groups.values[position].encode(into: &writer)
        }
        while (writer.count - start) % 8 != 0 { writer.write(UInt8(0)) }
        let count = writer.count - start
        writer.overwrite(UInt32(count), at: start + 16)
        let checksum = writer.withUnsafeBytes {
            Self.checksum(UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        writer.overwrite(checksum, at: start + Self.checksumOffset)
        return count
    }

    private static func checksum(_ header: UnsafeRawBufferPointer) -> UInt32 {
        let before = CRC32C.checksum(
            of: UnsafeRawBufferPointer(rebasing: header[..<checksumOffset]))
        return CRC32C.checksum(
            of: UnsafeRawBufferPointer(rebasing: header[(checksumOffset + 4)...]), after: before)
    }

    /// The header and how many bytes it takes.
    ///
    /// A segment gets its name only after its header is durable: one that cannot be read is damage.
    static func read(
        from file: Bytes, name: FileName
    ) throws(LogStorageFailure) -> (header: SegmentHeader, bytes: Int) {
        do throws(DecodeFailure) {
            var reader = ByteReader(file)
            guard try reader.read(UInt64.self) == magic else {
                throw .invalid(what: "not a segment's magic number", offset: 0)
            }
            let foundVersion: UInt32 = try reader.read()
            let foundChecksum: UInt32 = try reader.read()
            let count = Int(try reader.read(UInt32.self))
            guard count >= bytesMinimum, count <= file.count, count % 8 == 0 else {
                throw .invalid(what: "header of \(count) bytes", offset: 16)
            }
            let found = file.slice(0..<count).withUnsafeBytes { checksum($0) }
            guard found == foundChecksum else {
                throw .invalid(what: "header with a wrong checksum", offset: 0)
            }
            guard foundVersion == version else {
                throw .invalid(what: otherFormat, offset: Int(foundVersion))
            }
            var body = ByteReader(file.slice(20..<count))
            return (try SegmentHeader(fields: &body), count)
        } catch {
            if case .invalid(otherFormat, let found) = error {
                throw .otherFormat(file: name, found: UInt32(found), supported: version)
            }
            throw .damaged(segment: name, offset: 0, what: "\(error)")
        }
    }

    private static let otherFormat = "other format"

    private init(fields reader: inout ByteReader) throws(DecodeFailure) {
        let node = NodeID(UInt16(truncatingIfNeeded: try reader.read(UInt32.self)))
        let cluster: UInt64 = try reader.read()
        let incarnation = Incarnation(try reader.read())
        identity = LogIdentity(cluster: cluster, node: node, incarnation: incarnation)
        sequence = try reader.read()
        nonce = try reader.read()
        capacity = Int(truncatingIfNeeded: try reader.read(UInt64.self))
        guard sequence < LogLimits.numbersEnd else {
            throw .invalid(what: "segment \(sequence)", offset: 40)
        }
        firstFrame = try reader.read()
        guard firstFrame > 0, firstFrame < LogLimits.numbersEnd else {
            throw .invalid(what: "first frame \(firstFrame)", offset: 64)
        }
        guard incarnation.rawValue < LogLimits.numbersEnd - 1 else {
            throw .invalid(what: "incarnation \(incarnation)", offset: 32)
        }
        chain = try reader.read()
        oldest = try reader.read()
        durable = try reader.read()
        guard durable < LogLimits.numbersEnd else {
            throw .invalid(what: "durable frame \(durable)", offset: 88)
        }
        var groups = SortedMap<ReplicaGroupID, GroupSummary>()
        let count: UInt32 = try reader.read()
        for _ in 0..<count {
            let group = ReplicaGroupID(try reader.read())
            groups[group] = try GroupSummary(from: &reader)
        }
        self.groups = groups
    }

    init(
        identity: LogIdentity, sequence: UInt64, capacity: Int, place: Place,
        groups: SortedMap<ReplicaGroupID, GroupSummary>
    ) {
        self.identity = identity
        self.sequence = sequence
        nonce = identity.nonce(ofSegment: sequence)
        self.capacity = capacity
        firstFrame = place.position.next
        chain = place.position.hash
        oldest = place.oldest
        durable = place.position.next - 1 + UInt64(place.framesBornWith)
        self.groups = groups
    }

    #if PLANTED_FAULTS
        /// The nonce of a segment whose checksums are the same everywhere.
        static let unseeded: UInt64 = 0

        mutating func leaveUnseeded() { nonce = Self.unseeded }
    #endif

    /// Where a segment stands in the log.
    struct Place {
        let position: ChainPosition
        let oldest: UInt64
        /// Frames that are written and synced together with the header.
        let framesBornWith: Int
    }
}

/// A place between two frames.
struct ChainPosition: Hashable {
    /// The sequence of the frame that comes next.
    var next: UInt64
    /// The hash of the frame before; 0 before the first.
    var hash: UInt64

    static let start = ChainPosition(next: 1, hash: 0)
}
