import AdminWire
import HTTPWire
import Placement
import SystemIO
import Toolbox
import Vocabulary

/// One run of `chaos kills`: a hand that takes leaders their places, and all nodes in the end.
struct KillRun {
    private let plan: KillPlan
    private let cluster: ClusterRun
    private var kills: [AcknowledgementGaps.Kill] = []
    /// Of transfers, in a row.
    private var refusalsCount = 0

    private static let stopPatience = Duration.seconds(30)
    /// In a row, each after a pause.
    private static let refusalsMaximum = 100

    init(_ plan: KillPlan, _ files: ClusterFiles, chatnode: String) throws(ChaosFailure) {
        self.plan = plan
        let load = LoadPlan(
            connectionsCount: plan.connectionsCount, sendsPerSecond: plan.sendsPerSecond,
            sendsCount: plan.killsCount == nil ? plan.sendsCount : nil,
            crowdCount: plan.connectionsCount, seed: plan.seed)
        cluster = try ClusterRun(load, files, chatnode: chatnode)
    }

    /// The whole of it.
    mutating func run() throws(ChaosFailure) -> KillReport {
        try cluster.startNodes()
        try cluster.makeUsers()
        try cluster.makeChats()
        try cluster.connectDevices()
        try sendEverything()
        try killAll()
        try cluster.check()
        return report
    }

    private var report: KillReport {
        let acknowledgements = cluster.acknowledgements
        let end = acknowledgements.last?.at ?? Instant(nanoseconds: 0)
        var report = KillReport(
            cluster.outcome, gaps: AcknowledgementGaps(acknowledgements, kills, end: end))
        report.killsCount = kills.count
        report.way = plan.way
        return report
    }

    // MARK: Sending, while leaders are killed

    private mutating func sendEverything() throws(ChaosFailure) {
        cluster.beginSending()
        let start = SystemClock.instant()
        var nextKill = start + plan.firstKill
        var nextWord = start + .seconds(5)
        while cluster.isSending || cluster.hasUnanswered {
            try cluster.turn(until: min(nextKill, nextWord))
            let now = SystemClock.instant()
            if cluster.isSending, !wantsMore(at: now) { cluster.endSending() }
            if now >= nextKill, cluster.isSending, kills.count < plan.killsCount ?? .max {
                nextKill =
                    try unseatLeader() ? nextKill + plan.killInterval : now + .milliseconds(50)
            } else if now >= nextKill {
                nextKill = now + plan.killInterval
            }
            if now >= nextWord {
                nextWord = now + .seconds(5)
                sayHowFar()
            }
            try cluster.expectAnswers()
        }
        sayHowFar()
    }

    private func sayHowFar() {
        let (answered, sent) = (cluster.answeredCount, cluster.messages.count)
        cluster.say("\(answered) of \(sent) acknowledged, \(kills.count) kills")
    }

    private func wantsMore(at now: Instant) -> Bool {
        guard let killsCount = plan.killsCount else {
            return cluster.messages.count < plan.sendsCount
        }
        guard kills.count >= killsCount, let last = kills.last else { return true }
        return now < last.at + plan.killInterval
    }

    /// Takes its place from the leader of some group, as planned.
    ///
    /// - Returns: false while the cluster has not recovered from the kill before: a second node
    ///   that is down would only show that a majority is needed.
    private mutating func unseatLeader() throws(ChaosFailure) -> Bool {
        guard let leaders = try cluster.leaders() else { return false }
        let files = cluster.files
        // Nothing is acknowledged by the group of accounts, so that its transfer would show no gap.
        let groups = plan.way == .transfer ? files.partitions.messageGroups : files.groups
        let group = groups[cluster.random.below(groups.count)]
        guard let victim = cluster.nodes.first(where: { $0.id == leaders[group] }) else {
            return false
        }
        var lost: [ReplicaGroupID] = []
        for (group, leader) in leaders where leader == victim.id { lost.append(group) }
        let at = SystemClock.instant()
        switch plan.way {
        case .kill:
            try victim.kill()
            try victim.start()
        case .stop:
            try cluster.stop(victim, within: Self.stopPatience)
            try victim.start()
        case .transfer:
            guard try handOver(group, from: victim) else { return false }
            lost = [group]
        }
        kills.append(AcknowledgementGaps.Kill(at: at, groups: lost))
        let names = lost.map(\.description).joined(separator: " ")
        cluster.say(
            "\(plan.way.past) \(victim.id), leader of \(group); gone with it: \(names)")
        return true
    }

    /// Has the leader of `group` hand it over to another node.
    ///
    /// - Returns: false if it would not do so now.
    private mutating func handOver(
        _ group: ReplicaGroupID, from leader: NodeProcess
    ) throws(ChaosFailure) -> Bool {
        let others = cluster.nodes.filter { $0.id != leader.id }
        guard !others.isEmpty else { throw .answered("there is no node to hand over to") }
        let heir = others[cluster.random.below(others.count)].id
        let question = Question(
            .changeGroup(group, GroupChange(.transfer, heir)), to: leader.files.admins,
            token: cluster.files.adminToken)
        let answer = try cluster.askOnce([question], within: .seconds(10))[0]
        if answer?.status == 200 {
            refusalsCount = 0
            return true
        }
        refusalsCount += 1
        let words = answer.map { "\($0.status) \($0.body.text ?? "")" } ?? "no answer"
        guard refusalsCount < Self.refusalsMaximum else {
            throw .answered("\(leader.id) does not hand \(group) over to \(heir): \(words)")
        }
        return false
    }

    /// Kills all nodes at once and starts them again.
    private func killAll() throws(ChaosFailure) {
        for node in cluster.nodes { try node.kill() }
        for node in cluster.nodes { try node.start() }
        cluster.say("killed all nodes at once")
        let start = SystemClock.instant()
        try cluster.waitForLeaders()
        let duration = (SystemClock.instant() - start).nanoseconds / 1_000_000
        cluster.say("every group has a leader again after \(duration) ms")
    }
}
