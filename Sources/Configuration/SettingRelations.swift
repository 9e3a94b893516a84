import ClusterNode
import CoordinationService
import Gateway
import LogStorage
import Peering
import Raft
import Replication
import Routing

/// What must hold between keys. The rooms that declare the knobs know; their words are passed on.
enum SettingRelations {
    /// What is wrong in `section`; nil if nothing is.
    static func problem(_ section: String, in settings: ClusterSettings) -> String? {
        switch section {
        case "raft": raftProblem(settings.node.replica.raft)
        case "log": logProblem(settings.node.log)
        case "gateway", "accounts": gatewayProblem(settings.node.gateway)
        case "peering":
            settings.node.peering.redialMinimum <= settings.node.peering.redialMaximum
                ? nil : "redialMillisecondsMinimum is above redialMillisecondsMaximum"
        case "routing":
            settings.node.router.retryInterval <= settings.node.router.retryIntervalMaximum
                ? nil : "retryIntervalMilliseconds is above retryIntervalMillisecondsMaximum"
        case "delivery":
            settings.node.delivery.progressInterval * 3 <= settings.node.delivery.silenceMaximum
                ? nil
                : "silenceMillisecondsMaximum is below three times progressIntervalMilliseconds"
        case "coordination": coordinationProblem(settings.node.coordination)
        default: nil
        }
    }

    private static func coordinationProblem(_ settings: CoordinationServiceSettings) -> String? {
        do throws(CoordinationServiceSettingsFailure) {
            try settings.validate()
            return nil
        } catch {
            return error.sentence
        }
    }

    private static func raftProblem(_ settings: RaftSettings) -> String? {
        do throws(RaftSettingsFailure) {
            try settings.validate()
            return nil
        } catch {
            switch error {
            case .notPositive(let name): return "\(name) must be above 0"
            case .negative(let name): return "\(name) must not be negative"
            case .electionTimeoutTooShort(let timeout, let heartbeat):
                return "electionTimeoutMillisecondsMinimum is \(timeout), below three heartbeats of"
                    + " \(heartbeat): one late packet would cost an election"
            case .electionTimeoutsWithoutSpread:
                return "electionTimeoutMillisecondsMaximum must be above"
                    + " electionTimeoutMillisecondsMinimum, or votes split for ever"
            case .quorumTimeoutTooShort(let timeout, let heartbeat):
                return "quorumTimeoutMilliseconds is \(timeout), below three heartbeats of"
                    + " \(heartbeat)"
            }
        }
    }

    private static func logProblem(_ settings: LogStorageSettings) -> String? {
        do throws(LogStorageFailure) {
            try settings.validate()
            return nil
        } catch {
            guard case .settings(let message) = error else { return "\(error)" }
            return message
        }
    }

    private static func gatewayProblem(_ settings: GatewaySettings) -> String? {
        do throws(GatewaySettingsFailure) {
            try settings.validate()
            return nil
        } catch {
            return error.message
        }
    }
}
