import AdminWire
import ChatWire
import ClusterNode
import Controller
import HTTPWire
import Placement
import Raft
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("The cluster's tables, its controller and its fence")
struct ClusterTablesTests {
    private func serving(
        _ count: Int = 3, replicas: Int? = nil, _ change: (inout NodeSettings) -> Void = { _ in }
    ) throws -> Cluster {
        var cluster = try Cluster(count, replicas: replicas, change)
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let isFounded = cluster.run { cluster in
            cluster.groups.allSatisfy { cluster.assignments(of: $0.id).count == count }
        }
        #expect(isFounded)
        return cluster
    }

    private func shares(_ cluster: Cluster, at node: Int) -> [Int] {
        let shares = cluster.nodes[node].instance?.ring.shares
        return cluster.nodes.indices.map { shares?[NodeID(UInt16($0 + 1))] ?? 0 }
    }

    @Test("A killed node's arcs go to the others, exactly, and come back to it step by step")
    func leavesAndJoins() throws {
        var cluster = try serving()
        let before = try #require(cluster.nodes[0].instance?.ring)
        cluster.kill(1)
        let isWithout = cluster.run(atMost: .seconds(20)) { cluster in
            [0, 2].allSatisfy { cluster.nodes[$0].instance?.ring.nodes.count == 2 }
        }
        #expect(isWithout)
        let without = try #require(cluster.nodes[0].instance?.ring)
        #expect(cluster.nodes[2].instance?.ring == without)
        #expect(before.arcsMoved(to: without) == before.shares[NodeID(2)])
        #expect(without.epoch == RingEpoch(before.epoch.rawValue + 1))

        try cluster.start(1)
        let start = cluster.now
        let isBack = cluster.run(atMost: .seconds(30)) { cluster in
            cluster.nodes.allSatisfy {
                $0.instance?.ring.shares.values.sorted() == [5_461, 5_461, 5_462]
            }
        }
        #expect(isBack)
        let after = try #require(cluster.nodes[1].instance?.ring)
        #expect(without.arcsMoved(to: after) == after.shares[NodeID(2)])
        // 5,461 arcs in steps of at most 820, a second apart.
        #expect(cluster.now - start >= 6_000_000_000)
        #expect(cluster.nodes.allSatisfy { $0.instance?.ring == after })
    }

    @Test("A node that stops takes its name off the list, and its arcs leave at once")
    func stops() throws {
        var cluster = try serving()
        let start = cluster.now
        cluster.tell(1, .shutdownRequested)
        let isFinished = cluster.run { $0.nodes[1].isFinished }
        #expect(isFinished)
        cluster.kill(1)
        let isWithout = cluster.run { cluster in
            [0, 2].allSatisfy { cluster.nodes[$0].instance?.ring.nodes.count == 2 }
        }
        #expect(isWithout)
        #expect(cluster.now - start < 2_000_000_000)
    }

    @Test("A node that is cut off serves nobody before the others take it for lost")
    func isFenced() throws {
        var cluster = try serving()
        let anna = try cluster.register("anna", at: 1)
        var phone = try Phone(anna, at: 1, in: &cluster)
        cluster.cutOff(1)
        let start = cluster.now
        let isFenced = cluster.run { $0.nodes[1].instance?.isFenced == true }
        #expect(isFenced)
        #expect(cluster.now - start <= 4_000_000_000)
        #expect(cluster.nodes[0].instance?.ring.nodes.count == 3)
        try phone.read(&cluster)
        #expect(phone.closeCode == 4000)
        let asked = try cluster.begin(.chats(cursor: nil, limit: 10), Bytes(), by: anna, at: 1)
        cluster.settle()
        let answer = try #require(try cluster.answer(on: asked))
        #expect(answer.status == 503)

        cluster.nodes[1].isCutOff = false
        let serves = cluster.run(atMost: .seconds(20)) { $0.serves(1) }
        #expect(serves)
        let texts = try cluster.call(.chats(cursor: nil, limit: 10), by: anna, at: 1)
        #expect(texts.status == 200)
    }

