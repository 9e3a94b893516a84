import Raft
import Toolbox
import VirtualWorld
import Vocabulary

/// What operators do, at any time, in any order, and while everything else goes wrong.
extension RaftNemesis {
    mutating func changeMembers(_ world: inout RaftWorld) {
        guard let leader = world.leader, world.now.nanoseconds >= world.membersRestUntil else {
            return
        }
        let configuration = world.hosts[leader].raft.configuration
        let host = random.below(world.hosts.count)
        let node = world.hosts[host].node
        let change: MembershipChange
        switch random.below(8) {
        case 0, 1, 2: change = .addLearner(world.hosts[host].member)
        case 3: change = .promote(learner(of: configuration) ?? node)
        case 4: change = .demote(node)
        case 5: change = .remove(node)
        default: change = .setVoters(someMembers(configuration))
        }
        // Cut off first, so that nobody else hears of it and its end is uncertain.
        if random.chance(0.2) { isolate(leader, &world) }
        world.change(change, on: leader)
        // A second change on its heels must be refused, or wait.
        if random.chance(0.3) {
            world.change(.setVoters(someMembers(configuration)), on: leader)
        }
    }

    private mutating func learner(of configuration: RaftConfiguration) -> NodeID? {
        configuration.learners.isEmpty ? nil : random.choice(of: configuration.learners).node
    }

    /// Any set of members; often one that shares nobody with the voters of now.
    private mutating func someMembers(_ configuration: RaftConfiguration) -> [NodeID] {
        let learners = configuration.learners.map(\.node)
        if !learners.isEmpty, random.chance(0.4) { return learners }
        let all = configuration.members.map(\.node)
        guard !all.isEmpty else { return [] }
        return Array(random.shuffled(all).prefix(random.within(1...min(7, all.count))))
    }

    mutating func transfer(_ world: inout RaftWorld) {
        guard let leader = world.leader else { return }
        let target = random.below(world.hosts.count)
        world.transfer(from: leader, to: target)
    }

    mutating func stormTransfers(_ world: inout RaftWorld) {
        for step in 0..<random.within(2...8) {
            let delay = Int64(step) * random.within(1...200 as ClosedRange<Int64>)
            world.events.schedule(
                .transfer, at: world.now.advanced(by: 1 + delay * Nanoseconds.millisecond))
        }
    }

    mutating func drawPriorities(_ world: inout RaftWorld) {
        for host in world.hosts.indices {
            world.setPriority(host, random.choice(of: [0, 128, UInt8.max]))
        }
    }

    /// Only where a quorum without this copy has all that was committed: so says the atlas of what
    /// is still whole, and so the group must recover.
    mutating func wipe(_ host: Int, _ world: inout RaftWorld) {
        guard world.canLose(host) else { return }
        world.replaceReplica(host)
        world.membersRestUntil =
            world.now.nanoseconds + 2 * world.layout.settings.quorumTimeout.nanoseconds
    }
}

extension RaftWorld {
    mutating func change(_ change: MembershipChange, on host: Int) {
        guard hosts[host].status == .running else { return }
        let moment = hosts[host].clock.monotonic(at: now)
        let outcome = hosts[host].raft.change(change, at: moment, into: &directives)
        transcript.note(now, "n\(host + 1) is asked for \(change): \(outcome)")
        finishStep(host)
    }

    mutating func transfer(from host: Int, to target: Int) {
        guard hosts[host].status == .running else { return }
        let moment = hosts[host].clock.monotonic(at: now)
        let outcome = hosts[host].raft.transferLeadership(
            to: hosts[target].node, at: moment, into: &directives)
        transcript.note(now, "n\(host + 1) is asked to hand over to n\(target + 1): \(outcome)")
        finishStep(host)
    }

    mutating func setPriority(_ host: Int, _ priority: UInt8) {
        hosts[host].raft.setPriority(priority)
    }

    /// Whether every set of voters that may decide has a majority of whole copies without `host`'s:
    /// those of the newest committed configuration, and those of all that anybody goes by.
    ///
    /// Nor may the group be founded again: a first founder whose disk is wiped asks the others, and
    /// must find somebody who still knows of it.
    func canLose(_ host: Int) -> Bool {
        guard let last = laws.committed.last, !wouldFoundAgain(host) else { return false }
        var configurations = [laws.committedConfiguration]
        for other in hosts { configurations.append(other.raft.configuration) }
        for configuration in configurations {
            for voters in [configuration.voters, configuration.outgoing] where !voters.isEmpty {
                let whole = voters.count { member in
                    let other = Int(member.node.rawValue) - 1
                    return other != host && hosts[other].member == member
                        && hosts[other].disk.platter.holds(laws.lastCommitted, last.mark.term)
                }
                if whole <= voters.count / 2 { return false }
            }
        }
        return true
    }

    private func wouldFoundAgain(_ host: Int) -> Bool {
        guard host < layout.founders else { return false }
        return !hosts.prefix(layout.founders).contains {
            $0.index != host && !$0.wasRemoved && !$0.raft.configuration.isEmpty
        }
    }
}
