import Raft
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

    @Test func isAnsweredAtOnceWhileTheLeaseHolds() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        cluster.pass(.milliseconds(200))
        _ = cluster.takeSaid(0)
        let requester = cluster.ask(0)
        cluster.endTurn(0)
        #expect(cluster.takeSaid(0).map(\.word) == ["done(\(Bytes("1 lines")))"])
        #expect(requester.node == NodeID(9))
    }

    @Test func isComparedWithTheMomentOfItsAnswerAndNotOfItsArrival() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        cluster.pass(.milliseconds(200))
        // It comes while the lease holds. Then the process stands still, and another one leads.
        let requester = cluster.ask(0)
        cluster.members[0].isCutOff = true
        cluster.elect(1)
        cluster.carryOut(["b"], at: 1)
        _ = cluster.takeSaid(0)
        cluster.endTurn(0)
        #expect(cluster.takeReplies(0)[requester] == nil)
    }

    @Test func goesByARoundWhileLeadershipIsHandedOver() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        cluster.pass(.milliseconds(200))
        var directives: [ReplicaDirective] = []
        let now = cluster.now
        let outcome = cluster.members[0].replica.transferLeadership(
            to: NodeID(2), at: now, into: &directives)
        #expect(outcome == .begun)
        let requester = cluster.ask(0)
        cluster.endTurn(0)
        #expect(cluster.takeReplies(0)[requester] == nil)
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
