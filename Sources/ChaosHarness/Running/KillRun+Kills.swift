import SystemIO
import Toolbox
import Vocabulary

// Sending, while leaders are killed.
extension KillRun {
    private static let stuckMaximum = Duration.seconds(30)

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
        while answeredCount < plan.sendsCount {
            try turn(until: min(nextKill, nextWord))
            let now = SystemClock.instant()
            if now >= nextKill, messages.count < plan.sendsCount {
                nextKill = try killLeader() ? nextKill + plan.killInterval : now + .milliseconds(50)
            } else if now >= nextKill {
                nextKill = now + plan.killInterval
            }
            if now >= nextWord {
                nextWord = now + .seconds(5)
                say("\(answeredCount) of \(plan.sendsCount) acknowledged, \(kills.count) kills")
            }
            guard now - lastAnsweredAt < Self.stuckMaximum else {
                throw .waitedInVain("an answer to \(messages.count - answeredCount) sends")
            }
        }
        isSending = false
        say("\(answeredCount) of \(plan.sendsCount) acknowledged, \(kills.count) kills")
    }

    /// Kills the leader of some group and starts it again at once.
    ///
    /// - Returns: false while the cluster has not recovered from the kill before: a second node
    ///   that is down would only show that a majority is needed.
    private func killLeader() throws(ChaosFailure) -> Bool {
        guard let leaders = try leaders() else { return false }
        let group = files.groups[random.below(files.groups.count)]
        guard let victim = nodes.first(where: { $0.id == leaders[group] }) else { return false }
        let at = SystemClock.instant()
        try victim.kill()
        try victim.start()
        var lost: [ReplicaGroupID] = []
        for (group, leader) in leaders where leader == victim.id { lost.append(group) }
        kills.append(AcknowledgementGaps.Kill(at: at, groups: lost))
        let names = lost.map(\.description).joined(separator: " ")
        say("killed \(victim.id), leader of \(group); it led \(names)")
        return true
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
