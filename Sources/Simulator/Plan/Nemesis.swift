import AdminWire
import ClusterNode
import Toolbox
import Vocabulary
import VirtualWorld

/// Brings faults over a cluster, one after another, and takes back those that last.
struct Nemesis: Sendable {
    /// A fault that lasts, and ends.
    enum Lasting: Sendable {
        case paused(node: Int)
        case links
        case slowDisk(node: Int)
        case fullDisk(node: Int)
        case drift(node: Int)
        case wall(node: Int)
    }

    let kinds: [NemesisKind]
    private let meanInterval: Int64
    private let endsAt: WorldTime
    var random: SeededRandom
    private var lasting: [Lasting] = []
    /// What all wall clocks have in common.
    var weekOffset: Int64 = 0
    private(set) var count = 0

    init(plan: SimulationPlan, random: SeededRandom) {
        self.random = random
        meanInterval = plan.faultIntervalMilliseconds * Nanoseconds.millisecond
        endsAt = WorldTime.start.advanced(by: plan.faultSeconds * Nanoseconds.second)
        var kinds = plan.nemeses
        if plan.isSwarm, kinds.count > 1 {
            kinds = Array(self.random.shuffled(kinds).prefix((kinds.count + 1) / 2))
        }
        self.kinds = kinds
    }

    /// When the next fault comes; nil once no more do.
    mutating func nextTime(after now: WorldTime) -> WorldTime? {
        guard !kinds.isEmpty else { return nil }
        let time = now.advanced(by: 1 + random.delay(around: meanInterval))
        return time < endsAt ? time : nil
    }

    mutating func strike(_ cluster: inout SimulatedCluster) {
        let kind = random.choice(of: kinds)
        count += 1
        cluster.transcript.note(cluster.now, "nemesis: \(kind.rawValue)")
        cluster.transcript.mix(0x4E4D, UInt64(kinds.firstIndex(of: kind) ?? 0))
        let node = random.below(cluster.nodes.count)
        switch kind {
        case .killOne: cluster.end(node, by: .kill)
        case .killLeader: cluster.end(someLeader(cluster) ?? node, by: .kill)
        case .killSeveral: killSeveral(&cluster)
        case .killAll: for victim in cluster.nodes.indices { cluster.end(victim, by: .kill) }
        case .powerOffOne: cluster.end(node, by: .powerLoss)
        case .powerOffAll:
            for victim in cluster.nodes.indices { cluster.end(victim, by: .powerLoss) }
        case .killMidWrite:
            if cluster.nodes[node].isUp {
                cluster.nodes[node].killAfterDirectives = random.below(6)
            }
        case .killVoter: cluster.traps.append(.voter(random.chance(0.5) ? .kill : .powerLoss))
        case .killInRecovery:
            cluster.end(node, by: random.chance(0.5) ? .kill : .powerLoss)
            cluster.nodes[node].killAfterDirectives = random.below(8)
        case .gracefulRestart: cluster.tell(node, .shutdownRequested)
        case .pause:
            cluster.pause(node)
            last(.paused(node: node), milliseconds: 300...4_000, &cluster)
        case .damage: damage(node, &cluster)
        case .wipe: if cluster.canLose(node) { cluster.wipe(node) }
        case .changeMembers:
            order(random.choice(of: [.addLearner, .promote, .promote, .demote, .remove]), &cluster)
        case .transferLeader: order(.transfer, &cluster)
        case .partition: partition(&cluster)
        case .isolate: isolate(node, &cluster)
        case .isolateLeader: isolate(someLeader(cluster) ?? node, &cluster)
        case .isolateNextLeader: cluster.traps.append(.newLeader)
        case .oneWay: cutOneWay(node, &cluster)
        case .partialPartition: cut(node, random.below(cluster.nodes.count), &cluster)
        case .noise: makeNoise(&cluster)
        case .slowLinks: slowLinks(node, &cluster)
        case .breakConnections: disturbStreams(&cluster, breaks: true)
        case .stallConnections: disturbStreams(&cluster, breaks: false)
        case .clockDrift: drift(node, &cluster)
        case .wallJump: jump(node, &cluster)
        case .weekPasses: passWeek(&cluster)
        case .diskStall: stallDisk(node, &cluster)
        case .logStall: stallLog(node, &cluster)
        case .slowDisk: slowDisk(node, &cluster)
        case .failSync: cluster.nodes[node].failsNextSync = true
        case .diskFull:
            cluster.nodes[node].isDiskFull = true
            last(.fullDisk(node: node), milliseconds: 500...5_000, &cluster)
        }
    }

