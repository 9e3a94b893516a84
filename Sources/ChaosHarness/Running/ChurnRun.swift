import AdminWire
import ClientCore
import HTTPWire
import SystemIO
import Toolbox
import Vocabulary

/// One run of `chaos ring`: a node leaves a cluster that serves clients, and joins it again.
struct ChurnRun {
    private let plan: ChurnPlan
    private let cluster: ClusterRun
    private var changes: [ChurnReport.Change] = []
    private var violations: [Violation] = []
    /// Since a change began, each epoch once.
    private var rings: [RingReading] = []

    private static let crowdCount = 50
    private static let patience = Duration.seconds(120)
    private static let stopPatience = Duration.seconds(90)
    private static let lookInterval = Duration.milliseconds(50)

    init(_ plan: ChurnPlan, _ files: ClusterFiles, chatnode: String) throws(ChaosFailure) {
        self.plan = plan
        let load = LoadPlan(
            connectionsCount: plan.connectionsCount, sendsPerSecond: plan.sendsPerSecond,
            crowdCount: min(plan.connectionsCount, Self.crowdCount), seed: plan.seed)
        cluster = try ClusterRun(load, files, chatnode: chatnode)
    }

    /// The whole of it.
    mutating func run() throws(ChaosFailure) -> ChurnReport {
        try cluster.startNodes()
        let everybody = cluster.nodes
        try waitUntilSettled(everybody)
        try cluster.makeUsers()
        try cluster.makeChats()
        try cluster.connectDevices()
        try waitUntilHome()
        cluster.beginSending()
        try cluster.pause(plan.calm)

        // Drawn by itself: what the cluster's clients draw depends on what happens.
        var random = SeededRandom(seed: plan.seed)
        let node = everybody[random.below(everybody.count)]
        try leave(node)
        try join(node)

        cluster.endSending()
        while cluster.hasUnanswered {
            try cluster.pause(.milliseconds(20))
            try cluster.expectAnswers()
        }
        try cluster.check()
        return report
    }

    private mutating func leave(_ node: NodeProcess) throws(ChaosFailure) {
        cluster.say("\(node.id) is told to end")
        let others = cluster.nodes.filter { $0.id != node.id }
        try begin(with: others)
        let start = SystemClock.instant()
        try node.stop()
        let settledAt = try waitUntilSettled(others)
        while try !node.hasStopped() {
            try cluster.pause(.milliseconds(5))
            guard SystemClock.instant() - start < Self.stopPatience else {
                throw .waitedInVain("the end of \(node.id), \(Self.stopPatience) after SIGTERM")
            }
        }
        violations += RingCheck.leave(of: node.id, rings)
        try finish("leave", node, from: start, settledAt)
    }

    private mutating func join(_ node: NodeProcess) throws(ChaosFailure) {
        cluster.say("\(node.id) is started again")
        try begin(with: cluster.nodes.filter { $0.id != node.id })
        let start = SystemClock.instant()
        try node.start()
        let settledAt = try waitUntilSettled(cluster.nodes)
        violations += RingCheck.join(of: node.id, rings)
        try finish("join", node, from: start, settledAt)
    }

    private mutating func begin(with nodes: [NodeProcess]) throws(ChaosFailure) {
        rings = []
        try look(at: nodes)
    }

    /// Waits until everybody is at home and notes what has happened since `start`.
    private mutating func finish(
        _ name: String, _ node: NodeProcess, from start: Instant, _ settledAt: Instant
    ) throws(ChaosFailure) {
        let homeAt = try waitUntilHome()
        try cluster.pause(plan.calm)
        var change = ChurnReport.Change(
            name, of: node.id, rings, from: start, to: SystemClock.instant())
        change.settledAt = settledAt
        change.homeAt = homeAt
        let reconnections = cluster.reconnections.filter { $0.at >= start }
        change.pace = PaceCheck(reconnections)
        change.sentHome = reconnections.count { $0.cause == .ring }
        change.sentAway = reconnections.count { $0.cause == .stop }
        change.lost = reconnections.count { $0.cause == .lost }
        change.absences = cluster.absences.filter { $0.from >= start }.map(\.duration)
        violations += change.pace.violations(
            perSecond: plan.departuresPerSecond, admissionsPerSecond: plan.admissionsPerSecond)
        changes.append(change)
    }

