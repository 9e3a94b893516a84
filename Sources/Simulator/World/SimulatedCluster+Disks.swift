import ClusterNode
import LogStorage
import Toolbox
import VirtualWorld

/// Disks: each lane of a node carries its directives out one after another.
extension SimulatedCluster {
    mutating func enqueue(_ list: [StorageDirective], _ lane: StorageLane, _ node: Int) {
        for directive in list {
            if let left = nodes[node].killAfterDirectives {
                guard left > 0 else {
                    transcript.note(now, "n\(node + 1) is killed before \(directive)")
                    return end(node, by: processRandom.chance(0.5) ? .kill : .powerLoss)
                }
                nodes[node].killAfterDirectives = left - 1
            }
            if nodes[node].isDiskFull, case .create = directive { return refuseSpace(node) }
            transcript.mix(UInt64(lane.number), UInt64(node))
            nodes[node].lanes[lane.number].append(directive)
            if !nodes[node].lanes[lane.number].isBusy { proceed(lane, node) }
        }
    }

    private mutating func proceed(_ lane: StorageLane, _ node: Int) {
        var completed: [StorageToken] = []
        let failure = nodes[node].proceed(lane.number, completed: &completed)
        for token in completed { tell(node, .storageCompleted(token)) }
        if let failure {
            violations.append(
                Violation("DiskIsUsedRightly", "n\(node + 1): \(failure.description)"))
            return tell(node, .storageFailed(failure.description))
        }
        guard nodes[node].lanes[lane.number].isBusy else { return }
        let time = now.advanced(
            by: 50 * Nanoseconds.microsecond + diskRandom.delay(around: nodes[node].syncMean))
        events.schedule(
            .disk(node: node, life: nodes[node].life, lane),
            at: max(time, nodes[node].lanes[lane.number].stalledUntil))
    }

    private mutating func refuseSpace(_ node: Int) {
        transcript.note(now, "n\(node + 1): no space is left")
        nodes[node].isDiskBroken = true
        tell(node, .storageFailed("no space is left on the simulated disk"))
    }

    private mutating func failSync(_ node: Int, _ lane: Int) {
        transcript.note(now, "n\(node + 1): a sync fails")
        nodes[node].failsNextSync = false
        nodes[node].isDiskBroken = true
        nodes[node].failSync(lane, random: &diskRandom)
        tell(node, .storageFailed("the simulated disk is broken"))
    }

    mutating func diskDone(_ node: Int, _ life: UInt32, _ lane: StorageLane) {
        guard nodes[node].life == life, nodes[node].isUp else { return }
        let index = lane.number
        if nodes[node].lanes[index].stalledUntil > now {
            return events.schedule(
                .disk(node: node, life: life, lane), at: nodes[node].lanes[index].stalledUntil)
        }
        if nodes[node].failsNextSync { return failSync(node, index) }
        if let failure = nodes[node].finishSync(index) {
            violations.append(
                Violation("DiskIsUsedRightly", "n\(node + 1): \(failure.description)"))
        }
        proceed(lane, node)
    }
}
