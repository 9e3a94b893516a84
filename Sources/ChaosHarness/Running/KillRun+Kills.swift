import AdminWire
import HTTPWire
import Placement
import SystemIO
import Toolbox
import Vocabulary

// Sending, while leaders are killed.
extension KillRun {
    private static let stuckMaximum = Duration.seconds(30)
    private static let stopPatience = Duration.seconds(30)
    /// In a row, each after a pause.
    private static let refusalsMaximum = 100

    func sendEverything() throws(ChaosFailure) {
        let start = SystemClock.instant()
        for device in devices.indices {
            // Spread over the first interval, so that they do not send in step.
            let interval = Duration.seconds(1) * devices.count / plan.sendsPerSecond
            devices[device].sendAt = start + interval * random.below(1_000) / 1_000
        }
        isSending = true
        lastAnsweredAt = start
        var nextKill = start + plan.firstKill
        var nextWord = start + .seconds(5)
        while isSending || answeredCount < messages.count {
            try turn(until: min(nextKill, nextWord))
            let now = SystemClock.instant()
            if isSending { isSending = wantsMore(at: now) }
            if now >= nextKill, isSending, kills.count < plan.killsCount ?? .max {
                nextKill =
                    try unseatLeader() ? nextKill + plan.killInterval : now + .milliseconds(50)
            } else if now >= nextKill {
                nextKill = now + plan.killInterval
            }
            if now >= nextWord {
                nextWord = now + .seconds(5)
                say("\(answeredCount) of \(messages.count) acknowledged, \(kills.count) kills")
            }
            guard now - lastAnsweredAt < Self.stuckMaximum else {
                throw .waitedInVain("an answer to \(messages.count - answeredCount) sends")
            }
        }
        say("\(answeredCount) of \(messages.count) acknowledged, \(kills.count) kills")
    }

    private func wantsMore(at now: Instant) -> Bool {
        guard let killsCount = plan.killsCount else { return messages.count < plan.sendsCount }
        guard kills.count >= killsCount, let last = kills.last else { return true }
        return now < last.at + plan.killInterval
    }

    /// Takes its place from the leader of some group, as planned.
    ///
    /// - Returns: false while the cluster has not recovered from the kill before: a second node
    ///   that is down would only show that a majority is needed.
    private func unseatLeader() throws(ChaosFailure) -> Bool {
        guard let leaders = try leaders() else { return false }
        // Nothing is acknowledged by the group of accounts, so that its transfer would show no gap.
        let groups = plan.way == .transfer ? files.partitions.messageGroups : files.groups
        let group = groups[random.below(groups.count)]
        guard let victim = nodes.first(where: { $0.id == leaders[group] }) else { return false }
        var lost: [ReplicaGroupID] = []
        for (group, leader) in leaders where leader == victim.id { lost.append(group) }
        let at = SystemClock.instant()
        switch plan.way {
        case .kill:
            try victim.kill()
            try victim.start()
        case .stop:
            try stop(victim)
            try victim.start()
        case .transfer:
            guard try handOver(group, from: victim) else { return false }
            lost = [group]
        }
        kills.append(AcknowledgementGaps.Kill(at: at, groups: lost))
        let names = lost.map(\.description).joined(separator: " ")
        say("\(plan.way.past) \(victim.id), leader of \(group); gone with it: \(names)")
        return true
    }

    /// Has the leader of `group` hand it over to another node.
    ///
    /// - Returns: false if it would not do so now.
    private func handOver(
        _ group: ReplicaGroupID, from leader: NodeProcess
    ) throws(ChaosFailure) -> Bool {
        let others = nodes.filter { $0.id != leader.id }
        guard !others.isEmpty else { throw .answered("there is no node to hand over to") }
        let heir = others[random.below(others.count)].id
        let question = Question(
            .changeGroup(group, GroupChange(.transfer, heir)), to: leader.files.admins,
            token: files.adminToken)
        let answer = try askOnce([question], within: .seconds(10))[0]
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

    /// Tells the node to end, and waits until it has.
    private func stop(_ node: NodeProcess) throws(ChaosFailure) {
        try node.stop()
        let end = SystemClock.instant() + Self.stopPatience
        while try !node.hasStopped() {
            let now = SystemClock.instant()
            guard now < end else {
                throw .waitedInVain("the end of \(node.id), \(Self.stopPatience) after SIGTERM")
            }
            try turn(until: now + .milliseconds(2))
        }
    }

    /// Kills all nodes at once and starts them again.
    func killAll() throws(ChaosFailure) {
        for node in nodes { try node.kill() }
        for node in nodes { try node.start() }
        say("killed all nodes at once")
        let start = SystemClock.instant()
        try waitForLeaders()
        let duration = (SystemClock.instant() - start).nanoseconds / 1_000_000
        say("every group has a leader again after \(duration) ms")
    }
}
