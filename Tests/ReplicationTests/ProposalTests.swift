import LogStorage
import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

@Suite("A command")
struct ProposalTests {
    @Test func isRecordedSentCommittedAndAnswered() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        _ = cluster.takeSaid(0)
        cluster.members[0].holdsDisk = true
        let requester = cluster.propose("a", at: 0)
        #expect(cluster.takeSaid(0).isEmpty)
        cluster.endTurn(0)
        let words = cluster.takeSaid(0).map(\.word)
        #expect(words.filter { $0.hasPrefix("send") } == ["send(n2)", "send(n3)"])
        #expect(words.filter { !$0.hasPrefix("send") } == ["entries(1)", "await"])

        // Without the others, the own disk is no majority; with one of them it need not be there.
        cluster.members[1].isCutOff = true
        cluster.members[2].isCutOff = true
        cluster.persistNext(0)
        cluster.settle()
        #expect(cluster.takeReplies(0).isEmpty)
        cluster.members[1].isCutOff = false
        cluster.pass(.milliseconds(200))
        #expect(cluster.takeReplies(0) == [requester: [.done("1 a")]])
        cluster.members[2].isCutOff = false
        cluster.pass(.milliseconds(200))
        for index in 0..<3 { #expect(cluster.texts(index) == ["a"]) }
    }

