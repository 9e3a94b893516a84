public import Toolbox
public import Vocabulary

/// Why a delta does not lead on from a ring.
public enum RingDeltaFailure: Error, Hashable, Sendable {
    case startsElsewhere(wanted: RingEpoch, found: RingEpoch)
}

/// What one epoch of the ring changed: the arcs that moved, and to whom.
///
/// Kept under `/rookery/ring/deltas/<epoch>` for followers that want a few bytes instead of the
/// whole ring. An epoch may lack its delta; then the ring itself tells.
public struct RingDelta: Hashable, Sendable {
    public let previous: RingEpoch
    public let epoch: RingEpoch
    /// Ascending, none overlapping; owners are the new ones.
    public let changes: [Ring.Run]

    /// From one ring to a later one.
    public init(from old: Ring, to new: Ring) {
        invariant(old.epoch < new.epoch, "a delta from \(old.epoch) to \(new.epoch)")
        previous = old.epoch
        epoch = new.epoch
        var changes: [Ring.Run] = []
        for run in new.runs {
            var start: UInt16?
            for arc in run.arcs {
                let hasMoved = old.owners[Int(arc)] != run.owner
                if hasMoved, start == nil { start = arc }
                if !hasMoved, let first = start {
                    changes.append(Ring.Run(arcs: first..<arc, owner: run.owner))
                    start = nil
                }
            }
            if let first = start {
                changes.append(Ring.Run(arcs: first..<run.arcs.upperBound, owner: run.owner))
            }
        }
        self.changes = changes
    }

    /// How many arcs it moves.
    public var arcsCount: Int { changes.reduce(0) { $0 + $1.arcs.count } }
}

/// Version (1), epoch and the epoch before (64 bits each), number of changes (16 bits), then for
/// each its first arc, its length and its owner (16 bits each), little-endian.
extension RingDelta: ByteCodable {
    static let formatVersion: UInt8 = 1

    /// What `encode` writes.
    public var encodedBytes: Int { 19 + 6 * changes.count }

    public func encode(into writer: inout ByteWriter) {
        writer.write(Self.formatVersion)
        writer.write(epoch.rawValue)
        writer.write(previous.rawValue)
        writer.write(UInt16(changes.count))
        for run in changes {
            writer.write(run.arcs.lowerBound)
            writer.write(UInt16(run.arcs.count))
            writer.write(run.owner.rawValue)
        }
    }

    public init(from reader: inout ByteReader) throws(DecodeFailure) {
        try reader.expectVersion(Self.formatVersion, of: "ring's delta")
        epoch = try reader.readEpoch()
        previous = try reader.readEpoch()
        try reader.expect(previous < epoch, "a delta from \(previous) to \(epoch)")
        let count = Int(try reader.read(UInt16.self))
        var changes: [Ring.Run] = []
        changes.reserveCapacity(min(count, 256))
        var end = 0
        for _ in 0..<count {
            let first = Int(try reader.read(UInt16.self))
            let length = Int(try reader.read(UInt16.self))
            try reader.expect(first >= end, "arcs out of order")
            end = first + length
            try reader.expect(length > 0, "a change of no arcs")
            try reader.expect(end <= Int(Limits.arcsCount), "arc \(end - 1)")
            changes.append(
                Ring.Run(arcs: UInt16(first)..<UInt16(end), owner: NodeID(try reader.read())))
        }
        self.changes = changes
    }
}
