import ClusterNode
import LogStorage
import Messages
import Raft
import Replication
import Routing

/// A mistake that is made on purpose, to see whether a run finds it. The code of these exists only
/// in builds with `PLANTED_FAULTS`; each room lists its own.
public struct PlantedFault: Hashable, Sendable {
    /// What looks for it.
    public enum Level: Hashable, Sendable {
        /// Runs of one replicated log.
        case raft
        /// Runs of a whole cluster, under the plan of this name.
        case cluster(plan: String)
    }

    /// As its room names it.
    public let name: String
    public let level: Level

    /// Whether this build can make mistakes on purpose.
    public static var isAvailable: Bool {
        #if PLANTED_FAULTS
            true
        #else
            false
        #endif
    }

    /// All that this build can make; none in an ordinary one.
    public static var all: [PlantedFault] {
        #if PLANTED_FAULTS
            let raft = PlantedRaftFault.allCases.map {
                PlantedFault(name: $0.rawValue, level: .raft)
            }
            let names =
                PlantedStorageFault.allCases.map(\.rawValue)
                + PlantedMessageFault.allCases.map(\.rawValue)
                + PlantedReplicationFault.allCases.map(\.rawValue)
                + PlantedRoutingFault.allCases.map(\.rawValue)
                + PlantedNodeFault.allCases.map(\.rawValue)
            return raft
                + names.map { PlantedFault(name: $0, level: .cluster(plan: plan(of: $0))) }
        #else
            []
        #endif
    }

    public static func named(_ name: String) -> PlantedFault? { all.first { $0.name == name } }

    /// The plan that looks where the fault shows.
    private static func plan(of name: String) -> String {
        switch name {
        case "duplicateWindowLostInSnapshot", "entriesTakenDuringInstallation":
            "tiny_limits"
        case "harmfulRequestSentAgain": "torn_network"
        case "requestNumbersStartOver": "leader_kills"
        case "takesPartBeforeReady", "leftoversRemovedTooEarly", "snapshotRemovedTooEarly":
            "power_cuts"
        case "idRememberedByArrival": "passing_weeks"
        default: "everything"
        }
    }

    func plant(in settings: inout NodeSettings) {
        #if PLANTED_FAULTS
            settings.log.plantedFault = PlantedStorageFault(rawValue: name)
            settings.replica.plantedFault = PlantedReplicationFault(rawValue: name)
            settings.router.plantedFault = PlantedRoutingFault(rawValue: name)
            settings.plantedFault = PlantedNodeFault(rawValue: name)
            settings.plantedRaftFault = PlantedRaftFault(rawValue: name)
            settings.plantedMessageFault = PlantedMessageFault(rawValue: name)
        #endif
    }
}
