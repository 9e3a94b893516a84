import Raft
import Testing
import Toolbox
import Vocabulary

/// Counting, against a model that counts on its fingers.
@Suite struct JointQuorumTests {
    private func configuration(_ random: inout SeededRandom) -> RaftConfiguration {
        func some(_ nodes: ClosedRange<UInt16>) -> [RaftMember] {
            nodes.filter { _ in random.chance(0.5) }.map { m($0) }
        }
        let voters = [m(1)] + some(2...7)
        let isJoint = random.chance(0.6)
        let outgoing = isJoint ? [m(1)] + some(2...7) : []
        let learners = some(8...10) + outgoing.filter { !voters.contains($0) }
        return RaftConfiguration(voters: voters, outgoing: outgoing, learners: learners)
    }

    private func isQuorum(_ some: [RaftMember], of configuration: RaftConfiguration) -> Bool {
        Ledger.isQuorum(some, of: configuration)
    }

    @Test("the commit index is the greatest that a majority of each set has")
    func commit() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<400 {
            let configuration = configuration(&random)
            var bench = Bench.leader(configuration: configuration)
            bench.propose((1...9).map { Bytes("\($0)") })
            var matches: [RaftMember: UInt64] = [m(1): bench.instance.lastIndex.rawValue]
            for member in configuration.members where member != m(1) {
                let match = UInt64(random.below(11))
                matches[member] = match
                bench.receive(matched(1, match), from: member)
            }
            if bench.instance.lastIndex > i(10) { continue }
            let expected = (0...10).last { index in
                let holders = configuration.members.filter {
                    matches[$0] ?? 0 >= UInt64(index)
                }
                return index == 0 || isQuorum(holders, of: configuration)
            }
            #expect(bench.instance.commitIndex == i(UInt64(expected ?? 0)), "\(configuration)")
        }
    }

    @Test("a candidate wins when a majority of each set granted, and not one vote before")
    func votes() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<400 {
            let configuration = configuration(&random)
            var bench = Bench(configuration: configuration)
            bench.expire()
            for member in configuration.members where member != m(1) {
                bench.receive(preVote(1), from: member)
            }
            var granted = [m(1)]
            for member in configuration.members.shuffled(using: &random) {
                let wins = isQuorum(granted, of: configuration)
                #expect(bench.instance.isLeader == wins, "\(configuration): \(granted)")
                if wins { break }
                granted.append(member)
                bench.receive(vote(1), from: member)
            }
        }
    }

    @Test("a read is answered when a majority of each set confirmed its round")
    func reads() {
        var random = SeededRandom(seed: 13)
        for _ in 0..<400 {
            let configuration = configuration(&random)
            if configuration.isJoint { continue }
            var bench = Bench.leader(configuration: configuration)
            for member in configuration.voters { bench.receive(matched(1, 1), from: member) }
            bench.clear()
            bench.read(1)
            var confirmed = [m(1)]
            for member in configuration.members.shuffled(using: &random) {
                #expect(bench.ready.isEmpty == !isQuorum(confirmed, of: configuration))
                if !bench.ready.isEmpty { break }
                confirmed.append(member)
                bench.receive(heard(1, round: 1), from: member)
            }
        }
    }
}
