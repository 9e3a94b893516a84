import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// How a process ends.
enum RaftProcessEnd: Sendable {
    /// What was written stays in the kernel's memory, and so reaches the disk.
    case kill
    /// What no sync had reported may be gone, and nobody answers at that address.
    case powerLoss
}

/// Processes: starting, stopping, standing still.
extension RaftWorld {
    /// The first start of all hosts.
    mutating func begin() {
        for host in hosts.indices { scheduleStart(host, after: 1 + Int64(host)) }
    }

    mutating func start(_ host: Int) {
        guard hosts[host].status == .down else { return }
        hosts[host].life += 1
        hosts[host].status = .running
        hosts[host].forgetProcess()
        let moment = hosts[host].clock.monotonic(at: now)
        hosts[host].raft = newInstance(
            host, hosts[host].replica, hosts[host].disk.recovery, moment)
        hosts[host].machine =
            hosts[host].disk.platter.snapshot?.machine
            ?? RegisterMachine(clients: layout.clients)
        laws.noteStart(of: host, hosts[host].disk.platter, into: &violations)
        transcript.note(now, "n\(host + 1) starts, life \(hosts[host].life)")
        transcript.mix(UInt64(bitPattern: now.nanoseconds), 0x57A7 << 32 | UInt64(host))
        endTransfersToFormerLife(of: host)
        finishStep(host)
    }

    /// Nobody who waits for an answer of the process before is told of a power cut. What is asked
    /// of that one is turned away by the new one, and so its end is noticed at last.
    private mutating func endTransfersToFormerLife(of host: Int) {
        for sender in hosts.indices where hosts[sender].transfers[host] != nil {
            let time = now.advanced(by: 2 * Nanoseconds.second)
            events.schedule(.connectionLost(host: sender, peer: host, refused: false), at: time)
        }
    }

    mutating func end(_ host: Int, by end: RaftProcessEnd) {
        guard hosts[host].isUp else { return }
        transcript.note(now, "n\(host + 1) ends by \(end)")
        transcript.mix(UInt64(bitPattern: now.nanoseconds), 0xE4D << 32 | UInt64(host))
        hosts[host].status = .down
        hosts[host].forgetProcess()
        switch end {
        case .kill: hosts[host].disk.stop(keepsInFlight: true)
        case .powerLoss: hosts[host].disk.stop(keepsInFlight: diskRandom.chance(0.5))
        }
        for observer in hosts.indices where observer != host {
            noticeEnd(of: host, observer, isRefused: end == .kill)
        }
        let scale = processRandom.chance(0.6) ? 1 : 30 as Int64
        scheduleStart(
            host,
            after: scale * Nanoseconds.millisecond
                * processRandom.within(1...100 as ClosedRange<Int64>))
    }

    private mutating func noticeEnd(of host: Int, _ observer: Int, isRefused: Bool) {
        guard isRefused, !links[host, observer].isBlocked, !links[observer, host].isBlocked else {
            return
        }
        let time = now.advanced(
            by: LinkTable.delayMinimum + networkRandom.delay(around: layout.delayMean * 2))
        events.schedule(.connectionLost(host: observer, peer: host, refused: false), at: time)
        let later = time.advanced(
            by: LinkTable.delayMinimum + networkRandom.delay(around: layout.delayMean * 4))
        events.schedule(.connectionLost(host: observer, peer: host, refused: true), at: later)
    }

    /// The disk holds nothing any more; what is made there next is another copy of the log.
    mutating func replaceReplica(_ host: Int) {
        end(host, by: .kill)
        graves[hosts[host].replica] = hosts[host].disk.platter
        hosts[host].disk = ReplicaDisk(syncMean: hosts[host].disk.syncMean, founded: .empty)
        hosts[host].replica = newReplica()
        laws.forget(host)
        transcript.note(now, "n\(host + 1) holds \(hosts[host].replica) from now on, empty")
    }

    mutating func pause(_ host: Int) {
        guard hosts[host].status == .running else { return }
        transcript.note(now, "n\(host + 1) stands still")
        hosts[host].status = .paused
        hosts[host].wakeAt = nil
    }

    /// The process goes on: what waited comes all at once, and then what time asks for.
    mutating func resume(_ host: Int) {
        guard hosts[host].status == .paused else { return }
        transcript.note(now, "n\(host + 1) goes on")
        hosts[host].status = .running
        let waiting = hosts[host].backlog
        hosts[host].backlog = []
        // Which comes first, the clock or the messages, is chance in a real process, too.
        if processRandom.chance(0.5) { catchUpWithTime(host) }
        for event in waiting { handle(event) }
        if hosts[host].status == .running { finishStep(host) }
    }

    private mutating func catchUpWithTime(_ host: Int) {
        let moment = hosts[host].clock.monotonic(at: now)
        guard let deadline = hosts[host].raft.nextDeadline, deadline <= moment else { return }
        hosts[host].raft.timeDidAdvance(to: moment, into: &directives)
        finishStep(host)
    }

    mutating func scheduleStart(_ host: Int, after nanoseconds: Int64) {
        events.schedule(.start(host: host), at: now.advanced(by: nanoseconds))
    }

    // MARK: Asking

    var leader: Int? {
        var found: Int?
        var term = Term.zero
        for host in hosts.indices where hosts[host].isUp {
            guard hosts[host].raft.role == .leader, hosts[host].raft.term > term else { continue }
            found = host
            term = hosts[host].raft.term
        }
        return found
    }

    /// All processes run, one of them leads, and all have applied the same.
    var hasConverged: Bool {
        guard let leader else { return false }
        let applied = hosts[leader].machine.applied
        let term = hosts[leader].raft.term
        let configuration = hosts[leader].raft.configuration
        guard hosts[leader].raft.lastIndex == applied, !configuration.isJoint else { return false }
        for member in configuration.members {
            let host = Int(member.node.rawValue) - 1
            guard hosts[host].member == member, hosts[host].status == .running,
                hosts[host].machine.applied == applied, hosts[host].raft.term == term,
                host == leader || hosts[host].raft.role != .leader
            else { return false }
        }
        // Who is no member knows it, if anybody whom it would ask for a vote leads.
        return hosts.allSatisfy {
            configuration.contains($0.member)
                || !$0.raft.configuration.isVoter(hosts[leader].member)
        }
    }

    /// For people.
    var picture: String {
        hosts.map { host in
            "\(host.member) \(host.status) \(host.raft.role)@\(host.raft.term)"
                + " {\(host.raft.configuration)}"
                + " \(host.machine.applied)/\(host.raft.commitIndex)/\(host.raft.lastIndex)"
                + host.raft.followers.map { " \($0.node) \($0.mode) \($0.match)" }.joined()
        }.joined(separator: "; ")
    }
}
