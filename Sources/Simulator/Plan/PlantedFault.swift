import ClusterNode
import Coordination
import CoordinationService
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
        /// Runs of one write-ahead log.
        case log
        /// Runs of a whole cluster, under the plan of this name.
        case cluster(plan: String)
    }

    /// As its room names it.
    public let name: String
    /// The rule that it breaks, for people.
    public let rule: String
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
            var all = PlantedRaftFault.allCases.map {
                PlantedFault(name: $0.rawValue, rule: $0.rule, level: .raft)
            }
            all += PlantedStorageFault.allCases.map {
                PlantedFault(name: $0.rawValue, rule: $0.rule, level: .log)
            }
            all += listed(PlantedMessageFault.self)
            all += listed(PlantedReplicationFault.self)
            all += listed(PlantedRoutingFault.self)
            all += listed(PlantedNodeFault.self)
            all += listed(PlantedCoordinationFault.self)
            all += listed(PlantedServiceFault.self)
            return all
        #else
            []
        #endif
    }

    public static func named(_ name: String) -> PlantedFault? { all.first { $0.name == name } }

    #if PLANTED_FAULTS
        private static func listed<Fault: DescribedFault>(_ faults: Fault.Type) -> [PlantedFault] {
            faults.allCases.map {
                PlantedFault(name: $0.rawValue, rule: $0.rule, level: .cluster(plan: $0.plan))
            }
        }
    #endif

    func plant(in settings: inout NodeSettings) {
        #if PLANTED_FAULTS
            settings.log.plantedFault = PlantedStorageFault(rawValue: name)
            settings.replica.plantedFault = PlantedReplicationFault(rawValue: name)
            settings.router.plantedFault = PlantedRoutingFault(rawValue: name)
            settings.plantedFault = PlantedNodeFault(rawValue: name)
            settings.plantedRaftFault = PlantedRaftFault(rawValue: name)
            settings.plantedMessageFault = PlantedMessageFault(rawValue: name)
            settings.plantedCoordinationFault = PlantedCoordinationFault(rawValue: name)
            settings.plantedServiceFault = PlantedServiceFault(rawValue: name)
        #endif
    }
}
