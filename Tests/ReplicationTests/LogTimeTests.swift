import Replication
import Testing
import Vocabulary

@Suite("Log time")
struct LogTimeTests {
    @Test func followsTheClockAndNeverGoesBack() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        for clock: Int64 in [1_000, 2_000, 1_500, 2_001] {
            cluster.members[0].clock = WallTime(milliseconds: clock)
            cluster.carryOut(["x"], at: 0)
        }
        cluster.pass(.milliseconds(100))
        for index in 0..<3 { #expect(cluster.times(index) == [1_000, 2_000, 2_000, 2_001]) }
        #expect(cluster.members[2].replica.logTime == WallTime(milliseconds: 2_001))
    }

    @Test func goesOnFromTheInheritedLogAtAChangeOfLeader() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.members[0].clock = WallTime(milliseconds: 9_000)
        cluster.carryOut(["a"], at: 0)
        // In the second node's log, and not known there to be committed.
        cluster.members[0].clock = WallTime(milliseconds: 9_500)
        cluster.members[2].isCutOff = true
        _ = cluster.propose("b", at: 0)
        cluster.endTurn(0)
        cluster.settleOnce()
        cluster.members[0].isCutOff = true
        cluster.members[2].isCutOff = false
        cluster.settle()
        #expect(cluster.texts(1) == ["a"])
        cluster.now = cluster.now + .seconds(1)
        cluster.tell(1, .timeAdvanced)
        while !cluster.members[1].replica.isLeader { cluster.settleOnce() }
        // Its own clock is behind; the first command goes out before anything is applied.
        cluster.carryOut(["c"], at: 1)
        #expect(cluster.texts(1) == ["a", "b", "c"])
        #expect(cluster.times(1) == [9_000, 9_500, 9_500])
    }

    @Test func isNotMovedByTheClocksOfThoseWhoDoNotLead() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.members[1].clock = WallTime(milliseconds: 99_000)
        _ = cluster.propose("refused", at: 1)
        cluster.endTurn(1)
        cluster.members[1].clock = WallTime(milliseconds: 1_001)
        cluster.members[0].isCutOff = true
        cluster.elect(1)
        cluster.carryOut(["a"], at: 1)
        #expect(cluster.times(1) == [1_001])
    }

    @Test func goesOnFromASnapshotAfterARestart() throws {
        var cluster = try ReplicaCluster(1) {
            $0.snapshotLogEntries = 2
            $0.keptEntries = 0
        }
        cluster.elect(0)
        cluster.members[0].clock = WallTime(milliseconds: 5_000)
        cluster.carryOut(["a", "b"], at: 0)
        try cluster.restart(0)
        #expect(cluster.members[0].replica.logTime == WallTime(milliseconds: 5_000))
        cluster.elect(0)
        cluster.members[0].clock = WallTime(milliseconds: 4_000)
        cluster.carryOut(["c"], at: 0)
        #expect(cluster.times(0) == [5_000, 5_000, 5_000])
    }
}
