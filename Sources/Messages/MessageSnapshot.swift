internal import ReplicatedState
internal import Toolbox
internal import Vocabulary

/// A message group's state held still: references to its partitions.
struct MessageSnapshot: MachineSnapshot {
    static let formatVersion: UInt8 = 1

    let applied: AppliedPosition
    let partitions: [MessagePartition]
    /// What the windows claim instead of their own bound, for a planted fault.
    var forgottenBelow: Int64?

    func encode() -> Bytes {
        var writer = ByteWriter(reserving: bytesEstimate)
        encodeHeader(into: &writer)
        for partition in partitions {
            partition.encode(into: &writer, forgottenBelow: forgottenBelow)
        }
        return writer.take()
    }

    /// Somewhat more than the bytes there will be, so that they are not copied while they grow.
    private var bytesEstimate: Int {
        var bytes = 1 << 12
        for partition in partitions { bytes += partition.encodedBytesEstimate }
        return bytes
    }

    /// The hash of the same bytes, partition by partition.
    var digest: UInt64 {
        var writer = ByteWriter()
        encodeHeader(into: &writer)
        var digest = XXH64.hash(writer.take())
        for partition in partitions {
            partition.encode(into: &writer, forgottenBelow: forgottenBelow)
            digest = XXH64.hash(writer.take(), seed: digest)
        }
        return digest
    }

    private func encodeHeader(into writer: inout ByteWriter) {
        writer.write(Self.formatVersion)
        writer.write(applied.index)
        writer.write(applied.time)
    }

    init(applied: AppliedPosition, partitions: [MessagePartition]) {
        self.applied = applied
        self.partitions = partitions
    }

    init(decoding bytes: Bytes) throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        let version = try reader.read(UInt8.self)
        try reader.expect(version == Self.formatVersion, "snapshot format \(version)")
        applied = AppliedPosition(index: try reader.read(), time: try reader.read())
        var partitions: [MessagePartition] = []
        for number in 0..<Limits.partitionsCount {
            partitions.append(try MessagePartition(from: &reader, id: PartitionID(number)))
        }
        self.partitions = partitions
        try reader.expectEnd()
    }
}
