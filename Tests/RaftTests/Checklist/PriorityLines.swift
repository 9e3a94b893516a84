import Raft
import Testing
import Toolbox
import Vocabulary

/// Consensus checklist 6.2 on priorities.
@Suite struct PriorityLines {
    private func group(_ priorities: [UInt8], seed: UInt64) -> RaftCluster {
        var cluster = RaftCluster(3, seed: seed)
        prefer(priorities, in: &cluster)
        cluster.elect(0)
        cluster.advance(.milliseconds(100))
        return cluster
    }

    private func prefer(_ priorities: [UInt8], in cluster: inout RaftCluster) {
        for (place, priority) in priorities.enumerated() {
            cluster.step(place) { instance, _, _ in instance.setPriority(priority) }
        }
    }

    @Test("of equals who has the higher priority leads next", arguments: 1...20)
    func higherPriorityWins(seed: UInt64) {
        for (priorities, winner) in [([0, 255, 0], 1), ([255, 0, 255], 2)] as [([UInt8], Int)] {
            var cluster = group(priorities, seed: seed)
            cluster.crash(0)
            cluster.advance(.seconds(3))
            #expect(cluster.leaders == [winner])
        }
    }

    @Test("a longer log beats any priority")
    func logsBeatPriorities() {
        var cluster = group([0, 0, 255], seed: 1)
        cluster.cutOff(2)
        cluster.propose(0, ["a"])
        cluster.settle()
        cluster.crash(0)
        cluster.heal()
        cluster.advance(.seconds(4))
        #expect(cluster.leaders == [1])
        #expect(cluster.ledger.violations == [])
    }

    @Test("the lowest priority still leads when it is alone", arguments: 1...10)
    func lowestWinsAlone(seed: UInt64) {
        var alone = RaftCluster(1, seed: seed)
        alone.step(0) { instance, _, _ in instance.setPriority(0) }
        alone.advance(.seconds(2))
        #expect(alone.leaders == [0])
        var cluster = group([255, 0, 0], seed: seed)
        cluster.crash(0)
        cluster.advance(.seconds(3))
        #expect(cluster.leaders.count == 1)
    }

    @Test("a priority may change while the group runs", arguments: 1...10)
    func changesWhileRunning(seed: UInt64) {
        var cluster = group([0, 255, 0], seed: seed)
        prefer([0, 0, 255], in: &cluster)
        #expect(cluster.instance(2).priority == 255)
        // They draw their time-outs anew with the next leader.
        #expect(cluster.transfer(0, to: 1) == .begun)
        cluster.advance(.milliseconds(100))
        cluster.crash(1)
        cluster.advance(.seconds(3))
        #expect(cluster.leaders == [2])
    }
}