    @Test("A table that does not decode stops nobody, and emptied it is founded anew")
    func undecodable() throws {
        var cluster = try Cluster()
        for node in cluster.nodes.indices {
            // Of super:secret.
            cluster.nodes[node].plan.secrets.coordinationSuper =
                "super:lK75jTNcA+U9vtVEw5vB51mj/w4="
            cluster.kill(node)
            try cluster.start(node)
        }
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        cluster.pass(.seconds(2))
        let ring = try #require(cluster.nodes[0].instance?.ring)
        var keeper = try cluster.keeper(at: 2)
        let login = AuthenticationRequest(scheme: "digest", credentials: "super:secret")
        // Answered under a number of its own.
        keeper.asked[Xid.auth.rawValue] = .auth
        cluster.ask(.auth(login), of: &keeper)
        try cluster.wait(for: &keeper) { $0.asked[Xid.auth.rawValue] == nil }
        for (data, isWhole) in [(Bytes("nonsense"), false), (Bytes(), true)] {
            let set = SetDataRequest(path: RookeryPaths.ring, data: data)
            let reply = try cluster.reply(to: .setData(set), for: &keeper)
            guard case .reply(_, nil, _) = reply else {
                Issue.record("refused: \(reply)")
                return
            }
            cluster.pass(.seconds(2))
            for node in cluster.nodes {
                let now = try #require(node.instance?.ring)
                #expect(now.owners == ring.owners)
                #expect((now.epoch > ring.epoch) == isWhole)
                #expect(node.instance?.isFenced == false)
                let isTold = node.observations.contains {
                    if case .tableUndecodable(RookeryPaths.ring, _) = $0 { true } else { false }
                }
                #expect(isTold)
            }
        }
    }

    @Test("The place of a voter that stays away is taken by another node")
    func replacesVoters() throws {
        var cluster = try serving(4, replicas: 3) { $0.controller.replicaGrace = .seconds(5) }
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        _ = try cluster.post(1, "before", to: chat, by: anna, at: 0)
        cluster.kill(2)
        let isReplaced = cluster.run(atMost: .seconds(120)) { cluster in
            cluster.groups.allSatisfy { group in
                guard let leader = cluster.leader(of: group.id),
                    let raft = cluster.nodes[leader].instance?.consensus(of: group.id)
                else { return false }
                return !raft.configuration.isJoint
                    && raft.configuration.voters.map(\.node) == [1, 2, 4].map { NodeID($0) }
            }
        }
        #expect(isReplaced)
        _ = try cluster.post(2, "after", to: chat, by: anna, at: 3)
        #expect(try cluster.texts(of: chat, by: bert, at: 1) == ["before", "after"])
        // Back again, it is a learner of the tree, and holds nothing else any more.
        try cluster.start(2)
        let isRid = cluster.run(atMost: .seconds(60)) {
            $0.nodes[2].instance?.replicaGroups == [GroupNumbers.coordination]
        }
        #expect(isRid)
    }

    @Test("What an operator orders is what the table says from then on")
    func followsOrders() throws {
        var cluster = try serving(4, replicas: 3)
        let group = cluster.groups[2].id
        #expect(try cluster.change(group, .addLearner, 4) == "done")
        cluster.pass(.seconds(2))
        #expect(try cluster.change(group, .promote, 4) == "done")
        #expect(try cluster.change(group, .remove, 1) == "done")
        cluster.pass(.seconds(30))
        #expect(try cluster.voters(of: group) == [2, 3, 4])
        let wanted = [2, 3, 4].map { NodeID($0) }
        #expect(cluster.assignments(of: group).allSatisfy { $0.voters == wanted })
    }
}

extension Cluster {
    /// As each node that runs has read it.
    func assignments(of group: ReplicaGroupID) -> [GroupAssignment] {
        nodes.compactMap { $0.instance?.assignment(of: group) }
    }
}
