/// Knobs of the write-ahead log.
public struct LogStorageSettings: Hashable, Sendable {
    /// Bytes of a segment file. Larger: rarer rotation, longer recovery, more kept.
    public var segmentBytes = 32 << 20
    /// Bytes of one batch; what is queued beyond waits for the next. Bounds the time of a sync.
    public var batchBytesMaximum = 4 << 20
    /// Segments kept ready, so that rotation does not wait for zeros to be written.
    public var spareSegments = 1
    /// Damaged segments that are kept for people to look at; older ones are removed.
    public var damagedSegmentsKept = 4
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
        guard (0...1_000).contains(damagedSegmentsKept) else {
            throw .settings("damagedSegmentsKept \(damagedSegmentsKept) is not 0...1000")
        }
    }
}

#if PLANTED_FAULTS
    /// Mistakes that recovery can be told to make, so that tests can show that they would be found.
    public enum PlantedStorageFault: String, Hashable, Sendable, CaseIterable {
        /// A torn last batch is reported as damage.
        case tornTailTakenForDamage
        /// Damage of acknowledged batches is cut like a torn tail: they are lost.
        case damageTakenForTornTail
        /// A damaged copy of a group goes on as the same voter.
        case oldReplicaIdKeptAfterDamage
        /// A copy that is made anew begins with what the log says of the one before.
        case recreatedGroupSeesOldRecords
        /// Frames are not checked to follow the one before: a hole is not noticed.
        case chainNotChecked
        /// A frame's checksum is the same in every segment and at every offset: recycled and
        /// misplaced bytes validate.
        case checksumNotSeeded
        /// A segment gets its name before its content is durable.
        case segmentNameBeforeSync
        /// A damaged copy comes back without the terms that were seen behind the damage.
        case termForgottenInSalvage
    }
#endif
