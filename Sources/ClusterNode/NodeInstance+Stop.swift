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
        gateway.drain(at: moment, into: &gatewayDirectives)
        stopping = Stopping(
            deadline: now + max(patience, gateway.drainDuration),
            handOverDeadline: waits ? now + handOverPatience : now)
        closeCoordinationClients(into: &directives)
        drainRegistration(at: moment)
    }

    var nextStopDeadline: Instant? {
        guard let stopping, !stopping.isDone else { return nil }
        if let leaves = stopping.leaveDeadline { return leaves }
        return leadsSomethingToHandOver
            ? max(stopping.deadline, stopping.handOverDeadline) : stopping.deadline
    }

    /// The clients have gone, or had the time to: now the node takes its name off the list.
    mutating func leaveIfDue(at moment: Moment) {
        guard stopping?.leaveDeadline == nil, let deadline = nextStopDeadline,
            deadline <= moment.monotonic
        else { return }
        stopping?.leaveDeadline = moment.monotonic + Self.leavePatience
        endRegistration(at: moment)
    }

    /// A leader that answers does so long before; and a session that is not closed expires.
    private static var leavePatience: Duration { .milliseconds(300) }

    mutating func endStopIfDue(at now: Instant, into directives: inout [NodeDirective]) {
        guard let stopping, !stopping.isDone, let deadline = stopping.leaveDeadline,
            hasLeft || deadline <= now
        else { return }
        self.stopping?.isDone = true
        var storage: [StorageDirective] = []
        log.confirm(into: &storage)
        if !storage.isEmpty { directives.append(.storage(.log, storage)) }
        directives.append(.finished)
    }
}
