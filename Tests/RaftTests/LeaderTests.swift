import Raft
import Testing
import Toolbox
import Vocabulary

/// Consensus checklist 6.4, the leader's side.
@Suite struct LeaderTests {
    @Test("a new leader appends an entry of its term and sends it at once, before its own sync")
    func noop() {
        var bench = Bench(term: 1, log: log(1, 1))
        bench.becomeLeader()
        #expect(bench.terms == [1, 1, 2])
        #expect(bench.writes.last?.entries.map(\.kind) == [.noop])
        for node: UInt16 in 2...3 {
            let appends = bench.appends(to: node)
            #expect(appends.map(\.previousIndex) == [i(2)])
            #expect(appends.map(\.previousTerm) == [t(1)])
            #expect(appends.first?.entries.map(\.index) == [i(3)])
        }
    }

    @Test("a proposal goes to the disk and to all followers in the same step")
    func proposalGoesOut() {
        var bench = Bench.leader()
        for node: UInt16 in 2...3 { bench.receive(matched(1, 1), from: node) }
        bench.clear()
        bench.hasFastDisk = false
        #expect(bench.propose("a", "b") == .accepted(firstIndex: i(2), term: t(1)))
        #expect(bench.writes.map { $0.entries.map(\.index) } == [[i(2), i(3)]])
        for node: UInt16 in 2...3 {
            #expect(bench.appends(to: node).map { $0.entries.map(\.payload) } == [["a", "b"]])
        }
    }

