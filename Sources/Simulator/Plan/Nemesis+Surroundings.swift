import ClusterNode
import Toolbox
import Vocabulary
import VirtualWorld

/// What goes wrong around the processes: network, clocks, disks.
extension Nemesis {
    mutating func partition(_ cluster: inout SimulatedCluster) {
        let order = random.shuffled(Array(cluster.nodes.indices))
        let cut = random.within(1...max(1, cluster.nodes.count - 1))
        let isLeft = cluster.nodes.indices.map { order.prefix(cut).contains($0) }
        changeLinks(&cluster) { from, to, link in
            if isLeft[from] != isLeft[to] { link.isBlocked = true }
        }
    }

    mutating func isolate(_ node: Int, _ cluster: inout SimulatedCluster) {
        changeLinks(&cluster) { from, to, link in
            if from == node || to == node { link.isBlocked = true }
        }
    }

    mutating func cutOneWay(_ node: Int, _ cluster: inout SimulatedCluster) {
        let isDeaf = random.chance(0.5)
        changeLinks(&cluster) { from, to, link in
            if (isDeaf ? to : from) == node { link.isBlocked = true }
        }
    }

    mutating func cut(_ node: Int, _ other: Int, _ cluster: inout SimulatedCluster) {
        changeLinks(&cluster) { from, to, link in
            if (from, to) == (node, other) || (from, to) == (other, node) { link.isBlocked = true }
        }
    }

    mutating func makeNoise(_ cluster: inout SimulatedCluster) {
        let loss = Double(random.below(30)) / 100
        let duplication = Double(random.below(50)) / 100
        let reordering = Double(random.below(50)) / 100
        changeLinks(&cluster) { _, _, link in
            link.loss = loss
            link.duplication = duplication
            link.reordering = reordering
        }
    }

    mutating func slowLinks(_ node: Int, _ cluster: inout SimulatedCluster) {
        let mean = random.within(5...100 as ClosedRange<Int64>) * Nanoseconds.millisecond
        changeLinks(&cluster) { from, to, link in
            if from == node || to == node { link.delayMean = mean }
        }
    }

    private mutating func changeLinks(
        _ cluster: inout SimulatedCluster,
        _ change: (_ from: Int, _ to: Int, inout LinkCondition) -> Void
    ) {
        cluster.network.changeLinks(change)
        last(.links, milliseconds: 200...5_000, &cluster)
    }

    func clearLinks(_ cluster: inout SimulatedCluster) {
        cluster.network.changeLinks { _, _, link in link = LinkCondition() }
    }

    mutating func disturbStreams(_ cluster: inout SimulatedCluster, breaks: Bool) {
        let part = Double(1 + random.below(4)) / 4
        for number in cluster.network.openConnections() where random.chance(part) {
            if breaks {
                cluster.breakConnection(number)
            } else {
                let span = random.within(50...2_000 as ClosedRange<Int64>)
                cluster.network.stall(
                    number, until: cluster.now.advanced(by: span * Nanoseconds.millisecond))
            }
        }
    }

    mutating func drift(_ node: Int, _ cluster: inout SimulatedCluster) {
        let drift = random.within(-500...500 as ClosedRange<Int64>)
        cluster.nodes[node].clock.setDrift(partsPerMillion: drift, at: cluster.now)
        last(.drift(node: node), milliseconds: 1_000...10_000, &cluster)
    }

    mutating func jump(_ node: Int, _ cluster: inout SimulatedCluster) {
        let jump = random.within(-3_600_000...3_600_000 as ClosedRange<Int64>)
        cluster.nodes[node].clock.setWall(offsetMilliseconds: weekOffset + jump)
        last(.wall(node: node), milliseconds: 500...5_000, &cluster)
    }

    /// Ids of messages are remembered for seven days: this comes close to their end.
    mutating func passWeek(_ cluster: inout SimulatedCluster) {
        weekOffset += 7 * 86_400_000 + random.within(-60_000...60_000 as ClosedRange<Int64>)
        for index in cluster.nodes.indices {
            cluster.nodes[index].clock.setWall(offsetMilliseconds: weekOffset)
        }
        cluster.wallOffsetMilliseconds = weekOffset
    }

    mutating func stallDisk(_ node: Int, _ cluster: inout SimulatedCluster) {
        let span = random.within(100...3_000 as ClosedRange<Int64>)
        let end = cluster.now.advanced(by: span * Nanoseconds.millisecond)
        for lane in cluster.nodes[node].lanes.indices {
            cluster.nodes[node].lanes[lane].stalledUntil = end
        }
    }

    mutating func stallLog(_ node: Int, _ cluster: inout SimulatedCluster) {
        let span = random.within(100...2_000 as ClosedRange<Int64>)
        let end = cluster.now.advanced(by: span * Nanoseconds.millisecond)
        cluster.nodes[node].logStalledUntil = end
        cluster.nodes[node].lanes[StorageLane.log.number].stalledUntil = end
    }

    mutating func slowDisk(_ node: Int, _ cluster: inout SimulatedCluster) {
        let mean = random.within(2...60 as ClosedRange<Int64>) * Nanoseconds.millisecond
        cluster.nodes[node].syncMean = mean
        last(.slowDisk(node: node), milliseconds: 500...8_000, &cluster)
    }
}
