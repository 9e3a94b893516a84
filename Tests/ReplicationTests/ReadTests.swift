import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A question")
struct ReadTests {
    @Test func waitsForTheRoundThatConfirmsTheLeader() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        _ = cluster.takeSaid(0)
        let requester = cluster.ask(0)
        cluster.endTurn(0)
        #expect(cluster.takeReplies(0).isEmpty)
        cluster.settle()
        #expect(cluster.takeReplies(0) == [requester: [.done("1 lines")]])
    }

    @Test func seesEveryCommandThatWasAnsweredBefore() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a", "b"], at: 0)
        cluster.members[0].isCutOff = true
        cluster.elect(1)
        let stale = cluster.ask(0)
        cluster.endTurn(0)
        let fresh = cluster.ask(1)
        cluster.endTurn(1)
        cluster.carryOut(["c"], at: 1)
        #expect(cluster.takeReplies(1)[fresh] == [.done("2 lines")])
        // The old leader does not answer, and says so when it finds out.
        #expect(cluster.takeReplies(0)[stale] == nil)
        cluster.members[0].isCutOff = false
        cluster.pass(.milliseconds(200))
        #expect(cluster.takeReplies(0)[stale] == [.notLeader(leader: nil)])
    }

    @Test func waitsUntilANewLeadersFirstEntryIsApplied() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        cluster.members[0].isCutOff = true
        // Elected, and nobody's disk has taken its first entry yet.
        cluster.now = cluster.now + .seconds(1)
        cluster.tell(1, .timeAdvanced)
        while !cluster.members[1].replica.isLeader { cluster.settleOnce() }
        for index in 1..<3 { cluster.members[index].holdsDisk = true }
        _ = cluster.takeSaid(1)
        let requester = cluster.ask(1)
        cluster.endTurn(1)
        cluster.settle()
        #expect(cluster.takeReplies(1).isEmpty)
        for index in 1..<3 { cluster.members[index].holdsDisk = false }
        cluster.pass(.milliseconds(100))
        #expect(cluster.takeReplies(1) == [requester: [.done("1 lines")]])
    }

    @Test func isRefusedByWhoeverDoesNotLead() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        let requester = cluster.ask(1)
        cluster.endTurn(1)
        #expect(cluster.takeReplies(1) == [requester: [.notLeader(leader: NodeID(1))]])
    }
}
