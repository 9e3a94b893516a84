import Raft
import Testing
import Toolbox
import Vocabulary

/// Majorities of one set and of two, against a model that counts on its fingers.
@Suite struct JointQuorumLines {
    private static func hasQuorum(_ some: Set<UInt16>, _ configuration: RaftConfiguration) -> Bool {
        [configuration.voterNumbers, configuration.outgoingNumbers].allSatisfy { voters in
            voters.isEmpty || voters.filter(some.contains).count * 2 > voters.count
        }
    }

    /// The greatest index that a quorum has.
    private static func committed(
        _ matches: [UInt16: UInt64], _ configuration: RaftConfiguration
    ) -> UInt64 {
        (0...(matches.values.max() ?? 0)).last { index in
            hasQuorum(Set(matches.filter { $0.value >= index }.keys), configuration)
        } ?? 0
    }

    /// Of up to eight nodes, joint or not; n1 is a voter.
    private static func draw(_ random: inout SeededRandom) -> RaftConfiguration {
        func some(_ random: inout SeededRandom) -> [UInt16] {
            Array((1...8).shuffled(using: &random).prefix(1 + random.below(5)))
        }
        var voters = some(&random)
        let outgoing = random.chance(0.6) ? some(&random) : []
        if !voters.contains(1), !outgoing.contains(1) { voters[0] = 1 }
        let learners = (1...8).filter { !voters.contains($0) && random.chance(0.3) }
        return configuration(voters, outgoing: outgoing, learners: learners.filter { $0 != 1 })
    }

    @Test("what is committed agrees with a naive model, also across the end of a joint phase")
    func commitsAgreeWithTheModel() {
        for seed in 1...400 {
            var random = SeededRandom(seed: UInt64(seed))
            let start = Self.draw(&random)
            var bench = Bench.leader(configuration: start)
            if !start.voterNumbers.contains(1) { continue }
            bench.propose(Array(repeating: "x", count: 5))
            var matches: [UInt16: UInt64] = [:]
            for _ in 0..<30 {
                let node = UInt16(2 + random.below(8))
                let index = min(
                    UInt64(random.below(9)), bench.instance.lastIndex.rawValue)
                let before = bench.instance.configuration
                let commit = bench.instance.commitIndex.rawValue
                matches[1] = bench.instance.lastIndex.rawValue
                if before.contains(m(node)) { matches[node] = max(matches[node] ?? 0, index) }
                bench.receive(matched(1, index), from: node)
                guard bench.instance.isLeader else { break }
                var expected = max(commit, Self.committed(matches, before))
                if bench.instance.configuration != before {
                    matches[1] = bench.instance.lastIndex.rawValue
                    expected = max(expected, Self.committed(matches, bench.instance.configuration))
                }
                #expect(bench.instance.commitIndex == i(expected), "seed \(seed), \(before)")
            }
        }
    }

    @Test("who is elected agrees with a naive model, for pre-votes and votes")
    func electionsAgreeWithTheModel() {
        for seed in 1...400 {
            var random = SeededRandom(seed: UInt64(seed))
            let configuration = Self.draw(&random)
            var bench = Bench(configuration: configuration)
            bench.expire()
            for role in [RaftRole.preCandidate, .candidate] {
                var granted: Set<UInt16> = [1]
                for node in (2...9).shuffled(using: &random) {
                    #expect((bench.instance.role == role) != Self.hasQuorum(granted, configuration))
                    guard bench.instance.role == role else { break }
                    let answer = role == .candidate ? vote(1) : preVote(1)
                    bench.receive(answer, from: UInt16(node))
                    granted.insert(UInt16(node))
                }
            }
            #expect(bench.instance.isLeader, "seed \(seed), \(configuration)")
        }
    }

    @Test("while joint both majorities are needed to commit, also what was there before")
    func bothMajoritiesCommit() {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4, 5]))
        bench.propose("before")
        #expect(bench.change(.setVoters([n(1), n(4), n(5)])).kind == .accepted)
        bench.confirm([2, 3])
        #expect(bench.instance.commitIndex == i(1))
        bench.receive(matched(1, 2), from: 4)
        #expect(bench.applied.map(\.payload) == ["before"])
        #expect(bench.instance.configuration.isJoint)
        bench.confirm([4])
        #expect(bench.instance.configuration == configuration([1, 4, 5]))
        var other = Bench.settledLeader(configuration([1, 2, 3], learners: [4, 5]))
        other.change(.setVoters([n(1), n(4), n(5)]))
        other.confirm([4, 5])
        #expect(other.instance.commitIndex == i(1))
    }

    @Test("while joint both majorities are needed to elect")
    func bothMajoritiesElect() {
        let joint = configuration([1, 4, 5], outgoing: [1, 2, 3])
        for order: [UInt16] in [[2, 3, 4], [4, 5, 2]] {
            var bench = Bench(configuration: joint)
            bench.expire()
            for node in order.dropLast() {
                bench.receive(preVote(1), from: node)
                #expect(bench.instance.role == .preCandidate)
            }
            bench.receive(preVote(1), from: order[2])
            #expect(bench.instance.role == .candidate)
            for node in order.dropLast() {
                bench.receive(vote(1), from: node)
                #expect(bench.instance.role == .candidate)
            }
            bench.receive(vote(1), from: order[2])
            #expect(bench.instance.isLeader)
        }
    }

    @Test("quorums of configurations that follow each other meet, whatever is changed")
    func quorumsIntersect() {
        for seed in 1...10 {
            var random = SeededRandom(seed: UInt64(seed))
            var cluster = RaftCluster(3, spares: 3, seed: UInt64(seed))
            cluster.elect(0)
            for node: UInt16 in 4...6 { cluster.carryOut(.addLearner(m(node))) }
            for _ in 0..<10 {
                let nodes = (1...6).shuffled(using: &random).prefix(1 + random.below(5))
                guard let leader = cluster.leader else { break }
                let known = cluster.configuration(leader).members.map(\.node)
                let wanted = nodes.map { n(UInt16($0)) }.filter(known.contains)
                // Who is not named stays as a learner, so that it may come again.
                let change: MembershipChange =
                    random.chance(0.5) || wanted.isEmpty
                    ? .demote(known[random.below(known.count)])
                    : .promote(wanted[0])
                cluster.carryOut(change)
            }
            cluster.advance(.seconds(2))
            #expect(cluster.ledger.violations == [], "seed \(seed)")
            #expect(cluster.ledger.configurations.count > 6, "seed \(seed)")
            cluster.expectService()
        }
    }
}
