public import Toolbox
import Vocabulary

/// The bytes of `/rookery/ring`, little-endian; the page of this room shows them to strangers.
///
/// Version (1), epoch (64 bits), number of runs (16 bits), then for each run its owner and its
/// length (16 bits each). A ring in more runs than fit names 0 runs and then the owner of each arc.
extension Ring: ByteCodable {
    /// At most so many bytes, whatever the ring.
    public static let encodedBytesMaximum = 11 + 2 * Int(Limits.arcsCount)

    static let formatVersion: UInt8 = 1
    /// From here on the table is no longer than the runs.
    private static let runsMaximum = Int(Limits.arcsCount) / 2

    public func encode(into writer: inout ByteWriter) {
        writer.write(Self.formatVersion)
        writer.write(epoch.rawValue)
        let runs = runs
        guard runs.count <= Self.runsMaximum else {
            writer.write(0 as UInt16)
            for owner in owners { writer.write(owner.rawValue) }
            return
        }
        writer.write(UInt16(runs.count))
        for run in runs {
            writer.write(run.owner.rawValue)
            writer.write(UInt16(run.arcs.count))
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        try reader.expectVersion(Self.formatVersion, of: "ring")
        let epoch = try reader.readEpoch()
        let runsCount = Int(try reader.read(UInt16.self))
        var owners: [NodeID] = []
        owners.reserveCapacity(Int(Limits.arcsCount))
        if runsCount == 0 {
            for _ in 0..<Limits.arcsCount { owners.append(NodeID(try reader.read())) }
        }
        for _ in 0..<runsCount {
            let owner = NodeID(try reader.read())
            let length = Int(try reader.read(UInt16.self))
            try reader.expect(length > 0, "a run of no arcs")
            try reader.expect(
                owners.count + length <= Int(Limits.arcsCount), "a ring of too many arcs")
            owners.append(contentsOf: repeatElement(owner, count: length))
        }
        try reader.expect(
            owners.count == Int(Limits.arcsCount), "a ring of \(owners.count) arcs")
        self.init(epoch: epoch, owners: owners)
    }
}

extension ByteReader {
    mutating func expectVersion(_ version: UInt8, of what: String) throws(DecodeFailure) {
        let found = try read(UInt8.self)
        try expect(found == version, "version \(found) of a \(what)")
    }

    /// Epochs stay so low that the next one always exists.
    mutating func readEpoch() throws(DecodeFailure) -> RingEpoch {
        RingEpoch(try readEpochNumber())
    }

    mutating func readEpochNumber() throws(DecodeFailure) -> UInt64 {
        let number = try read(UInt64.self)
        try expect(number <= UInt64(Int64.max), "epoch \(number)")
        return number
    }
}