    private var report: ChurnReport {
        let acknowledgements = cluster.acknowledgements
        let end = acknowledgements.last?.at ?? Instant(nanoseconds: 0)
        let moments = changes.map { AcknowledgementGaps.Kill(at: $0.beganAt, groups: []) }
        let gaps = AcknowledgementGaps(acknowledgements, moments, end: end).ofAll
        var outcome = cluster.outcome
        outcome.violations = violations + outcome.violations
        var report = ChurnReport(outcome, changes)
        for (index, gap) in gaps.enumerated() { report.changes[index].gap = gap }
        report.departuresPerSecond = plan.departuresPerSecond
        return report
    }

    // MARK: Waiting

    /// Waits until all arcs are where they belong, by what each of `nodes` says.
    @discardableResult
    private mutating func waitUntilSettled(
        _ nodes: [NodeProcess]
    ) throws(ChaosFailure) -> Instant {
        let end = SystemClock.instant() + Self.patience
        while true {
            let readings = try look(at: nodes)
            let now = SystemClock.instant()
            let isWhole = readings.count == nodes.count
            if isWhole, RingCheck.isSettled(readings, over: nodes.map(\.id)) { return now }
            guard now < end else { throw .waitedInVain("a ring over \(nodes.count) nodes") }
            try cluster.pause(Self.lookInterval)
        }
    }

    /// What each of `nodes` gives out; who gives out nothing is left out.
    @discardableResult
    private mutating func look(at nodes: [NodeProcess]) throws(ChaosFailure) -> [RingReading] {
        let readings = try cluster.rings(of: nodes)
        for reading in readings.sorted(by: { $0.epoch < $1.epoch })
        where rings.last.map({ $0.epoch < reading.epoch }) ?? true {
            rings.append(reading)
        }
        return readings
    }

    /// Every device is connected to the node that owns its user's arc.
    @discardableResult
    private func waitUntilHome() throws(ChaosFailure) -> Instant {
        guard let ring = rings.last else { unreachable("no ring was read") }
        let start = SystemClock.instant()
        func awayCount() -> Int {
            cluster.devices.count { device in
                !device.client.isConnected || device.node != ring.owner(of: device.user)
            }
        }
        var nextWord = start + .seconds(5)
        var away = awayCount()
        while away > 0 {
            try cluster.pause(Self.lookInterval)
            try cluster.expectAnswers()
            away = awayCount()
            let now = SystemClock.instant()
            guard now - start < Self.patience else {
                throw .waitedInVain("\(away) devices to come home, for \(Self.patience)")
            }
            guard now >= nextWord else { continue }
            nextWord = now + .seconds(5)
            cluster.say("\(away) devices are not at home yet")
        }
        return SystemClock.instant()
    }
}

extension ClusterRun {
    /// What each of `nodes` gives out; who gives out nothing in time is left out.
    fileprivate func rings(of nodes: [NodeProcess]) throws(ChaosFailure) -> [RingReading] {
        let questions = nodes.map {
            Question(.ring(runs: true), to: $0.files.admins, token: files.adminToken)
        }
        var readings: [RingReading] = []
        for answer in try askOnce(questions, within: .seconds(1)) {
            guard let answer, answer.status == 200 else { continue }
            do throws(AdminFailure) {
                guard let reading = RingReading(try RingStatus.decode(answer.body)) else {
                    throw AdminFailure.invalidField("runs", expected: "all arcs")
                }
                readings.append(reading)
            } catch {
                throw .answered("a ring that is none: \(error)")
            }
        }
        return readings
    }
}
