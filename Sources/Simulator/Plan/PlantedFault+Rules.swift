#if PLANTED_FAULTS
    import ClusterNode
    import Coordination
    import CoordinationService
    import LogStorage
    import Messages
    import Raft
    import Replication
    import Routing

    /// What a room's mistake is about, and where to look for it.
    protocol DescribedFault: CaseIterable, RawRepresentable<String> {
        /// The rule that it breaks, for people.
        var rule: String { get }
        /// The plan that looks where it shows.
        var plan: String { get }
    }

    extension PlantedRaftFault {
        var rule: String {
            switch self {
            case .voteNotPersisted: "a vote is durable before it is sent"
            case .acknowledgementBeforeSync: "entries are durable before they are acknowledged"
            case .oldTermCommittedByCounting: "only entries of the own term are counted"
            case .matchingPrefixTruncated: "only a conflict truncates the log"
            case .preVoteCountedAsVote: "a pre-vote is no vote"
            case .candidateAsksBeforePersist: "own vote and log are durable before others are asked"
            case .commitBeyondVerifiedMatch: "a follower commits up to what was verified"
            case .learnerCounted: "learners count in no quorum"
            case .jointNeedsOnlyNewMajority: "while joint, the outgoing majority counts"
            case .jointNeedsOnlyOldMajority: "while joint, the incoming majority counts"
            case .configurationInForceWhenCommittedOnly: "a configuration is in force when appended"
            case .truncatedConfigurationKept: "a truncated configuration is in force no more"
            case .secondChangeAllowed: "one change of members at a time"
            case .changeBeforeOwnTermCommits: "no change before an entry of the own term commits"
            case .snapshotWithoutConfiguration: "a snapshot brings its configuration"
            case .wipedDiskVotesAsOld: "a wiped disk is another voter"
            case .leaseFromAnswerTime: "a lease begins when its round was sent"
            case .leaseKeptDuringTransfer: "who hands over gives its lease up first"
            case .anyVotePassesThePromise: "a voter keeps its promise to the leader it heard"
            case .readBeforeOwnTermCommits: "no read before an entry of the own term commits"
            }
        }
    }

    extension PlantedStorageFault {
        var rule: String {
            switch self {
            case .tornTailTakenForDamage: "a torn last batch is cut"
            case .damageTakenForTornTail: "damage of what was acknowledged is never cut"
            case .oldReplicaIdKeptAfterDamage: "a damaged copy comes back as another voter"
            case .recreatedGroupSeesOldRecords: "a copy made anew sees nothing of the one before"
            case .chainNotChecked: "each batch follows the one before"
            case .checksumNotSeeded: "checksums know their segment and offset"
            case .segmentNameBeforeSync: "a segment is named when its content is durable"
            case .termForgottenInSalvage: "terms seen behind the damage are kept"
            }
        }
    }

    extension PlantedMessageFault: DescribedFault {
        var rule: String {
            switch self {
            case .duplicateWindowLostInSnapshot: "a snapshot holds the ids that were seen"
            case .idRememberedByArrival: "ids are remembered by their own time"
            case .changeMadeAgain: "a change of members takes effect once"
            }
        }

        var plan: String {
            switch self {
            case .duplicateWindowLostInSnapshot: "tiny_limits"
            case .idRememberedByArrival: "passing_weeks"
            case .changeMadeAgain: "everything"
            }
        }
    }

    extension PlantedReplicationFault: DescribedFault {
        var rule: String {
            switch self {
            case .appliedTwiceAfterRestart: "an entry is applied once"
            case .readAnsweredWithoutRound: "a read is answered by who still leads"
            case .entriesTakenDuringInstallation: "the log rests until a snapshot is installed"
            }
        }

        var plan: String {
            switch self {
            case .appliedTwiceAfterRestart, .readAnsweredWithoutRound: "everything"
            case .entriesTakenDuringInstallation: "tiny_limits"
            }
        }
    }

    extension PlantedRoutingFault: DescribedFault {
        var rule: String {
            switch self {
            case .harmfulRequestSentAgain: "what must not happen twice is not sent again in doubt"
            }
        }

        var plan: String { "late_copies" }
    }

    extension PlantedNodeFault: DescribedFault {
        var rule: String {
            switch self {
            case .removalAnsweredBeforeShard: "a removal is answered when the chat's shard has it"
            case .outboxRecordDroppedOnLeaderChange: "a new leader delivers what the outbox holds"
            case .leftoversRemovedTooEarly: "left-over snapshots go when the log is durable again"
            case .requestNumbersStartOver: "request numbers differ from life to life"
            case .takesPartBeforeReady: "a replica takes part when its log is durable again"
            case .snapshotRemovedTooEarly: "a snapshot goes when the log names the next"
            case .failedSyncIgnored: "a failed sync ends the process"
            case .fenceNeverUp: "who may be taken for lost serves nobody"
            case .refusedStreamGoesOn: "after a refused command none of its stream follows"
            case .brokenLinkGoesUnnoticed: "after a lost command none of its stream follows"
            case .readServedWithoutBarrier: "a read is served behind a barrier"
            case .installationGoesUntold: "a snapshot under a watch ends the connection"
            }
        }

        var plan: String {
            switch self {
            case .leftoversRemovedTooEarly, .takesPartBeforeReady: "second_crashes"
            case .snapshotRemovedTooEarly: "power_cuts"
            case .requestNumbersStartOver: "earlier_lives"
            case .removalAnsweredBeforeShard, .outboxRecordDroppedOnLeaderChange,
                .failedSyncIgnored:
                "everything"
            case .readServedWithoutBarrier, .installationGoesUntold: "coordination"
            case .fenceNeverUp: "fencing"
            case .refusedStreamGoesOn, .brokenLinkGoesUnnoticed: "coordination_streams"
            }
        }
    }

    extension PlantedCoordinationFault: DescribedFault {
        var rule: String {
            switch self {
            case .ephemeralsOutliveTheirSession: "an ephemeral goes with its session"
            case .multiAppliesHalf: "a multi happens whole or not at all"
            case .sequenceNumberRepeats: "a number is given once under a parent"
            case .versionNotChecked: "a version that was asked for must be there"
            case .movedOwnerMayWrite: "only a session's present connection writes"
            case .expiryOfAReattachedSession: "a session that was attached again is not expired"
            case .deletedParentAccepted: "a node has a parent"
            case .watchChangeOmitted: "every change is told"
            case .permissionNotChecked: "what an ACL forbids does not happen"
            }
        }

        var plan: String { "coordination" }
    }

    extension PlantedServiceFault: DescribedFault {
        var rule: String {
            switch self {
            case .watchAfterReply: "a watch event goes before what shows its change"
            case .sessionExpiredWithoutProof: "who expires sessions has proved that it leads"
            case .readBeforeEarlierWrite: "requests are answered in their order"
            case .wrongPasswordKicksOwner: "a wrong password changes nothing"
            case .touchesOfOtherNodesIgnored: "a client is alive whichever node hears it"
            case .oneShotWatchFiresTwice: "a one-shot watch fires once"
            case .newLeaderGivesNoTimeout: "a new leader gives everybody a whole time-out"
            }
        }

        var plan: String { "coordination" }
    }
#endif
