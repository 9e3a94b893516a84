import Toolbox
import VirtualWorld

/// What goes wrong between the hosts.
extension RaftNemesis {
    mutating func partition(_ world: inout RaftWorld) {
        let order = random.shuffled(Array(world.hosts.indices))
        let cut = random.within(1...max(1, world.hosts.count - 1))
        var isLeft = Array(repeating: false, count: world.hosts.count)
        for host in order.prefix(cut) { isLeft[host] = true }
        change(&world) { from, to, link in
            if isLeft[from] != isLeft[to] { link.isBlocked = true }
        }
    }

    mutating func isolate(_ host: Int, _ world: inout RaftWorld) {
        change(&world) { from, to, link in
            if from == host || to == host { link.isBlocked = true }
        }
    }

    mutating func cutOneWay(_ host: Int, _ world: inout RaftWorld) {
        let isDeaf = random.chance(0.5)
        change(&world) { from, to, link in
            if (isDeaf ? to : from) == host { link.isBlocked = true }
        }
    }

    mutating func bridge(_ world: inout RaftWorld) {
        let order = random.shuffled(Array(world.hosts.indices))
        guard let middle = order.first, order.count >= 3 else { return }
        var side = Array(repeating: 0, count: world.hosts.count)
        for (position, host) in order.enumerated() { side[host] = position % 2 }
        change(&world) { from, to, link in
            if from != middle, to != middle, side[from] != side[to] { link.isBlocked = true }
        }
    }

    mutating func chain(_ world: inout RaftWorld) {
        let order = random.shuffled(Array(world.hosts.indices))
        var place = Array(repeating: 0, count: world.hosts.count)
        for (position, host) in order.enumerated() { place[host] = position }
        change(&world) { from, to, link in
            if abs(place[from] - place[to]) > 1 { link.isBlocked = true }
        }
    }

    mutating func cut(_ host: Int, _ other: Int, _ world: inout RaftWorld) {
        change(&world) { from, to, link in
            if (from, to) == (host, other) || (from, to) == (other, host) { link.isBlocked = true }
        }
    }

    mutating func makeNoise(_ world: inout RaftWorld) {
        let loss = UInt64(random.below(30)) * 655
        let duplication = UInt64(random.below(50)) * 655
        let reordering = UInt64(random.below(50)) * 655
        change(&world) { _, _, link in
            link.loss = loss
            link.duplication = duplication
            link.reordering = reordering
        }
    }

    mutating func slowLinks(_ host: Int, _ world: inout RaftWorld) {
        let mean = random.within(5...100 as ClosedRange<Int64>) * Nanoseconds.millisecond
        change(&world) { from, to, link in
            if from == host || to == host { link.delayMean = mean }
        }
    }

    /// Stops links one by one and lets them go in another order (FoundationDB's swizzle-clogging).
    mutating func swizzle(_ world: inout RaftWorld) {
        var pairs: [(from: Int, to: Int)] = []
        for from in world.hosts.indices {
            for to in world.hosts.indices where to != from { pairs.append((from, to)) }
        }
        for (from, to) in random.shuffled(pairs).prefix(max(1, pairs.count / 2)) {
            let span = random.within(50...3_000 as ClosedRange<Int64>) * Nanoseconds.millisecond
            // What is sent meanwhile arrives when the link goes on.
            world.links[from, to].cloggedUntil = world.now.nanoseconds + span
        }
    }

    private mutating func change(
        _ world: inout RaftWorld, _ body: (_ from: Int, _ to: Int, inout RaftLink) -> Void
    ) {
        world.links.change(body)
        last(.links, milliseconds: 100...5_000, &world)
    }
}

extension RaftWorld {
    mutating func springVoterTrap(_ host: Int) { spring(.voter, host) }

    mutating func springLeaderTrap(_ host: Int) {
        spring(.leaderDies, host)
        spring(.leaderIsolated, host)
    }

    private mutating func spring(_ trap: RaftTrap, _ host: Int) {
        guard !traps.isEmpty, sprung == nil, let place = traps.firstIndex(of: trap) else { return }
        traps.remove(at: place)
        sprung = (host, trap)
        transcript.note(now, "n\(host + 1) walks into a trap: \(trap)")
    }

    mutating func setDrift(_ host: Int, partsPerMillion: Int64) {
        hosts[host].clock.setDrift(partsPerMillion: partsPerMillion, at: now)
        // Another rate reaches the deadline at another time.
        guard hosts[host].status == .running else { return }
        hosts[host].wakeAt = nil
        finishStep(host)
    }
}
