/// Knobs of the write-ahead log.
public struct LogStorageSettings: Hashable, Sendable {
    /// Bytes of a segment file. Larger: rarer rotation, longer recovery, more kept.
    public var segmentBytes = 32 << 20
    /// Bytes of one batch; what is queued beyond waits for the next. Bounds the time of a sync.
    public var batchBytesMaximum = 4 << 20
    /// Segments kept ready, so that rotation does not wait for zeros to be written.
    public var spareSegments = 1
    #if PLANTED_FAULTS
        /// A fault to commit on purpose, for tests of the tests.
        public var plantedFault: PlantedStorageFault?
    #endif

    public init() {}

    /// - Throws: `LogStorageFailure.settings` with the reason.
    public func validate() throws(LogStorageFailure) {
        guard segmentBytes >= 4_096, segmentBytes <= 1 << 30, segmentBytes % 512 == 0 else {
            throw .settings("segmentBytes \(segmentBytes) is not 4,096...2^30 in steps of 512")
        }
        // Two batches per segment at least, or most of each segment would be left unused.
        guard batchBytesMaximum >= 256, batchBytesMaximum <= segmentBytes / 2 else {
            throw .settings(
                "batchBytesMaximum \(batchBytesMaximum) is not 256...\(segmentBytes / 2)"
                    + " (half of segmentBytes)")
        }
        guard (0...16).contains(spareSegments) else {
            throw .settings("spareSegments \(spareSegments) is not 0...16")
        }
    }
}

#if PLANTED_FAULTS
    /// Mistakes that recovery can be told to make, so that tests can show that they would be found.
    public enum PlantedStorageFault: String, Hashable, Sendable, CaseIterable {
        /// A torn last batch is reported as damage: the node refuses to start.
        case tornTailTakenForDamage
        /// Damage of acknowledged batches is cut like a torn tail: they are lost.
        case damageTakenForTornTail
    }
#endif
