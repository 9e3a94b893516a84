import AdminWire
import HTTPWire
import ClusterNode
import Placement
import Raft
import Testing
import Toolbox
import Vocabulary

@Suite("A group of five nodes' three")
struct GroupTests {
    private static let group = GroupNumbers.messages(of: ShardID(0))

    /// Five nodes, of which the first three found all groups.
    private func five(
        _ change: (inout NodeSettings) -> Void = { _ in }
    ) throws -> Cluster {
        var cluster = try Cluster(5, replicas: 3, change)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        return cluster
    }

    private func people(_ cluster: inout Cluster) throws -> (Person, Person, ChatID) {
        let anna = try cluster.register("anna", at: 4)
        let bert = try cluster.register("bert", at: 3)
        var chat = try cluster.createDirect(anna, bert, at: 4)
        var number = 0
        while cluster.group(of: chat) != Self.group {
            number += 1
            let other = try cluster.register("other\(number)", at: 4)
            chat = try cluster.createDirect(anna, other, at: 4)
        }
        return (anna, bert, chat)
    }

    @Test func isFoundedByItsThreeAndFirstLedByThePreferredOne() throws {
        var cluster = try five()
        for group in cluster.groups {
            #expect(cluster.leader(of: group.id) == Int(group.preferredLeader.rawValue) - 1)
        }
        for node in 3..<5 {
            #expect(
                cluster.nodes[node].instance?.replicaGroups == [GroupNumbers.coordination])
        }
        for group in cluster.groups {
            #expect(try cluster.voters(of: group.id) == [1, 2, 3])
            let copies = Set((0..<3).compactMap { cluster.replica(of: group.id, at: $0) })
            #expect(copies.count == 3)
        }
        let (anna, _, chat) = try people(&cluster)
        _ = try cluster.post(1, "hello", to: chat, by: anna, at: 4)
        #expect(try cluster.texts(of: chat, by: anna, at: 3) == ["hello"])
    }

    @Test func waitsForAllItsFoundersToBeSeenOnce() throws {
        var cluster = try Cluster(3)
        cluster.kill(2)
        cluster.pass(.seconds(3))
        #expect(cluster.leader(of: Self.group) == nil)
        let groups = try GroupStatus.decodeList(
            try cluster.ask(.groups(digests: false), at: 0).body)
        let status = try #require(groups.first { $0.group == Self.group })
        #expect(status.waitsFor == [NodeID(3)])
        #expect(status.members.isEmpty)
        try cluster.start(2)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        // From now on a majority is enough.
        cluster.kill(2)
        for node in 0..<2 { cluster.kill(node) }
        for node in 0..<2 { try cluster.start(node) }
        let isLedAgain = cluster.waitForLeaders()
        #expect(isLedAgain)
    }

    @Test func movesToOtherNodesWhileItServes() throws {
        var cluster = try five()
        let (anna, _, chat) = try people(&cluster)
        var sent: [String] = []
        func post(_ cluster: inout Cluster) throws {
            let text = "message \(sent.count)"
            _ = try cluster.post(UInt64(sent.count + 1), text, to: chat, by: anna, at: 4)
            sent.append(text)
        }
        try post(&cluster)
        for number in UInt16(4)...5 {
            #expect(try cluster.change(Self.group, .addLearner, number) == "done")
            try post(&cluster)
            cluster.pass(.seconds(1))
            #expect(try cluster.change(Self.group, .promote, number) == "done")
            try post(&cluster)
        }
        #expect(try cluster.voters(of: Self.group) == [1, 2, 3, 4, 5])
        #expect(try cluster.change(Self.group, .demote, 3) == "done")
        #expect(try cluster.configuration(of: Self.group).learners.map(\.node) == [NodeID(3)])
        for number in [UInt16(3), 2, 1] {
            #expect(try cluster.change(Self.group, .remove, number) == "done")
            let isLed = cluster.run { $0.leader(of: Self.group) != nil }
            #expect(isLed)
            try post(&cluster)
        }
        cluster.pass(.seconds(1))
        #expect(try cluster.voters(of: Self.group) == [4, 5])
        for node in 0..<3 {
            #expect(cluster.replica(of: Self.group, at: node) == nil, "n\(node + 1)")
            let isSaid = cluster.nodes[node].observations.contains {
                if case .copyRemoved(Self.group, _) = $0 { true } else { false }
            }
            #expect(isSaid)
        }
        #expect(cluster.agrees(on: Self.group))
        for node in 0..<5 { #expect(try cluster.texts(of: chat, by: anna, at: node) == sent) }
        #expect(cluster.nodes.allSatisfy { $0.halt == nil })
        // Who was removed does not come back by starting again, and found nothing anew.
        for node in 0..<3 { cluster.kill(node) }
        for node in 0..<3 { try cluster.start(node) }
        cluster.pass(.seconds(3))
        for node in 0..<3 { #expect(cluster.replica(of: Self.group, at: node) == nil) }
        #expect(try cluster.texts(of: chat, by: anna, at: 0) == sent)
        // But it may be taken in again.
        #expect(try cluster.change(Self.group, .addLearner, 1) == "done")
        cluster.pass(.seconds(1))
        #expect(cluster.agrees(on: Self.group))
        #expect(cluster.replica(of: Self.group, at: 0) != nil)
    }

    @Test func refusesWithTheReason() throws {
        var cluster = try five()
        cluster.pass(.seconds(1))
        let leader = try #require(cluster.leader(of: Self.group))
        #expect(leader == 0)
        #expect(try cluster.change(Self.group, .promote, 4) == "unknown_member")
        #expect(try cluster.change(Self.group, .promote, 2) == "unchanged")
        #expect(try cluster.change(Self.group, .remove, 5) == "unchanged")
        #expect(try cluster.change(Self.group, .addLearner, 2) == "is_voter")
        #expect(try cluster.change(Self.group, .transfer, 4) == "unknown_member")
        #expect(try cluster.change(Self.group, .transfer, 1) == "unchanged")
        #expect(try cluster.change(Self.group, .transfer, 9) == "not_found")
        #expect(try cluster.change(ReplicaGroupID(77), .transfer, 1, at: 0) == "not_found")
        #expect(try cluster.change(Self.group, .addLearner, 4) == "done")
        #expect(try cluster.change(Self.group, .addLearner, 4) == "unchanged")
        #expect(try cluster.change(Self.group, .transfer, 4) == "not_a_voter")
        for node in [1, 4] {
            let change = GroupChange(.promote, NodeID(4))
            let response = try cluster.ask(.changeGroup(Self.group, change), at: node)
            let error = try AdminError.decode(response.body)
            #expect(response.status == 409)
            #expect(error.code == "not_leader")
            #expect(error.leader == NodeID(1))
        }
        cluster.cutOff(3)
        cluster.pass(.seconds(1))
        #expect(try cluster.change(Self.group, .promote, 4) == "lagging")
        #expect(try cluster.change(Self.group, .addLearner, 4) == "unchanged")
        cluster.cutOff(2)
        cluster.pass(.seconds(1))
        #expect(try cluster.change(Self.group, .transfer, 3) == "unreachable")
        // Two of three answer; without the second one it would be one of two.
        let wish = GroupChange(.remove, NodeID(2))
        let response = try cluster.ask(.changeGroup(Self.group, wish), at: 0)
        let error = try AdminError.decode(response.body)
        #expect(error.code == "quorum_at_risk")
        #expect(error.message.contains("n3"))
    }

    @Test func isHandedOverByOrderAndStaysThere() throws {
        var cluster = try five()
        #expect(try cluster.change(Self.group, .transfer, 3) == "done")
        #expect(cluster.leader(of: Self.group) == 2)
        cluster.pass(.seconds(60))
        #expect(cluster.leader(of: Self.group) == 2)
        cluster.pass(.seconds(600))
        #expect(cluster.leader(of: Self.group) == 0)
    }
}
