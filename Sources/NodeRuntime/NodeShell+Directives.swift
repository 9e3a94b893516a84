import ClusterNode
import Glibc
import SystemIO
import Toolbox
import Vocabulary

/// What the node wants done, done.
extension NodeShell {
    /// Carries out everything the node has said, in order; bytes for one socket leave together.
    func perform() {
        while !directives.isEmpty {
            let said = handover.take(&directives)
            for directive in said { carryOut(directive) }
            handover.giveBack(said)
            flushDirty()
        }
        lanes.writeLog()
    }

    private func carryOut(_ directive: NodeDirective) {
        switch directive {
        case .sendToClient(let connection, let bytes), .sendToPeer(let connection, let bytes):
            send(bytes, over: connection)
        case .closeClient(let connection), .closePeer(let connection): close(connection)
        case .pauseClient(let connection): pause(connection, true)
        case .resumeClient(let connection): pause(connection, false)
        case .dial(let connection, let peer, _): dial(connection, peer)
        case .storage(let lane, let storage): lanes.take(storage, on: lane)
        case .work(let work, let request):
            let bench =
                switch request {
                case .hash, .verify: hashing
                case .encode: encoding
                }
            bench.tasks.post(WorkBench.Task(work: work, request: request))
        case .observe(let observation): printer.print(observation)
        case .halt(let reason):
            printer.print("halting: \(reason)")
            exit(70)
        case .finished: isFinished = true
        }
    }

    /// Reads what operators may ask for; cheap enough for each of their requests.
    func readVitals() {
        do throws(SystemCallFailure) {
            let usage = try ProcessUsage.read()
            vitals.cpu = usage.processorTime
            vitals.residentBytes = UInt64(usage.residentBytes)
        } catch {
            printer.print("cannot read this process's usage: \(error)")
        }
        node.vitals = vitals
    }
}
