import Toolbox
import VirtualWorld

/// A fault that waits for its moment.
enum RaftTrap: Hashable, Sendable {
    /// Who gives or asks for a vote next dies.
    case voter
    /// Who leads next dies.
    case leaderDies
    /// Who leads next is cut off.
    case leaderIsolated
}

/// Brings faults over the hosts, one after another, and takes back those that last.
struct RaftNemesis: Sendable {
    /// A fault that lasts, and ends.
    enum Lasting: Sendable {
        case paused(Int)
        case links
        case slowDisk(Int)
        case drift(Int)
    }

    let kinds: [RaftFaultKind]
    private let meanInterval: Int64
    private let endsAt: WorldTime
    var random: SeededRandom
    var lasting: [Lasting] = []
    private(set) var count = 0

    init(layout: RaftLayout, random: SeededRandom) {
        self.random = random
        kinds = layout.faults
        meanInterval = layout.faultInterval
        endsAt = WorldTime.start.advanced(by: layout.faultSeconds * Nanoseconds.second)
    }

    /// When the next fault comes; nil once no more do.
    mutating func nextTime(after now: WorldTime) -> WorldTime? {
        guard !kinds.isEmpty else { return nil }
        let time = now.advanced(by: 1 + random.delay(around: meanInterval))
        return time < endsAt ? time : nil
    }

    mutating func strike(_ world: inout RaftWorld) {
        let place = random.below(kinds.count)
        let kind = kinds[place]
        count += 1
        world.transcript.note(world.now, "fault: \(kind.rawValue)")
        world.transcript.mix(0x4E4D, UInt64(place))
        let host = random.below(world.hosts.count)
        let leader = world.leader ?? host
        switch kind {
        case .killOne: world.end(host, by: .kill)
        case .killLeader: world.end(leader, by: .kill)
        case .killSeveral: killSeveral(&world)
        case .killAll: for victim in world.hosts.indices { world.end(victim, by: .kill) }
        case .powerOffOne: world.end(host, by: .powerLoss)
        case .powerOffLeader: world.end(leader, by: .powerLoss)
        case .powerOffAll:
            for victim in world.hosts.indices { world.end(victim, by: .powerLoss) }
        case .killVoter: world.traps.append(.voter)
        case .killNextLeader: world.traps.append(.leaderDies)
        case .isolateNextLeader: world.traps.append(.leaderIsolated)
        case .pause: pause(host, &world)
        case .pauseLeader: pause(leader, &world)
        case .partition: partition(&world)
        case .isolate: isolate(host, &world)
        case .isolateLeader: isolate(leader, &world)
        case .oneWay: cutOneWay(host, &world)
        case .bridge: bridge(&world)
        case .chain: chain(&world)
        case .cutPair: cut(host, random.below(world.hosts.count), &world)
        case .noise: makeNoise(&world)
        case .slowLinks: slowLinks(host, &world)
        case .swizzle: swizzle(&world)
        case .clockDrift: drift(host, &world)
        case .diskStall: stallDisk(host, &world)
        case .slowDisk: slowDisk(host, &world)
        case .burst: burst(&world)
        case .changeMembers: changeMembers(&world)
        case .transfer: transfer(&world)
        case .transferStorm: stormTransfers(&world)
        case .priorities: drawPriorities(&world)
        case .wipe: wipe(host, &world)
        }
    }

    /// Who walked into a trap gets what it was made for.
    mutating func springTrap(_ world: inout RaftWorld) {
        guard let (host, trap) = world.sprung else { return }
        world.sprung = nil
        switch trap {
        case .voter, .leaderDies:
            world.end(host, by: random.chance(0.5) ? .kill : .powerLoss)
        case .leaderIsolated: isolate(host, &world)
        }
    }

    /// The end of a fault that lasted.
    func relieve(_ index: Int, _ world: inout RaftWorld) {
        switch lasting[index] {
        case .paused(let host): world.resume(host)
        case .links: world.links.clear()
        case .slowDisk(let host): world.hosts[host].disk.syncMean = world.layout.syncMean
        case .drift(let host): world.setDrift(host, partsPerMillion: 0)
        }
    }

    /// All faults end; every process that is down is started.
    mutating func heal(_ world: inout RaftWorld) {
        world.transcript.note(world.now, "all faults end")
        world.links.clear()
        world.traps = []
        for host in world.hosts.indices {
            world.hosts[host].disk.syncMean = world.layout.syncMean
            world.hosts[host].disk.stalledUntil = 0
            world.setDrift(host, partsPerMillion: 0)
            world.resume(host)
            world.setPriority(host, UInt8.max)
            if !world.hosts[host].isUp { world.scheduleStart(host, after: 1) }
        }
    }

    mutating func last(
        _ fault: Lasting, milliseconds: ClosedRange<Int64>, _ world: inout RaftWorld
    ) {
        lasting.append(fault)
        let span = random.within(milliseconds) * Nanoseconds.millisecond
        world.events.schedule(.relief(lasting.count - 1), at: world.now.advanced(by: span))
    }

    // MARK: Processes and load

    private mutating func killSeveral(_ world: inout RaftWorld) {
        let count = random.within(1...world.hosts.count)
        for victim in random.shuffled(Array(world.hosts.indices)).prefix(count) {
            world.end(victim, by: random.chance(0.5) ? .kill : .powerLoss)
        }
    }

    private mutating func pause(_ host: Int, _ world: inout RaftWorld) {
        world.pause(host)
        last(.paused(host), milliseconds: 100...4_000, &world)
    }

    private mutating func drift(_ host: Int, _ world: inout RaftWorld) {
        let bound = world.layout.driftMaximum
        world.setDrift(host, partsPerMillion: random.within(-bound...bound))
        last(.drift(host), milliseconds: 1_000...10_000, &world)
    }

    private mutating func stallDisk(_ host: Int, _ world: inout RaftWorld) {
        let span = random.within(50...3_000 as ClosedRange<Int64>) * Nanoseconds.millisecond
        world.hosts[host].disk.stalledUntil = world.now.nanoseconds + span
    }

    private mutating func slowDisk(_ host: Int, _ world: inout RaftWorld) {
        world.hosts[host].disk.syncMean =
            random.within(2...60 as ClosedRange<Int64>) * Nanoseconds.millisecond
        last(.slowDisk(host), milliseconds: 500...8_000, &world)
    }

    private mutating func burst(_ world: inout RaftWorld) {
        for client in world.clients.all.indices where !world.clients.all[client].isWaiting {
            world.begin(client, .write(count: random.within(2...100)))
        }
    }
}
