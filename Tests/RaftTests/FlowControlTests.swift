import Raft
import Testing
import Toolbox
import Vocabulary

/// Windows, sizes and refusals (consensus checklist 6.4).
@Suite struct FlowControlTests {
    /// A leader whose follower 2 replicates, and 3 never answered.
    private func leader(_ change: (inout RaftSettings) -> Void) -> Bench {
        var settings = RaftSettings()
        change(&settings)
        var bench = Bench.leader(settings: settings)
        bench.receive(matched(1, 1), from: 2)
        bench.clear()
        return bench
    }

    @Test("a window in appends is filled, and freed by acknowledgements")
    func windowInAppends() {
        var bench = leader { $0.windowAppendsMaximum = 3 }
        for _ in 0..<10 { bench.propose("x") }
        #expect(bench.appends(to: 2).count == 3)
        bench.clear()
        bench.receive(matched(1, 3), from: 2)
        // Two places are free: what waited goes as one append.
        #expect(bench.appends(to: 2).map { $0.entries.count } == [7])
    }

    @Test("an acknowledgement of a later append frees the earlier ones too")
    func laterAcknowledgement() {
        var bench = leader { $0.windowAppendsMaximum = 3 }
        for _ in 0..<3 { bench.propose("x") }
        bench.receive(matched(1, 4), from: 2)
        #expect(bench.instance.followers[0].inFlightEntries == 0)
    }

    @Test("a window in entries is filled, and freed by acknowledgements")
    func windowInEntries() {
        var bench = leader {
            $0.windowEntriesMaximum = 4
            $0.appendEntriesMaximum = 2
        }
        bench.propose(Array(repeating: "x", count: 10))
        #expect(bench.appends(to: 2).map { $0.entries.count } == [2, 2])
        bench.clear()
        bench.receive(matched(1, 3), from: 2)
        #expect(bench.appends(to: 2).map { $0.entries.count } == [2])
    }

    @Test("a window in bytes is filled, and freed by acknowledgements")
    func windowInBytes() {
        var bench = leader {
            $0.windowBytesMaximum = 100
            $0.appendBytesMaximum = 50
        }
        bench.propose(Array(repeating: Bytes(Array(repeating: 7, count: 40)), count: 5))
        #expect(bench.appends(to: 2).count == 3)
        bench.clear()
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.appends(to: 2).count == 1)
    }

    @Test("appends are cut by entries and by bytes; a larger entry still goes, alone")
    func appendSizes() {
        var bench = leader { $0.appendBytesMaximum = 10 }
        bench.propose(["1234", "1234", "1234", Bytes(Array(repeating: 1, count: 99)), "1"])
        #expect(bench.appends(to: 2).map { $0.entries.count } == [2, 1, 1, 1])
    }

    @Test("a full window still lets the commit index through")
    func fullWindowTellsCommit() {
        var bench = leader { $0.windowAppendsMaximum = 1 }
        bench.propose("a")
        bench.propose("b")
        bench.receive(matched(1, 1), from: 3)
        bench.receive(matched(1, 3), from: 3)
        bench.clear()
        bench.expire()
        #expect(bench.sent(to: 2) == [heartbeat(1, commit: 1, round: 1)])
    }

    @Test("a full window is asked about after heartbeats without progress")
    func fullWindowIsProbed() {
        var bench = leader { $0.windowAppendsMaximum = 1 }
        bench.propose("a")
        bench.propose("b")
        bench.expire()
        bench.receive(heard(1, round: 1), from: 2)
        bench.clear()
        bench.expire()
        bench.receive(heard(1, round: 2), from: 2)
        #expect(bench.appends(to: 2).map(\.entries) == [[]])
    }

    @Test("too many uncommitted bytes refuse proposals until some are committed")
    func uncommittedBytes() {
        var bench = leader { $0.uncommittedBytesMaximum = 10 }
        #expect(bench.propose("12345", "1234") == .accepted(firstIndex: i(2), term: t(1)))
        #expect(bench.propose("12") == .refused(.overloaded))
        #expect(bench.instance.lastIndex == i(3))
        // Nothing to count.
        #expect(bench.propose(Bytes()) == .accepted(firstIndex: i(4), term: t(1)))
        bench.receive(matched(1, 2), from: 2)
        #expect(bench.propose("12") == .accepted(firstIndex: i(5), term: t(1)))
    }

    @Test("a payload larger than the bound is taken when nothing else waits")
    func largeProposal() {
        var bench = leader { $0.uncommittedBytesMaximum = 10 }
        let large = Bytes(Array(repeating: 1, count: 50))
        #expect(bench.propose(large) == .accepted(firstIndex: i(2), term: t(1)))
        #expect(bench.propose(large) == .refused(.overloaded))
    }

    @Test("the log of a leader without a quorum stays bounded")
    func boundedGrowth() {
        var bench = leader {
            $0.uncommittedEntriesMaximum = 100
        }
        for _ in 0..<500 { bench.propose(Bytes()) }
        #expect(bench.instance.lastIndex == i(101))
    }

    @Test("the count of uncommitted bytes starts anew with each leadership")
    func countStartsAnew() {
        var bench = leader { $0.uncommittedBytesMaximum = 10 }
        bench.propose("1234567890")
        bench.receive(heartbeat(2), from: 2)
        bench.now = bench.now + .seconds(1)
        bench.becomeLeader()
        #expect(bench.instance.role == .leader)
        #expect(bench.propose("1234567890") == .accepted(firstIndex: i(4), term: t(3)))
    }

    @Test("who does not lead refuses, and names the leader if it knows it")
    func notLeader() {
        var follower = Bench(term: 1)
        #expect(follower.propose("x") == .refused(.notLeader(leader: nil)))
        follower.receive(heartbeat(1), from: 3)
        #expect(follower.propose("x") == .refused(.notLeader(leader: n(3))))
        var candidate = RoleName.candidate.bench()
        #expect(candidate.propose("x") == .refused(.notLeader(leader: nil)))
        #expect(candidate.directives == [])
    }

    @Test("a slow follower keeps nobody else waiting")
    func slowFollower() {
        var cluster = RaftCluster(3)
        cluster.elect(0)
        cluster.peers[2].isDiskHeld = true
        for _ in 0..<300 { cluster.propose(0, ["x"]) }
        cluster.settle()
        #expect(cluster.instance(0).commitIndex == i(301))
        cluster.peers[2].isDiskHeld = false
        cluster.advance(.seconds(1))
        #expect(cluster.peers[2].applied == i(301))
    }
}