    @Test func isCommittedByTheOthersBeforeTheLeadersOwnDiskIsDone() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        _ = cluster.takeSaid(0)
        cluster.members[0].holdsDisk = true
        let requester = cluster.propose("a", at: 0)
        cluster.endTurn(0)
        cluster.settle()
        #expect(cluster.takeReplies(0) == [requester: [.done("1 a")]])
    }

    @Test func ofAGroupOfOneWaitsForItsOnlyDisk() throws {
        var cluster = try ReplicaCluster(1)
        cluster.elect(0)
        #expect(cluster.members[0].replica.isLeader)
        _ = cluster.takeSaid(0)
        let requester = cluster.propose("a", at: 0)
        cluster.endTurn(0)
        #expect(cluster.takeSaid(0).map(\.word) == ["entries(1)", "await"])
        cluster.persistNext(0)
        #expect(cluster.takeReplies(0) == [requester: [.done("1 a")]])
    }

    @Test func isRefusedWhereNobodyLeadsAndThenByNamingTheLeader() throws {
        var cluster = try ReplicaCluster(3)
        let early = cluster.propose("a", at: 1)
        cluster.endTurn(1)
        #expect(cluster.takeReplies(1) == [early: [.notLeader(leader: nil)]])
        cluster.elect(0)
        let late = cluster.propose("b", at: 1)
        cluster.endTurn(1)
        #expect(cluster.takeReplies(1) == [late: [.notLeader(leader: NodeID(1))]])
        #expect(cluster.texts(1).isEmpty)
    }

    @Test func ofOneTurnGoesIntoTheLogTogetherWithTheOthersInTheirOrder() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        _ = cluster.takeSaid(0)
        let texts = ["c", "a", "b"]
        let requesters = texts.map { cluster.propose($0, at: 0) }
        cluster.endTurn(0)
        var payloads: [String?] = []
        for case .record(.entries(let group, let entries)) in cluster.takeSaid(0) {
            #expect(group == ReplicaCluster.group)
            payloads += entries.map { $0.payload.suffix(from: 8).text }
        }
        #expect(payloads == texts)
        cluster.settle()
        var answered: [Requester] = []
        for case .reply(let requester, _) in cluster.takeSaid(0) { answered.append(requester) }
        #expect(answered == requesters)
        #expect(cluster.texts(2) == texts)
    }

    @Test func isRefusedTogetherWithItsTurnWhenTooMuchWaits() throws {
        var cluster = try ReplicaCluster(3) { $0.raft.uncommittedEntriesMaximum = 2 }
        cluster.elect(0)
        cluster.members[1].isCutOff = true
        cluster.members[2].isCutOff = true
        let first = cluster.propose("a", at: 0)
        cluster.endTurn(0)
        let second = [cluster.propose("b", at: 0), cluster.propose("c", at: 0)]
        cluster.endTurn(0)
        let replies = cluster.takeReplies(0)
        #expect(replies == [second[0]: [.overloaded], second[1]: [.overloaded]])
        cluster.members[1].isCutOff = false
        cluster.pass(.milliseconds(200))
        #expect(cluster.takeReplies(0) == [first: [.done("1 a")]])
    }

    @Test func thatGaveWayToAnotherLeadersEntryIsLost() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        _ = cluster.takeSaid(0)
        cluster.members[0].isCutOff = true
        let lost = [cluster.propose("b", at: 0), cluster.propose("c", at: 0)]
        cluster.endTurn(0)
        cluster.mail = []
        cluster.elect(1)
        cluster.carryOut(["d"], at: 1)
        #expect(cluster.takeReplies(0).isEmpty)
        cluster.members[0].isCutOff = false
        cluster.pass(.milliseconds(300))
        #expect(cluster.takeReplies(0) == [lost[0]: [.lost], lost[1]: [.lost]])
        for index in 0..<3 { #expect(cluster.texts(index) == ["a", "d"]) }
    }

    /// Raft's figure 8: an entry that gave way on the node that proposed it may still be committed
    /// by a later leader, so nothing may be said of it before something else is.
    @Test func thatGaveWayOnlyHereIsNotCalledLostBeforeItsPlaceIsCommitted() throws {
        var cluster = try ReplicaCluster(5)
        cluster.elect(0)
        cluster.carryOut(["a"], at: 0)
        _ = cluster.takeSaid(0)
        // The entry reaches the second node only.
        for index in 2..<5 { cluster.members[index].isCutOff = true }
        let requester = cluster.propose("b", at: 0)
        cluster.endTurn(0)
        cluster.settle()
        // The fifth leads by the votes of those without it, and reaches the first node only.
        cluster.members[0].isCutOff = true
        cluster.members[1].isCutOff = true
        for index in 2..<5 { cluster.members[index].isCutOff = false }
        cluster.now = cluster.now + .seconds(1)
        cluster.tell(4, .timeAdvanced)
        while !cluster.members[4].replica.isLeader { cluster.settleOnce() }
        cluster.members[0].isCutOff = false
        for index in 1..<4 { cluster.members[index].isCutOff = true }
        cluster.pass(.milliseconds(120))
        let said = cluster.takeSaid(0)
        let truncated = said.contains {
            if case .observe(.truncated) = $0 { true } else { false }
        }
        #expect(truncated)
        #expect(!said.map(\.word).contains("lost"))
        // The second leads with the entry in its log, and commits it.
        for index in 0..<4 { cluster.members[index].isCutOff = false }
        cluster.members[4].isCutOff = true
        cluster.elect(1)
        cluster.elect(1)
        #expect(cluster.members[1].replica.isLeader)
        cluster.pass(.milliseconds(200))
        #expect(cluster.texts(1) == ["a", "b"])
        #expect(cluster.takeReplies(0) == [requester: [.done("2 b")]])
    }

    @Test func tellsItsEffectsOnceAndInTheLogsOrderOnEveryReplica() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a", "quiet", "b"], at: 0)
        cluster.pass(.milliseconds(100))
        for index in 0..<3 {
            let told = cluster.members[index].replica.takeEffects()
            #expect(told.map(\.effect) == ["a", "b"])
            #expect(told.map(\.index) == [LogIndex(2), LogIndex(4)])
            #expect(cluster.members[index].replica.takeEffects().isEmpty)
        }
    }

    @Test func thatWasAnsweredOutlivesEveryProcess() throws {
        var cluster = try ReplicaCluster(3)
        cluster.elect(0)
        cluster.carryOut(["a", "b"], at: 0)
        for index in 0..<3 { try cluster.restart(index) }
        cluster.elect(2)
        cluster.elect(2)
        cluster.pass(.milliseconds(200))
        for index in 0..<3 { #expect(cluster.texts(index) == ["a", "b"]) }
    }
}