    /// A leader that walked into a trap is cut off.
    mutating func springTrap(_ cluster: inout SimulatedCluster) {
        guard let node = cluster.cutOff else { return }
        cluster.cutOff = nil
        cluster.transcript.note(cluster.now, "n\(node + 1) is cut off")
        isolate(node, &cluster)
    }

    /// The end of a fault that lasted.
    mutating func relieve(_ index: Int, _ cluster: inout SimulatedCluster) {
        switch lasting[index] {
        case .paused(let node): cluster.resume(node)
        case .links: clearLinks(&cluster)
        case .slowDisk(let node):
            cluster.nodes[node].syncMean = cluster.syncMean
        case .fullDisk(let node): cluster.nodes[node].isDiskFull = false
        case .drift(let node):
            cluster.nodes[node].clock.setDrift(partsPerMillion: 0, at: cluster.now)
        case .wall(let node):
            cluster.nodes[node].clock.setWall(offsetMilliseconds: weekOffset)
        }
    }

    /// All faults end; every node that may run is started.
    mutating func heal(_ cluster: inout SimulatedCluster) {
        cluster.transcript.note(cluster.now, "all faults end")
        clearLinks(&cluster)
        cluster.traps = []
        for node in cluster.nodes.indices {
            cluster.nodes[node].killAfterDirectives = nil
            cluster.nodes[node].failsNextSync = false
            cluster.nodes[node].logStalledUntil = cluster.now
            cluster.nodes[node].isDiskFull = false
            cluster.nodes[node].syncMean = cluster.syncMean
            cluster.nodes[node].clock.setDrift(partsPerMillion: 0, at: cluster.now)
            cluster.nodes[node].clock.setWall(offsetMilliseconds: weekOffset)
            for lane in cluster.nodes[node].lanes.indices {
                cluster.nodes[node].lanes[lane].stalledUntil = cluster.now
            }
            cluster.resume(node)
            if cluster.nodes[node].status == .down { cluster.scheduleStart(node, after: 1) }
        }
    }

    mutating func last(
        _ fault: Lasting, milliseconds: ClosedRange<Int64>, _ cluster: inout SimulatedCluster
    ) {
        lasting.append(fault)
        let usual = random.within(milliseconds) * Nanoseconds.millisecond
        let span = usual / 100 * cluster.plan.faultLengthPercent
        cluster.events.schedule(.relief(lasting.count - 1), at: cluster.now.advanced(by: span))
    }

    // MARK: Processes

    private mutating func killSeveral(_ cluster: inout SimulatedCluster) {
        let count = random.within(2...max(2, cluster.nodes.count))
        for victim in random.shuffled(Array(cluster.nodes.indices)).prefix(count) {
            cluster.end(victim, by: .kill)
        }
    }

    private mutating func someLeader(_ cluster: SimulatedCluster) -> Int? {
        let leaders = cluster.leaders
        return leaders.isEmpty ? nil : random.choice(of: leaders)
    }

    /// Never so that no quorum of whole disks is left.
    private mutating func damage(_ node: Int, _ cluster: inout SimulatedCluster) {
        guard cluster.nodes.count >= 3, cluster.canLose(node) else {
            return
        }
        cluster.end(node, by: .kill)
        guard cluster.nodes[node].status == .down else { return }
        // Until it has started and has said so, and a while longer.
        cluster.membersRestUntil = cluster.now.advanced(by: 8 * Nanoseconds.second)
        let kind = random.choice(of: DiskDamage.allCases)
        let place = cluster.nodes[node].disk.damage(
            kind, lastFileStartingWith: "wal-", sparing: 2, random: &random)
        cluster.nodes[node].damage = place
        if let place {
            cluster.transcript.note(
                cluster.now, "n\(node + 1): \(kind) in \(place.file) at \(place.offset)")
        }
    }
}
