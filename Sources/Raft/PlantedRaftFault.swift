#if PLANTED_FAULTS
    /// A mistake made on purpose, so that the simulator can prove that it finds it.
    public enum PlantedRaftFault: String, Hashable, Sendable, CaseIterable {
        case voteNotPersisted
        case acknowledgementBeforeSync
        case oldTermCommittedByCounting
        case matchingPrefixTruncated
    }
#endif
