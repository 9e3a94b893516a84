import Gateway
import LogStorage
import Vocabulary

/// A graceful stop: what is led here is handed over, clients are told to leave, and the log says
/// that all of it is durable.
extension NodeInstance {
    mutating func beginStop(at moment: Moment, into directives: inout [NodeDirective]) {
        guard stopping == nil else { return }
        directives.append(.observe(.stopping))
        let now = moment.monotonic
        let patience = gateway.counters.connections > 0 ? plan.settings.drainTimeout : .zero
        let waits = handEverythingOver(at: moment, into: &directives)
        stopping = Stopping(
            deadline: now + patience, handOverDeadline: waits ? now + handOverPatience : now)
        gateway.drain(at: moment, into: &gatewayDirectives)
        closeCoordinationClients(into: &directives)
    }

    var nextStopDeadline: Instant? {
        guard let stopping, !stopping.isDone else { return nil }
        return leadsSomethingToHandOver
            ? max(stopping.deadline, stopping.handOverDeadline) : stopping.deadline
    }

    mutating func endStopIfDue(at now: Instant, into directives: inout [NodeDirective]) {
        guard let deadline = nextStopDeadline, deadline <= now else { return }
        stopping?.isDone = true
        var storage: [StorageDirective] = []
        log.confirm(into: &storage)
        if !storage.isEmpty { directives.append(.storage(.log, storage)) }
        directives.append(.finished)
    }
}
