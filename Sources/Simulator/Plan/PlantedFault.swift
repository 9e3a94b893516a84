import ClusterNode
import LogStorage
import Messages
import Raft

/// A mistake that is made on purpose, to see whether a run finds it. The code of these exists only
/// in builds with `PLANTED_FAULTS`.
public enum PlantedFault: String, CaseIterable, Sendable {
    /// A vote is granted before it is on disk, and forgotten with the process.
    case voteNotPersisted
    /// A follower acknowledges entries before they are on disk.
    case acknowledgementBeforeSync
    /// A leader commits an earlier term's entry by counting its copies (Raft Fig. 8).
    case oldTermCommittedByCounting
    /// An append whose entries are already there cuts what follows them.
    case matchingPrefixTruncated
    /// A batch that was being written when the power went is taken for rot: the node stays down.
    case tornTailTakenForDamage
    /// Rot in the middle of the log is taken for its end: what was acknowledged is cut off.
    case damageTakenForTornTail
    /// A snapshot leaves out which message ids were seen.
    case duplicateWindowLostInSnapshot
    /// Message ids are forgotten by the time they came, not by their own.
    case idRememberedByArrival
    /// A removal is answered once it is decided, not once the chat's shard has it.
    case removalAnsweredBeforeShard
    /// What a leader had not yet handed to a shard is forgotten by the next leader.
    case outboxRecordDroppedOnLeaderChange

    /// The plan that looks where this one shows.
    public var plan: String {
        switch self {
        case .voteNotPersisted, .oldTermCommittedByCounting: "elections"
        case .duplicateWindowLostInSnapshot: "tiny_limits"
        case .idRememberedByArrival: "passing_weeks"
        case .acknowledgementBeforeSync, .matchingPrefixTruncated, .tornTailTakenForDamage,
            .damageTakenForTornTail, .removalAnsweredBeforeShard,
            .outboxRecordDroppedOnLeaderChange:
            "everything"
        }
    }

    /// Whether this build can make mistakes on purpose.
    public static var isAvailable: Bool {
        #if PLANTED_FAULTS
            true
        #else
            false
        #endif
    }

    func plant(in settings: inout NodeSettings) {
        #if PLANTED_FAULTS
            settings.log.plantedFault = PlantedStorageFault(rawValue: rawValue)
            settings.plantedFault = PlantedNodeFault(rawValue: rawValue)
            settings.plantedRaftFault = PlantedRaftFault(rawValue: rawValue)
            switch self {
            case .duplicateWindowLostInSnapshot:
                settings.plantedMessageFault = .duplicateWindowLostInSnapshot
            case .idRememberedByArrival: settings.plantedMessageFault = .idRememberedByArrival
            case .voteNotPersisted, .acknowledgementBeforeSync, .oldTermCommittedByCounting,
                .matchingPrefixTruncated, .tornTailTakenForDamage, .damageTakenForTornTail,
                .removalAnsweredBeforeShard, .outboxRecordDroppedOnLeaderChange:
                break
            }
        #endif
    }
}
