import Vocabulary
import Toolbox
import VirtualWorld

/// One run: a cluster, its clients, its misfortunes, and everything that must hold meanwhile and
/// afterwards, from one seed.
///
///     booting ──▶ faults ──▶ healing ──▶ writing ──▶ reading ──▶ done
///
/// While the faults last, only safety is asked for. When they have stopped, everything that was
/// begun must end, everybody must be able to write again, and all that was accepted must be there.
public struct Simulation: Sendable {
    enum Phase: Sendable { case faults, healing, writing, reading, done }

    let plan: SimulationPlan
    let seed: UInt64
    var cluster: SimulatedCluster
    var workload: Workload
    var coordination: CoordinationWorkload
    var nemesis: Nemesis
    var phase = Phase.faults
    private var phaseBegan = WorldTime.start
    private var sweeps = 0

    /// How often all invariants are looked at over everything.
    private static let sweepInterval = 250 * Nanoseconds.millisecond
    /// A run that is not over by then never will be.
    private static let eventsMaximum = 60_000_000

    public init(
        plan: SimulationPlan, seed: UInt64, detail: Transcript.Detail = .hashOnly,
        planted: PlantedFault? = nil
    ) {
        self.plan = plan
        self.seed = seed
        let chance = Chance(seed: seed)
        let blueprint = ClusterBlueprint(
            plan: plan, chance: chance, planted: planted)
        cluster = SimulatedCluster(
            plans: blueprint.plans, plan: plan, chance: chance, detail: detail)
        workload = Workload(plan: plan, chance: chance)
        coordination = CoordinationWorkload(plan: plan, chance: chance)
        nemesis = Nemesis(plan: plan, random: chance.stream(.nemesis))
        cluster.transcript.note(
            .start,
            "plan \(plan.name), small limits: \(blueprint.hasSmallLimits), nemeses: "
                + nemesis.kinds.map(\.rawValue).joined(separator: " "))
    }

    /// Runs to the end, or to the first broken promise.
    public mutating func run() -> SimulationResult {
        for node in cluster.nodes.indices { cluster.scheduleStart(node, after: 1) }
        workload.begin(&cluster)
        coordination.begin(&cluster)
        scheduleNemesis()
        cluster.events.schedule(.sweep, at: cluster.now.advanced(by: Self.sweepInterval))
        var count = 0
        while phase != .done, count < Self.eventsMaximum, let next = cluster.events.popFirst() {
            cluster.now = next.time
            handle(next.event)
            workload.takeDeliveries(&cluster)
            coordination.takeDeliveries(&cluster)
            nemesis.springTrap(&cluster)
            count += 1
            if !cluster.violations.isEmpty || !workload.violations.isEmpty { break }
        }
        return result(events: count)
    }

    private mutating func handle(_ event: WorldEvent) {
        switch event {
        case .client(let client): workload.run(client, &cluster)
        case .coordinationClient(let client): coordination.run(client, &cluster)
        case .nemesis:
            nemesis.strike(&cluster)
            scheduleNemesis()
        case .relief(let index): nemesis.relieve(index, &cluster)
        case .sweep: sweep()
        case .network, .turn, .disk, .work, .start: cluster.handle(event)
        }
    }

    private mutating func scheduleNemesis() {
        guard let time = nemesis.nextTime(after: cluster.now) else { return }
        cluster.events.schedule(.nemesis, at: time)
    }

    // MARK: Phases

    private mutating func sweep() {
        sweeps += 1
        if sweeps % 4 == 0 { cluster.sweep() }
        cluster.events.schedule(.sweep, at: cluster.now.advanced(by: Self.sweepInterval))
        let passed = cluster.now.nanoseconds - phaseBegan.nanoseconds
        switch phase {
        case .faults:
            guard passed >= plan.faultSeconds * Nanoseconds.second else { return }
            nemesis.heal(&cluster)
            workload.rest()
            coordination.rest(&cluster)
            enter(.healing)
        case .healing:
            guard isQuiet else { return checkPatience(passed, "to end what was begun") }
            workload.sendOnceMore(&cluster)
            coordination.askOnceMore(&cluster)
            enter(.writing)
        case .writing:
            guard isQuiet else { return checkPatience(passed, "to write once more") }
            workload.readEverything(&cluster)
            coordination.leave(&cluster)
            enter(.reading)
        case .reading:
            guard isQuiet, workload.hasCaughtUp else {
                return checkPatience(passed, "to read everything")
            }
            checkHistory()
            enter(.done)
        case .done: return
        }
    }

    private mutating func enter(_ phase: Phase) {
        cluster.transcript.note(cluster.now, "phase: \(phase)")
        self.phase = phase
        phaseBegan = cluster.now
    }

    /// Everybody was answered, and all replicas have applied the same.
    private var isQuiet: Bool {
        workload.isIdle && coordination.isIdle && cluster.hasConverged
    }

    private mutating func checkPatience(_ passed: Int64, _ what: String) {
        guard passed > plan.healSeconds * Nanoseconds.second else { return }
        cluster.violations.append(
            Violation(
                "WorkCompletes",
                "\(plan.healSeconds) s without faults were not enough \(what): "
                    + workload.unfinished + coordination.unfinished + cluster.unfinished))
    }

    private mutating func checkHistory() {
        var violations: [Violation] = []
        cluster.sweep()
        cluster.checkCoordinationRests()
        HistoryChecker.check(workload.history, into: &violations)
        cluster.violations += violations
    }

    private func result(events: Int) -> SimulationResult {
        var violations = cluster.violations + workload.violations
        if violations.isEmpty, phase != .done {
            violations.append(Violation("WorkCompletes", "\(events) events and no end"))
        }
        let history = workload.history
        return SimulationResult(
            seed: seed, violations: violations, traceHash: cluster.transcript.hash,
            simulated: cluster.now, eventsCount: events,
            acceptedCount: history.sends.count { $0.acceptedAt != nil },
            shownCount: history.showings.count, faultsCount: nemesis.count,
            electionsCount: cluster.raft.elections.electionsCount,
            coordination: coordination.counts, tail: cluster.transcript.tail)
    }
}

/// What came of a run.
public struct SimulationResult: Sendable {
    public let seed: UInt64
    public let violations: [Violation]
    /// The same for every run of this seed by this program.
    public let traceHash: UInt64
    /// How long it took by its own clock.
    public let simulated: WorldTime
    public let eventsCount: Int
    public let acceptedCount: Int
    public let shownCount: Int
    public let faultsCount: Int
    public let electionsCount: Int
    public let coordination: CoordinationCounters
    /// The last lines of the transcript, if any were kept.
    public let tail: [String]

    public var isGood: Bool { violations.isEmpty }
}
