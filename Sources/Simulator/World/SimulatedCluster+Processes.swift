import ClusterNode
import LogStorage
import Toolbox
import Vocabulary
import VirtualWorld

/// How a process ends.
enum ProcessEnd: Sendable {
    /// SIGKILL: what was written stays in the kernel's memory.
    case kill
    /// The machine goes off: what was not synced may be gone.
    case powerLoss
    /// By itself.
    case exit
}

/// Processes: starting, stopping, pausing, and dying at any moment.
extension SimulatedCluster {
    /// A process is started and recovers from the disk.
    mutating func start(_ node: Int) {
        guard nodes[node].status == .down else { return }
        nodes[node].life += 1
        nodes[node].inbox = []
        nodes[node].turnAt = nil
        nodes[node].lanes = nodes[node].lanes.map { _ in DiskLane() }
        nodes[node].lanes[StorageLane.log.number].stalledUntil = nodes[node].logStalledUntil
        var directives: [NodeDirective] = []
        let seed = processRandom.next()
        let moment = nodes[node].clock.moment(at: now)
        do throws(NodeStartFailure) {
            let instance = try NodeInstance.start(
                plans[node],
                files: StoredFiles(
                    nodes[node].disk.contents, unreadable: nodes[node].disk.unreadable),
                incarnation: Incarnation(seed >> 8), seed: seed, at: moment, into: &directives)
            noticeDamage(node, directives)
            raft.processStarted(node: node)
            nodes[node].incarnation = Incarnation(seed >> 8)
            coordination.expiries.processStarted(node: node)
            ring.processStarted(node: node)
            nodes[node].process = [instance]
            nodes[node].status = .running
            transcript.note(now, "n\(node + 1) starts, life \(nodes[node].life)")
            transcript.mix(0x57A7, UInt64(node))
            network.setListening(node: node, life: nodes[node].life)
            observe(node)
            perform(directives, node)
            if nodes[node].isUp { scheduleTurn(node, at: now) }
        } catch {
            refused(node, error)
        }
    }

    private mutating func refused(_ node: Int, _ failure: NodeStartFailure) {
        transcript.note(now, "n\(node + 1) refuses to start: \(failure)")
        guard let damage = nodes[node].damage else {
            nodes[node].status = .refused
            violations.append(Violation("NodeStarts", "n\(node + 1) refuses: \(failure)"))
            return
        }
        nodes[node].status = .refused
        let text = "\(failure)"
        if !text.contains(damage.file.text) {
            violations.append(
                Violation(
                    "DamageIsNamed",
                    "n\(node + 1) has damage in \(damage.file) at \(damage.offset): \(text)")
            )
        }
    }

    /// Who gives up a copy that is whole takes a vote from the others' quorum.
    private mutating func noticeFalseAlarm(_ node: Int, _ directives: [NodeDirective]) {
        // What it said once it says again if it was killed before it had written it down.
        guard !nodes[node].hasForgotten else { return }
        for directive in directives {
            guard case .observe(.damaged(let said)) = directive else { continue }
            violations.append(
                Violation("DamageIsReal", "n\(node + 1) was not damaged and says: \(said)"))
        }
    }

    /// A node may start with damage if it says so; then the others fill its new copies.
    private mutating func noticeDamage(_ node: Int, _ directives: [NodeDirective]) {
        guard let damage = nodes[node].damage else { return noticeFalseAlarm(node, directives) }
        let isSaid = directives.contains { directive in
            switch directive {
            case .observe(.damaged(let said)): said.file == damage.file
            case .observe(.snapshotUnusable(_, let file, _)): file == damage.file
            default: false
            }
        }
        guard !isSaid else {
            nodes[node].damage = nil
            return lose(node)
        }
        violations.append(
            Violation(
                "DamageIsNoticed",
                "n\(node + 1) started with damage in \(damage.file) at \(damage.offset)"))
    }

    mutating func end(_ node: Int, by end: ProcessEnd) {
        guard nodes[node].isUp else { return }
        transcript.note(now, "n\(node + 1) ends by \(end)")
        transcript.mix(0xE4D, UInt64(node))
        nodes[node].process = []
        nodes[node].status = .down
        nodes[node].inbox = []
        nodes[node].turnAt = nil
        nodes[node].killAfterDirectives = nil
        nodes[node].isDiskBroken = false
        network.setListening(node: node, life: nil)
        network.breakConnections(of: .node(node), at: now, into: &events)
        switch end {
        case .kill, .exit: break
        case .powerLoss: nodes[node].disk.losePower(random: &diskRandom)
        }
        // Somebody starts it again, soon or later.
        let scale =
            processRandom.chance(0.5) ? Nanoseconds.millisecond : 30 * Nanoseconds.millisecond
        scheduleStart(node, after: 1 + processRandom.within(1...100 as ClosedRange<Int64>) * scale)
    }

    mutating func pause(_ node: Int) {
        guard nodes[node].status == .running else { return }
        transcript.note(now, "n\(node + 1) is paused")
        nodes[node].status = .paused
        nodes[node].turnAt = nil
    }

    mutating func resume(_ node: Int) {
        guard nodes[node].status == .paused else { return }
        transcript.note(now, "n\(node + 1) goes on")
        nodes[node].status = .running
        coordination.expiries.wentOn(node: node, at: now)
        scheduleTurn(node, at: now)
    }

    mutating func scheduleStart(_ node: Int, after nanoseconds: Int64) {
        events.schedule(.start(node: node), at: now.advanced(by: nanoseconds))
    }
}
