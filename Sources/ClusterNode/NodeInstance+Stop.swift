import Gateway
import LogStorage
import Vocabulary

/// A graceful stop: clients are told to leave, and the log says that all of it is durable.
extension NodeInstance {
    mutating func beginStop(at moment: Moment, into directives: inout [NodeDirective]) {
        guard stopping == nil else { return }
        directives.append(.observe(.stopping))
        let patience = gateway.counters.connections > 0 ? plan.settings.drainTimeout : .zero
        stopping = Stopping(deadline: moment.monotonic + patience)
        gateway.drain(at: moment, into: &gatewayDirectives)
    }

    mutating func endStopIfDue(at now: Instant, into directives: inout [NodeDirective]) {
        guard let stop = stopping, !stop.isDone, stop.deadline <= now else { return }
        stopping?.isDone = true
        var storage: [StorageDirective] = []
        log.confirm(into: &storage)
        if !storage.isEmpty { directives.append(.storage(.log, storage)) }
        directives.append(.finished)
    }
}
