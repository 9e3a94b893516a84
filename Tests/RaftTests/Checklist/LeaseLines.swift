import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.1 and 6.9 on leases: reads without a round.
@Suite struct LeaseLines {
    private func leader() -> Bench { Bench.settledLeader(configuration([1, 2, 3])) }

    @Test("a lease runs from when its round was sent, not from when it was confirmed")
    func leaseRunsFromTheSending() {
        var bench = leader()
        bench.now = bench.now + .seconds(1)
        bench.step { $0.timeDidAdvance(to: $1, into: &$2) }
        let sent = bench.now
        #expect(bench.instance.leaseReadIndex(at: sent) == nil)
        bench.now = sent + .milliseconds(200)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == i(1))
        #expect(bench.instance.leaseReadIndex(at: sent + .milliseconds(296)) == i(1))
        #expect(bench.instance.leaseReadIndex(at: sent + .milliseconds(297)) == nil)
    }

    @Test("no lease before an entry of the own term is committed")
    func noLeaseBeforeOwnTerm() {
        var bench = Bench.leader(term: 3, log: log(1, 2))
        bench.beat()
        bench.receive(matched(3, 2), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(matched(3, 3), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == i(3))
    }

    @Test("a lease needs a majority, while joint both, and across a change of voters the new one")
    func leaseNeedsBothMajorities() {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4, 5]))
        bench.beat()
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        bench.now = bench.now + .milliseconds(400)
        bench.change(.setVoters([n(1), n(4), n(5)]))
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.beat([2, 3])
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.beat([4, 5])
        // Both, but of two rounds: the older of them is what both have confirmed.
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        bench.now = bench.now + .milliseconds(400)
        bench.beat([4, 5])
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        bench.confirm([2, 3, 4, 5])
        #expect(bench.instance.configuration == configuration([1, 4, 5]))
        bench.now = bench.now + .milliseconds(400)
        bench.beat([2, 3])
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
    }

    @Test("learners and strangers confirm no lease")
    func learnersConfirmNothing() {
        var bench = Bench.settledLeader(configuration([1, 2, 3], learners: [4, 5]))
        bench.now = bench.now + .milliseconds(400)
        bench.beat([4, 5])
        bench.receive(heard(1, round: bench.lastRound), from: m(2, 77))
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.receive(heard(1, round: bench.lastRound), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
    }

    @Test("a leader that slept, or whose clock leapt, has no lease at the moment of the read")
    func pausedLeader() {
        var bench = leader()
        bench.beat()
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        // Nothing happened to it in between: the time of the question decides.
        for pause: Int64 in [297, 400, 5_000, 3_600_000] {
            #expect(bench.instance.leaseReadIndex(at: bench.now + .milliseconds(pause)) == nil)
        }
        #expect(bench.instance.isLeader)
    }

    @Test(
        "clocks that run 1 % apart leave no moment with a lease and a vote",
        arguments: [
            (100, 101), (101, 100), (99, 101), (101, 99),
        ])
    func driftWithinTheBound(rates: (leader: Int64, voter: Int64)) {
        var leader = leader()
        leader.beat([])
        let round = leader.lastRound
        let sent = leader.now
        var voter = Bench(term: 1)
        voter.now = ms(5_000)
        voter.receive(heartbeat(1, commit: 1, round: round), from: 3)
        let heardAt = voter.now
        leader.receive(heard(1, round: round), from: 2)
        for real: Int64 in stride(from: 0, through: 500, by: 1) {
            let atLeader = sent + .microseconds(real * 10 * rates.leader)
            voter.now = heardAt + .microseconds(real * 10 * rates.voter)
            var asked = voter
            asked.clear()
            asked.receive(preVoteRequest(2, last: (9, 1)), from: 2)
            let mayVote = asked.sent(to: 2) == [preVote(2)]
            let hasLease = leader.instance.leaseReadIndex(at: atLeader) != nil
            #expect(!(mayVote && hasLease), "after \(real) ms")
            #expect(mayVote == (real * rates.voter >= 40_000))
        }
        #expect(leader.instance.leaseReadIndex(at: sent + .milliseconds(290)) != nil)
    }

    @Test("the margin covers clocks that run 1 % apart, for every election time-out")
    func margin() {
        for timeout in stride(from: 150, through: 5_000, by: 50) {
            var settings = RaftSettings()
            settings.electionTimeoutMinimum = .milliseconds(timeout)
            #expect(settings.leaseDuration * 101 < settings.electionTimeoutMinimum * 99)
            #expect(settings.leaseDuration * 2 > settings.electionTimeoutMinimum)
        }
    }

    /// A leader with a lease, cut off from all others.
    private func cutOff(seed: UInt64) -> RaftCluster {
        var cluster = RaftCluster(3, seed: seed)
        cluster.elect(0)
        cluster.advance(.milliseconds(500))
        #expect(cluster.instance(0).leaseReadIndex(at: cluster.now) != nil)
        cluster.cutOff(0)
        return cluster
    }

    private func holders(_ cluster: RaftCluster) -> [Int] {
        cluster.peers.indices.filter {
            cluster.peers[$0].instance?.leaseReadIndex(at: cluster.now) != nil
        }
    }

    @Test("a cut-off leader's lease is over before another leads", arguments: 1...10)
    func cutOffLeader(seed: UInt64) {
        var cluster = cutOff(seed: seed)
        while !cluster.leaders.contains(where: { $0 != 0 }) {
            cluster.advance(.milliseconds(1))
        }
        #expect(!holders(cluster).contains(0))
        #expect(cluster.ledger.violations == [])
    }

    @Test("at no moment two replicas hold a lease, through cuts, deaths and returns")
    func noTwoLeases() {
        for seed in 1...5 {
            var random = SeededRandom(seed: UInt64(seed))
            var cluster = RaftCluster(5, seed: UInt64(seed))
            var held = 0
            for step in 0..<600 {
                cluster.advance(.milliseconds(10))
                let holders = holders(cluster)
                #expect(holders.count <= 1, "seed \(seed), step \(step)")
                held += holders.count
                guard step % 60 == 59 else { continue }
                cluster.heal()
                let place = cluster.leader ?? random.below(5)
                switch random.below(4) {
                case 0: cluster.cutOff(place)
                case 1:
                    cluster.crash(place)
                    cluster.start(place)
                case 2: cluster.transfer(place, to: (place + 1) % 5)
                default: cluster.cut(from: (place + 1) % 5, to: place)
                }
                cluster.propose(place, [Bytes("\(step)")])
            }
            #expect(held > 200)
            #expect(cluster.ledger.violations == [])
        }
    }

    @Test("voters that restart keep the promise that they can not remember", arguments: 1...10)
    func supporterRestarts(seed: UInt64) {
        var cluster = cutOff(seed: seed)
        for place in 1...2 {
            cluster.crash(place)
            cluster.start(place)
        }
        let restart = cluster.now
        while !cluster.leaders.contains(where: { $0 != 0 }) {
            cluster.advance(.milliseconds(1))
        }
        #expect(cluster.now >= restart + .milliseconds(400))
        #expect(!holders(cluster).contains(0))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a leader that restarts has no lease left, whatever its voters promised")
    func restartVoidsTheLease() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(500))
        #expect(cluster.instance(0).leaseReadIndex(at: cluster.now) != nil)
        cluster.crash(0)
        cluster.start(0)
        #expect(cluster.instance(0).leaseReadIndex(at: cluster.now) == nil)
        cluster.settle()
        #expect(cluster.instance(0).leaseReadIndex(at: cluster.now) == nil)
    }

    @Test("a leader that stepped down has no lease left")
    func steppingDownVoidsTheLease() {
        var bench = leader()
        bench.beat()
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        bench.receive(heartbeat(2), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
    }

    @Test("a leader whose disk stalls gives its lease up, falls silent and makes way")
    func stalledDiskMakesWay() {
        var bench = leader()
        bench.hasFastDisk = false
        bench.propose("a")
        for _ in 0..<2 { bench.beat() }
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        for _ in 0..<3 { bench.beat() }
        bench.clear()
        bench.expire()
        #expect(bench.sent == [])
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        for _ in 0..<10 where bench.instance.isLeader { bench.expire() }
        #expect(
            bench.observations.contains(
                .becameFollower(of: nil, term: t(1), because: .diskStalled)))
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.peers[0].isDiskHeld = true
        cluster.propose(0, ["a"])
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.leaders != [0])
        #expect(cluster.ledger.violations == [])
    }
}
