#if PLANTED_FAULTS
    /// A mistake made on purpose, so that the simulator can prove that it finds it.
    public enum PlantedRaftFault: String, Hashable, Sendable, CaseIterable {
        case voteNotPersisted
        case acknowledgementBeforeSync
        case oldTermCommittedByCounting
        case matchingPrefixTruncated
        case preVoteCountedAsVote
        case candidateAsksBeforePersist
        case commitBeyondVerifiedMatch
        case learnerCounted
        case jointNeedsOnlyNewMajority
        case jointNeedsOnlyOldMajority
        case configurationInForceWhenCommittedOnly
        case truncatedConfigurationKept
        case secondChangeAllowed
        case changeBeforeOwnTermCommits
        case snapshotWithoutConfiguration
        case wipedDiskVotesAsOld
        case leaseFromAnswerTime
        case leaseKeptDuringTransfer
        case anyVotePassesThePromise
        case readBeforeOwnTermCommits
    }
#endif