    @Test("proposals go on in a pipeline without waiting for answers")
    func pipeline() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.clear()
        for _ in 0..<10 { bench.propose("x") }
        #expect(bench.appends(to: 2).map(\.previousIndex.rawValue) == Array(1...10))
        // The other has not answered yet: one append is on its way, the rest waits.
        #expect(bench.appends(to: 3) == [])
    }

    @Test("a quorum of durable matches commits, the leader's own disk being one of them")
    func commits() {
        var bench = Bench.leader(voters: 5)
        bench.receive(matched(1, 1), from: 2)
        #expect(bench.instance.commitIndex == .zero)
        bench.receive(matched(1, 1), from: 3)
        #expect(bench.instance.commitIndex == i(1))
        #expect(bench.applied.map(\.kind) == [.noop])
    }

    @Test("a quorum of others commits while the leader's own disk stalls")
    func commitsWithoutOwnDisk() {
        var bench = Bench.leader()
        bench.hasFastDisk = false
        bench.receive(matched(1, 1), from: 2)
        bench.receive(matched(1, 1), from: 3)
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.instance.commitIndex == i(1))
        bench.receive(matched(1, 2), from: 3)
        #expect(bench.instance.commitIndex == i(2))
        #expect(bench.instance.durableIndex == i(1))
        #expect(bench.applied.last?.payload == "a")
    }

    @Test("what was committed with a stalled leader's disk survives that leader")
    func committedSurvives() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.peers[0].isDiskHeld = true
        cluster.propose(0, ["a", "b"])
        cluster.settle()
        #expect(cluster.instance(0).commitIndex == i(3))
        cluster.crash(0)
        cluster.advance(.seconds(2))
        #expect(cluster.leaders.count == 1)
        #expect(cluster.ledger.applied.map(\.payload).contains("b"))
        #expect(cluster.ledger.violations == [])
    }

    @Test("a single voter commits only what its own disk has")
    func singleVoter() {
        var bench = Bench(voters: 1)
        bench.expire()
        bench.hasFastDisk = false
        bench.clear()
        bench.propose("a")
        #expect(bench.applied == [])
        bench.persistAll()
        #expect(bench.applied.map(\.payload) == ["a"])
    }

    @Test("an entry of an earlier term on a quorum is not committed by counting (Figure 8)")
    func figure8() {
        var bench = Bench.leader(voters: 5, term: 4, log: log(1, 2))
        bench.receive(matched(4, 2), from: 2)
        bench.receive(matched(4, 2), from: 3)
        bench.receive(matched(4, 2), from: 4)
        #expect(bench.instance.commitIndex == .zero)
        bench.receive(matched(4, 3), from: 2)
        #expect(bench.instance.commitIndex == .zero)
        bench.receive(matched(4, 3), from: 3)
        #expect(bench.instance.commitIndex == i(3))
    }

    @Test("acknowledgements of an earlier term count for nothing")
    func oldAcknowledgements() {
        var bench = Bench.leader(term: 4, log: log(1, 2))
        bench.receive(matched(3, 3), from: 2)
        #expect(bench.instance.followers[0].match == .zero)
        #expect(bench.instance.commitIndex == .zero)
    }

    @Test("counting starts from nothing after a change of leader")
    func countingRestarts() {
        var bench = Bench.leader()
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        bench.receive(matched(1, 2), from: 3)
        bench.receive(heartbeat(2), from: 2)
        bench.now = bench.now + .seconds(1)
        bench.becomeLeader()
        #expect(bench.instance.role == .leader)
        #expect(bench.instance.followers.allSatisfy { $0.match == .zero && $0.mode == .probe })
    }

    @Test("followers learn a greater commit index at once, without new traffic")
    func commitIsTold() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.receive(matched(1, 1), from: 3)
        bench.clear()
        bench.propose("a")
        bench.clear()
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.sent(to: 2) == [heartbeat(1, commit: 2, round: 0)])
        // It has not acknowledged the entry, so it may not commit it by a heartbeat.
        #expect(bench.sent(to: 3) == [])
        bench.receive(matched(1, 2), from: 3)
        #expect(bench.sent(to: 3) == [heartbeat(1, commit: 2, round: 0)])
    }

    @Test("a commit index that rides on an append is not told again")
    func commitRides() {
        var bench = Bench.leader(term: 1)
        bench.receive(matched(1, 1), from: 2)
        bench.clear()
        bench.receive(matched(1, 1), from: 3)
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        bench.clear()
        bench.propose("b")
        #expect(bench.appends(to: 2).map(\.commit) == [i(2)])
        #expect(bench.sent(to: 2).count == 1)
    }

    @Test("a commit index that nothing carries is told when the delay is over, and once")
    func commitIsToldLate() {
        var settings = RaftSettings()
        settings.commitNoticeDelay = .milliseconds(10)
        var bench = Bench.leader(settings: settings)
        bench.receive(matched(1, 1), from: 2)
        bench.receive(matched(1, 1), from: 3)
        bench.wait(50)
        // On a beat: the next one is 50 ms away.
        bench.expire()
        bench.clear()
        bench.propose("a")
        bench.clear()
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.sent(to: 2) == [])
        #expect(bench.instance.nextDeadline == bench.now + .milliseconds(10))
        bench.wait(9)
        #expect(bench.sent(to: 2) == [])
        bench.wait(1)
        #expect(bench.sent(to: 2) == [heartbeat(1, commit: 2, round: 0)])
        #expect(bench.sent(to: 3) == [])
        bench.clear()
        bench.wait(15)
        #expect(bench.sent(to: 2) == [])
    }

    @Test("an append in time makes the late notice needless")
    func noticeRides() {
        var settings = RaftSettings()
        settings.commitNoticeDelay = .milliseconds(10)
        var bench = Bench.leader(settings: settings)
        bench.receive(matched(1, 1), from: 2)
        bench.receive(matched(1, 1), from: 3)
        bench.wait(50)
        bench.expire()
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        bench.receive(matched(1, 2), from: 3)
        bench.clear()
        bench.propose("b")
        #expect(bench.appends(to: 2).map(\.commit) == [i(2)])
        bench.clear()
        bench.wait(11)
        #expect(bench.sent(to: 2) == [])
        #expect(bench.sent(to: 3) == [])
    }

    @Test("a heartbeat never names more than the follower is known to have")
    func heartbeatCommit() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.propose("a")
        bench.receive(matched(1, 2), from: 2)
        bench.clear()
        bench.expire()
        #expect(bench.sent(to: 2) == [heartbeat(1, commit: 2, round: 1)])
        #expect(bench.sent(to: 3) == [heartbeat(1, commit: 0, round: 1)])
    }

    @Test("heartbeats fall on multiples of the interval, whenever the leader was elected")
    func aligned() {
        for offset in [0, 1, 17, 49, 50] {
            var bench = Bench(
                start: .init(now: Instant(nanoseconds: Int64(offset) * 1_000_003)))
            bench.becomeLeader()
            for _ in 0..<5 {
                let deadline = bench.instance.nextDeadline ?? ms(1)
                #expect(deadline.nanoseconds % 50_000_000 == 0)
                #expect(deadline > bench.now)
                bench.expire()
            }
        }
    }

    @Test("match never goes back, and a stale rejection is ignored")
    func staleAnswers() {
        var bench = Bench.leader()
        for _ in 0..<5 { bench.propose("x") }
        bench.receive(matched(1, 1), from: 2)
        bench.receive(matched(1, 6), from: 2)
        bench.receive(matched(1, 3), from: 2)
        bench.receive(rejected(1, 4, hint: (2, 1)), from: 2)
        #expect(bench.instance.followers[0].match == i(6))
        #expect(bench.instance.followers[0].mode == .replicate)
    }

    @Test("an acknowledgement of entries that the leader does not have is nonsense")
    func acknowledgedTooMuch() {
        var bench = Bench.leader()
        bench.receive(matched(1, 99), from: 2)
        #expect(bench.observations == [.nonsense(from: n(2))])
        #expect(bench.instance.commitIndex == .zero)
    }

    @Test("a very long divergent tail converges in few round trips, by hints both ways")
    func longDivergence() {
        // The leader: 1 x 10, then 5 x 500. The follower: 1 x 10, then 2, 3 and 4 x 300 each.
        let mine = Array(repeating: UInt64(1), count: 10) + Array(repeating: 5, count: 500)
        let theirs =
            Array(repeating: UInt64(1), count: 10)
            + [2, 3, 4].flatMap { Array(repeating: UInt64($0), count: 300) }
        var cluster = RaftCluster(3)
        cluster.peers[0].disk.hardState = HardState(term: t(5), vote: nil)
        cluster.peers[0].disk.entries = log(mine)
        cluster.peers[1].disk.hardState = HardState(term: t(5), vote: nil)
        cluster.peers[1].disk.entries = log(mine)
        cluster.peers[2].disk.hardState = HardState(term: t(5), vote: nil)
        cluster.peers[2].disk.entries = log(theirs)
        for place in 0..<3 { cluster.start(place) }
        cluster.crash(1)
        cluster.now = cluster.now + .milliseconds(500)
        cluster.fire(0)
        cluster.transcript = []
        cluster.settle()
        let rejections = (cluster.transcript ?? []).filter { $0.contains("rejected") }
        #expect(rejections.count <= 2)
        #expect(cluster.terms(2) == mine + [6])
        #expect(cluster.ledger.violations == [])
    }

    @Test(
        "the logs of Figure 7 all take the leader's shape",
        arguments: [
            [1, 1, 1, 4, 4, 5, 5, 6, 6],
            [1, 1, 1, 4],
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
            [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
            [1, 1, 1, 4, 4, 4, 4],
            [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
        ] as [[UInt64]])
    func figure7(follower: [UInt64]) {
        let leader: [UInt64] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
        var cluster = RaftCluster(3)
        for (place, terms) in [leader, follower, leader].enumerated() {
            cluster.peers[place].disk.hardState = HardState(term: t(7), vote: nil)
            cluster.peers[place].disk.entries = log(terms)
            cluster.start(place)
        }
        cluster.now = cluster.now + .milliseconds(500)
        cluster.elect(0)
        cluster.advance(.milliseconds(200))
        #expect(cluster.instance(0).role == .leader)
        #expect(cluster.terms(1) == leader + [8])
        #expect(cluster.ledger.violations == [])
    }

    @Test("an unreachable follower is probed by one message at a time, and caught up by an answer")
    func unreachable() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.propose("a")
        bench.step { $0.peerBecameUnreachable(n(2), at: $1, into: &$2) }
        #expect(bench.instance.followers[0].mode == .probe)
        bench.clear()
        for _ in 0..<5 { bench.propose("b") }
        #expect(bench.appends(to: 2) == [])
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.appends(to: 2).map(\.previousIndex) == [i(1)])
        #expect(bench.appends(to: 2).first?.entries.count == 6)
        bench.receive(matched(1, 7), from: 2)
        #expect(bench.instance.followers[0].mode == .replicate)
    }

    @Test("a follower that has everything and answers a heartbeat is no longer probed")
    func nothingToProbe() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.step { $0.peerBecameUnreachable(n(2), at: $1, into: &$2) }
        #expect(bench.instance.followers[0].mode == .probe)
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.instance.followers[0].mode == .replicate)
    }

    @Test("an answered heartbeat frees a probe whose one message was lost")
    func probeIsFreed() {
        var bench = Bench.leader()
        bench.clear()
        bench.propose("a")
        #expect(bench.appends(to: 2) == [])
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        #expect(bench.appends(to: 2).first?.entries.count == 2)
    }

    @Test("lost appends are found by heartbeats that see no progress")
    func lostAppends() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        bench.propose("a")
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        bench.clear()
        bench.expire()
        bench.receive(heard(1, round: 2), from: 2)
        #expect(bench.appends(to: 2).map(\.previousIndex) == [i(2)])
        #expect(bench.appends(to: 2).map(\.entries) == [[]])
        bench.clear()
        bench.receive(rejected(1, 2, hint: (1, 1)), from: 2)
        #expect(bench.appends(to: 2).first?.entries.map(\.payload) == ["a"])
    }

    @Test("of many rejections of one pipeline only the first has an effect")
    func manyRejections() {
        var bench = Bench.leader()
        bench.receive(matched(1, 1), from: 2)
        for _ in 0..<5 { bench.propose("x") }
        bench.clear()
        for previous: UInt64 in 2...5 {
            bench.receive(rejected(1, previous, hint: (1, 1)), from: 2)
        }
        #expect(bench.appends(to: 2).map(\.previousIndex) == [i(1)])
    }
}
