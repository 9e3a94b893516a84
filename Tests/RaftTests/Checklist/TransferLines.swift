import Raft
import Testing
import Toolbox
import Vocabulary

/// Lines of consensus checklist 6.8.
@Suite struct TransferLines {
    private func leader() -> Bench {
        Bench.settledLeader(configuration([1, 2, 3], learners: [4]))
    }

    @Test("a transfer to who is up to date takes no time, and nobody's log changes")
    func toTheUpToDate() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.propose(0, ["a"])
        cluster.advance(.milliseconds(100))
        #expect(cluster.transfer(0, to: 1) == .begun)
        cluster.settle()
        #expect(cluster.leaders == [1])
        #expect(cluster.instance(1).term == t(2))
        cluster.expectService()
    }

    @Test("a slow target gets all entries before it is told to stand")
    func toTheSlow() {
        var bench = leader()
        bench.propose("a", "b")
        bench.confirm([3])
        bench.clear()
        #expect(bench.transfer(to: 2) == .begun)
        #expect(bench.orders(to: 2) == 0)
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.orders(to: 2) == 0)
        bench.receive(matched(1, 3), from: 2)
        #expect(bench.orders(to: 2) == 1)
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        cluster.peers[1].isDiskHeld = true
        for number in 0..<20 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        #expect(cluster.transfer(0, to: 1) == .begun)
        cluster.settle()
        #expect(cluster.leaders == [0])
        cluster.peers[1].isDiskHeld = false
        cluster.settle()
        #expect(cluster.leaders == [1])
        #expect(cluster.peers[1].applied == cluster.instance(1).lastIndex)
        cluster.expectService()
    }

    @Test("to oneself, strangers, learners, the removed, the silent, and by who does not lead")
    func refusals() {
        var bench = leader()
        #expect(bench.transfer(to: 1) == .alreadyLeader)
        #expect(bench.transfer(to: 9) == .refused(.unknownMember(n(9))))
        #expect(bench.transfer(to: 4) == .refused(.notAVoter(n(4))))
        #expect(bench.directives == [])
        bench.change(.demote(n(3)))
        bench.confirm()
        bench.confirm()
        #expect(bench.instance.configuration == configuration([1, 2], learners: [3, 4]))
        #expect(bench.transfer(to: 3) == .refused(.notAVoter(n(3))))
        bench.change(.remove(n(3)))
        bench.confirm()
        #expect(bench.transfer(to: 3) == .refused(.unknownMember(n(3))))
        var silent = leader()
        for _ in 0..<12 { silent.beat([3]) }
        #expect(silent.transfer(to: 2) == .refused(.unreachable(n(2))))
        var follower = Bench(term: 1)
        follower.receive(heartbeat(1), from: 3)
        #expect(follower.transfer(to: 2) == .refused(.notLeader(leader: n(3))))
    }

    @Test("who needs a snapshot is not handed to")
    func toWhoNeedsASnapshot() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.cutOff(2)
        for number in 0..<20 { cluster.propose(0, [Bytes("\(number)")]) }
        cluster.settle()
        cluster.compact(0, keeping: 0)
        cluster.heal()
        cluster.expireHeartbeat(0)
        #expect(cluster.instance(0).followers[1].mode == .snapshot)
        #expect(cluster.transfer(0, to: 2) == .refused(.unreachable(n(3))))
        cluster.advance(.seconds(1))
        #expect(cluster.transfer(0, to: 2) == .begun)
        cluster.settle()
        #expect(cluster.leaders == [2])
    }

    @Test("asked again it goes on, asked for another it refuses")
    func secondTransfer() {
        var bench = leader()
        bench.propose("a")
        #expect(bench.transfer(to: 2) == .begun)
        #expect(bench.transfer(to: 2) == .begun)
        #expect(bench.transfer(to: 3) == .refused(.transferRunning(to: n(2))))
        bench.confirm([2])
        #expect(bench.orders(to: 2) == 1)
        #expect(bench.orders(to: 3) == 0)
    }

    @Test("proposals are refused meanwhile, with whom to ask")
    func proposalsMeanwhile() {
        var bench = leader()
        bench.transfer(to: 2)
        let last = bench.instance.lastIndex
        #expect(bench.propose("a") == .refused(.transferring(to: n(2))))
        #expect(bench.instance.lastIndex == last)
    }

    @Test("a target that does not stand in time keeps the leader in office")
    func givesUpInTime() {
        var bench = leader()
        bench.transfer(to: 2)
        for _ in 0..<7 { bench.beat([3]) }
        #expect(bench.propose("a") == .refused(.transferring(to: n(2))))
        for _ in 0..<2 { bench.beat([3]) }
        #expect(bench.observations.contains(.transferEnded(to: n(2), succeeded: false)))
        #expect(bench.instance.isLeader)
        #expect(bench.instance.hardState == HardState(term: t(1), vote: n(1)))
        #expect(bench.propose("a") == .accepted(firstIndex: i(2), term: t(1)))
    }

    @Test("an order that is lost is given again at the next beat")
    func orderIsLost() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        cluster.transfer(0, to: 1)
        cluster.wire.removeAll {
            if case .message(.timeoutNow) = $0.content { true } else { false }
        }
        cluster.settle()
        #expect(cluster.leaders == [0])
        cluster.advance(.milliseconds(100))
        #expect(cluster.leaders == [1])
        #expect(cluster.instance(1).term == t(2))
        cluster.expectService()
    }

    @Test("a target that dies of the order leaves the group to the others", arguments: [0, 1])
    func targetDies(surviving: Int) {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        cluster.peers[1].isDiskHeld = true
        cluster.transfer(0, to: 1)
        cluster.settle()
        #expect(cluster.instance(1).role == .candidate)
        cluster.crash(1, surviving: surviving)
        cluster.peers[1].isDiskHeld = false
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        cluster.propose(cluster.leader ?? 0, ["a"])
        cluster.advance(.milliseconds(200))
        #expect(cluster.ledger.applied.map(\.payload).contains("a"))
        cluster.start(1)
        cluster.advance(.seconds(3))
        cluster.expectService()
    }

    @Test("the order passes promises, which a vote asked for otherwise does not")
    func passesPromises() {
        var voter = Bench(term: 1)
        voter.now = ms(1_500)
        voter.receive(heartbeat(1), from: 3)
        voter.clear()
        voter.receive(voteRequest(2), from: 2)
        #expect(voter.sent == [])
        #expect(voter.instance.term == t(1))
        let order = RaftMessage.VoteRequest(
            term: t(2), lastIndex: .zero, lastTerm: .zero, isTransfer: true)
        voter.receive(.voteRequest(order), from: 2)
        #expect(voter.sent(to: 2) == [vote(2)])
        // Only who was told to stand says so.
        var target = Bench(term: 1)
        target.now = ms(1_500)
        target.receive(heartbeat(1), from: 3)
        target.receive(.timeoutNow(.init(term: t(1), round: 1)), from: 3)
        #expect(target.sent(to: 2) == [.voteRequest(order)])
    }

    @Test("an order to who is no voter, leads, or follows another is ignored")
    func handoverToNoVoterIsIgnored() {
        let order = RaftMessage.timeoutNow(.init(term: t(1), round: 9))
        var learner = Bench(term: 1, configuration: configuration([2, 3, 4], learners: [1]))
        learner.now = ms(1_500)
        learner.receive(heartbeat(1), from: 2)
        var stranger = Bench(term: 1, configuration: .empty)
        stranger.now = ms(1_500)
        stranger.receive(heartbeat(1), from: 2)
        var other = Bench(term: 1)
        other.now = ms(1_500)
        other.receive(heartbeat(1), from: 3)
        for var bench in [learner, stranger, other, leader(), RoleName.candidate.bench()] {
            let (role, term) = (bench.instance.role, bench.instance.term)
            bench.clear()
            bench.receive(order, from: 2)
            #expect(bench.instance.role == role)
            #expect(bench.instance.term == term)
            #expect(bench.sent == [])
        }
    }

    @Test("a higher term in the middle of a transfer ends it")
    func higherTermMeanwhile() {
        var bench = leader()
        bench.transfer(to: 2)
        bench.receive(append(5, after: (1, 1), [5]), from: 3)
        #expect(bench.instance.leader == n(3))
        #expect(bench.observations.contains(.transferEnded(to: n(2), succeeded: false)))
        #expect(bench.propose("a") == .refused(.notLeader(leader: n(3))))
        bench.clear()
        for _ in 0..<5 { bench.receive(heartbeat(5), from: 3) }
        #expect(bench.orders(to: 2) == 0)
    }

    @Test("a transfer neither clears the vote of the term nor gives a second one in the next")
    func transferKeepsTheVote() {
        var bench = leader()
        bench.transfer(to: 2)
        #expect(bench.instance.hardState == HardState(term: t(1), vote: n(1)))
        let last = bench.instance.lastIndex
        let request = RaftMessage.VoteRequest(
            term: t(2), lastIndex: last, lastTerm: t(1), isTransfer: true)
        bench.receive(.voteRequest(request), from: 2)
        #expect(bench.sent(to: 2).last == vote(2))
        bench.now = bench.now + .seconds(1)
        bench.receive(voteRequest(2, last: (9, 1)), from: 3)
        #expect(bench.sent(to: 3).last == vote(2, granted: false))
        #expect(bench.instance.hardState == HardState(term: t(2), vote: n(2)))
    }

    @Test("no lease reads from the order on, nor after giving up until the lease is earned again")
    func noLeaseAfterTheOrder() {
        var bench = leader()
        bench.beat()
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
        bench.transfer(to: 2)
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        for _ in 0..<10 {
            bench.beat([3])
            #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        }
        #expect(bench.observations.contains(.transferEnded(to: n(2), succeeded: false)))
        // A majority confirms, but the target has not, and may still stand.
        bench.beat([3])
        #expect(bench.instance.leaseReadIndex(at: bench.now) == nil)
        bench.beat()
        #expect(bench.instance.leaseReadIndex(at: bench.now) != nil)
    }

    @Test("who has confirmed a later round obeys no order from before")
    func lateOrder() {
        var target = Bench(term: 1)
        target.now = ms(1_500)
        target.receive(heartbeat(1, round: 8), from: 3)
        target.clear()
        target.receive(.timeoutNow(.init(term: t(1), round: 7)), from: 3)
        #expect(target.sent == [])
        #expect(target.instance.term == t(1))
        target.receive(.timeoutNow(.init(term: t(1), round: 8)), from: 3)
        #expect(target.instance.term == t(2))
    }

    @Test("writes before, during and after a transfer are all there, or were refused")
    func concurrentWrites() {
        for seed in 1...8 {
            var random = SeededRandom(seed: UInt64(seed))
            var cluster = RaftCluster(3, seed: UInt64(seed))
            cluster.elect(0)
            cluster.advance(.milliseconds(100))
            var accepted: [Bytes] = []
            for number in 0..<60 {
                let leader = cluster.leader ?? 0
                if number % 20 == 10 {
                    #expect(cluster.transfer(leader, to: (leader + 1) % 3) == .begun)
                }
                let payload = Bytes("\(number)")
                if case .accepted = cluster.propose(leader, [payload]) { accepted.append(payload) }
                for _ in 0..<random.below(8) where !cluster.wire.isEmpty { cluster.deliver(at: 0) }
                if random.chance(0.7) { cluster.settle() }
            }
            cluster.advance(.seconds(1))
            let applied = cluster.ledger.applied.map(\.payload)
            #expect(accepted.allSatisfy { applied.contains($0) }, "seed \(seed)")
            #expect(accepted.count > 30)
            #expect(cluster.instance(cluster.leader ?? 0).term > t(2))
            #expect(cluster.isWhole, "seed \(seed)")
        }
    }

    @Test("no change during a transfer, and no transfer during a change")
    func changesAndTransfers() {
        var bench = leader()
        bench.transfer(to: 2)
        for change: MembershipChange in [.remove(n(2)), .demote(n(2)), .addLearner(m(5))] {
            #expect(bench.change(change) == .refused(.transferRunning))
        }
        var other = leader()
        other.change(.demote(n(3)))
        #expect(other.transfer(to: 2) == .refused(.changeRunning))
        other.confirm()
        other.confirm()
        #expect(other.transfer(to: 2) == .begun)
    }

    @Test("a leader that hands over first is removed without a gap")
    func transferAndRemoval() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        cluster.transfer(0, to: 1)
        cluster.settle()
        #expect(cluster.change(1, .remove(n(1))).kind == .accepted)
        cluster.settle()
        #expect(cluster.leaders == [1])
        #expect(cluster.configuration(1) == configuration([2, 3]))
        #expect(cluster.peers[0].isRemoved)
        #expect(cluster.instance(1).term == t(2))
        cluster.expectService()
    }
}
