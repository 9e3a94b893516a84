import Raft
import Toolbox
public import VirtualWorld
import Vocabulary

/// One run: a replicated log, its hosts, clients and misfortunes, and everything that must hold
/// meanwhile and afterwards, from one seed.
///
///     faults ──▶ healing ──▶ proving ──▶ done
///
/// While the faults last, only safety is asked for. Afterwards there must be one leader, all
/// replicas must have the same, and everybody must be able to write and to read, in bounded time.
public struct RaftRun: Sendable {
    enum Phase: Sendable { case faults, healing, proving, done }

    private let seed: UInt64
    private var world: RaftWorld
    private var nemesis: RaftNemesis
    private var phase = Phase.faults
    private var phaseBegan = WorldTime.start
    private var proofs = 0

    private static let sweepInterval = 500 * Nanoseconds.millisecond
    /// A run that is not over by then never will be.
    private static let eventsMaximum = 20_000_000

    /// - Parameter planted: a mistake to make on purpose, as `PlantedRaftFault` names it; it is
    /// made
    ///   only by builds with `PLANTED_FAULTS`.
    public init(
        seed: UInt64, detail: Transcript.Detail = .hashOnly, planted: String? = nil
    ) {
        var layout = RaftLayout(random: Chance(seed: seed).stream(.settings))
        layout.planted = planted
        self.init(seed: seed, layout: layout, detail: detail)
    }

    /// A run of another shape than the seed would draw.
    public init(seed: UInt64, layout: RaftLayout, detail: Transcript.Detail = .hashOnly) {
        self.seed = seed
        let chance = Chance(seed: seed)
        world = RaftWorld(layout: layout, chance: chance, detail: detail)
        nemesis = RaftNemesis(layout: layout, random: chance.stream(.nemesis))
        world.transcript.note(.start, layout.summary)
    }

    /// Runs to the end, or to the first broken promise.
    public mutating func run() -> RaftRunResult {
        world.begin()
        world.beginClients()
        scheduleFault()
        world.events.schedule(.sweep, at: world.now.advanced(by: Self.sweepInterval))
        var count = 0
        while phase != .done, count < Self.eventsMaximum, let next = world.events.popFirst() {
            world.now = next.time
            handle(next.event)
            if world.sprung != nil { nemesis.springTrap(&world) }
            count += 1
            if !world.violations.isEmpty { break }
        }
        return result(events: count)
    }

    private mutating func handle(_ event: RaftEvent) {
        switch event {
        case .message, .wake, .synced, .parcel, .connectionLost, .start, .request:
            world.handle(event)
        case .answer(let answer): world.hear(answer)
        case .client(let client, let operation): world.run(client, operation)
        case .fault:
            nemesis.strike(&world)
            scheduleFault()
        case .transfer: nemesis.transfer(&world)
        case .relief(let index): nemesis.relieve(index, &world)
        case .sweep: sweep()
        }
    }

    private mutating func scheduleFault() {
        guard let time = nemesis.nextTime(after: world.now) else { return }
        world.events.schedule(.fault, at: time)
    }

    // MARK: Phases

    private mutating func sweep() {
        world.sweep()
        world.events.schedule(.sweep, at: world.now.advanced(by: Self.sweepInterval))
        let passed = world.now.nanoseconds - phaseBegan.nanoseconds
        switch phase {
        case .faults:
            guard passed >= world.layout.faultSeconds * Nanoseconds.second else { return }
            nemesis.heal(&world)
            world.clients.isResting = true
            enter(.healing)
        case .healing:
            guard isQuiet else { return checkPatience(passed, "to come to rest") }
            for client in world.clients.all.indices { world.begin(client, .write(count: 1)) }
            enter(.proving)
        case .proving:
            guard isQuiet else { return checkPatience(passed, "to write and read once more") }
            proofs += 1
            if proofs == 1 {
                for client in world.clients.all.indices { world.begin(client, .read) }
            } else {
                enter(.done)
            }
        case .done: return
        }
    }

    private mutating func enter(_ phase: Phase) {
        world.transcript.note(world.now, "phase: \(phase)")
        self.phase = phase
        phaseBegan = world.now
    }

    private var isQuiet: Bool { world.clients.isIdle && world.hasConverged }

    private mutating func checkPatience(_ passed: Int64, _ what: String) {
        let patience =
            30 * Nanoseconds.second
            + 40 * world.layout.settings.electionTimeoutMaximum.nanoseconds
        guard passed > patience else { return }
        world.violations.append(
            Violation(
                "WorkCompletes",
                "\(patience / Nanoseconds.second) s without faults were not enough \(what): "
                    + world.picture))
    }

    private func result(events: Int) -> RaftRunResult {
        var violations = world.violations
        if violations.isEmpty, phase != .done {
            violations.append(Violation("WorkCompletes", "\(events) events and no end"))
        }
        return RaftRunResult(
            seed: seed, violations: violations, traceHash: world.transcript.hash,
            simulated: world.now, eventsCount: events, writesCount: world.clients.writesCount,
            readsCount: world.clients.readsCount, faultsCount: nemesis.count,
            electionsCount: world.laws.electionsCount, changesCount: world.changesCount,
            leaseReadsCount: world.leaseReadsCount, tail: world.transcript.tail)
    }
}

/// What came of a run.
public struct RaftRunResult: Sendable {
    public let seed: UInt64
    public let violations: [Violation]
    /// The same for every run of this seed by this program.
    public let traceHash: UInt64
    /// How long it took by its own clock.
    public let simulated: WorldTime
    public let eventsCount: Int
    public let writesCount: Int
    public let readsCount: Int
    public let faultsCount: Int
    public let electionsCount: Int
    /// Configurations that became committed, once for each replica that saw it.
    public let changesCount: Int
    public let leaseReadsCount: Int
    /// The last lines of the transcript, if any were kept.
    public let tail: [String]

    public var isGood: Bool { violations.isEmpty }
}
