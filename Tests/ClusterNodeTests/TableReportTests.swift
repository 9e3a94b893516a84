import AdminWire
import ClusterNode
import Controller
import CoordinationService
import HTTPWire
import Placement
import Raft
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("What operators are told of the cluster's tables")
struct TableReportTests {
    private func ring(
        _ cluster: inout Cluster, at node: Int, runs: Bool = false
    ) throws -> RingStatus {
        try RingStatus.decode(try cluster.ask(.ring(runs: runs), at: node).body)
    }

    @Test("a node that stops says so, also if it leads the coordination group")
    func drainIsTold() throws {
        var cluster = try serving()
        let leader = try #require(cluster.leader(of: GroupNumbers.coordination))
        let anna = try cluster.register("anna")
        // For whom the node waits.
        _ = try Phone(anna, at: leader, in: &cluster)
        let other = (leader + 1) % 3
        let id = NodeID(UInt16(leader + 1))
        cluster.tell(leader, .shutdownRequested)
        var isDraining = false
        for _ in 0..<20 where !isDraining {
            cluster.pass(.milliseconds(100))
            let status = try ring(&cluster, at: other)
            isDraining = status.nodes.contains { $0.node == id && $0.isDraining }
        }
        #expect(isDraining)
    }

    private func placement(_ cluster: inout Cluster, at node: Int) throws -> PlacementStatus {
        try PlacementStatus.decode(try cluster.ask(.placement, at: node).body)
    }

    private func owner(
        _ cluster: inout Cluster, of user: AdminRequest.UserReference, at node: Int
    ) throws -> RingOwnerStatus {
        try RingOwnerStatus.decode(try cluster.ask(.ringOwner(user), at: node).body)
    }

    /// Until all nodes serve, and see all others.
    private func serving() throws -> Cluster {
        var cluster = try Cluster()
        let serves = cluster.run(atMost: .seconds(30)) { cluster in
            cluster.nodes.allSatisfy {
                $0.instance?.isRegistered == true && $0.instance?.isFenced == false
            }
        }
        #expect(serves)
        // Until the tables that the controller founds are written, and every copy has them.
        cluster.pass(.seconds(2))
        return cluster
    }

    @Test("is the same ring on every node, with exact shares and everybody there")
    func tellsRing() throws {
        var cluster = try serving()
        for node in 0..<3 {
            let told = try ring(&cluster, at: node, runs: true)
            #expect(told.node == NodeID(UInt16(node + 1)))
            #expect(!told.isFenced)
            #expect(told.undecodable.isEmpty)
            #expect(told.nodes.map(\.node) == [NodeID(1), NodeID(2), NodeID(3)])
            #expect(told.nodes.map(\.arcs).sorted() == [5_461, 5_461, 5_462])
            #expect(told.nodes.map(\.share).reduce(0, +) == 1)
            for status in told.nodes {
                #expect(status.isRegistered == true)
                #expect(status.weight == 100)
                #expect(status.url == "http://node\(status.node)")
                #expect(!status.isDraining)
            }
            let runs = try #require(told.runs)
            var next: UInt16 = 0
            for run in runs {
                #expect(run.first.rawValue == next)
                next += run.count
            }
            #expect(next == Limits.arcsCount)
            let short = try ring(&cluster, at: node)
            #expect(short.runs == nil)
            #expect(short.epoch == told.epoch)
        }
    }

    @Test(
        "has an owner for every number, by the vectors that everybody follows",
        arguments: [
            (0, 3_378), (1, 10_186), (2, 15_025), (3, 8_686), (17, 10_611), (4_096, 13_186),
            (4_294_967_296, 12_952), (9_007_199_254_740_991, 9_830), (.max, 8_564),
        ] as [(UInt64, UInt16)])
    func tellsOwner(user: UInt64, arc: UInt16) throws {
        var cluster = try serving()
        let runs = try #require(try ring(&cluster, at: 0, runs: true).runs)
        let run = try #require(runs.last { $0.first.rawValue <= arc })
        for node in 0..<3 {
            let found = try owner(&cluster, of: .id(UserID(user)), at: node)
            #expect(found.user == UserID(user))
            #expect(found.arc == ArcID(arc))
            #expect(found.owner == run.owner)
            #expect(found.url == "http://node\(run.owner)")
            #expect(found.node == NodeID(UInt16(node + 1)))
            #expect(!found.isFenced)
        }
    }

    @Test("finds a user by name, and says when there is none")
    func findsByName() throws {
        var cluster = try serving()
        let anna = try cluster.register("anna")
        for node in 0..<3 {
            let found = try owner(&cluster, of: .name("anna"), at: node)
            #expect(found.user == anna.user)
            #expect(Int(found.owner.rawValue) == anna.home + 1)
            let missing = try cluster.ask(.ringOwner(.name("bert")), at: node)
            #expect(missing.status == 404)
            #expect(try AdminError.decode(missing.body).code == "not_found")
        }
    }

    @Test("is what a node that is cut off knew, with the word that it is fenced")
    func tellsFenced() throws {
        var cluster = try serving()
        let before = try ring(&cluster, at: 2)
        cluster.cutOff(2)
        let isFenced = cluster.run(atMost: .seconds(15)) {
            $0.nodes[2].instance?.isFenced == true
        }
        #expect(isFenced)
        let after = try ring(&cluster, at: 2)
        #expect(after.isFenced)
        #expect(after.epoch == before.epoch)
        #expect(after.nodes == before.nodes)
        #expect(try owner(&cluster, of: .id(UserID(17)), at: 2).isFenced)
        #expect(try placement(&cluster, at: 2).isFenced)
        // The name stands with the accounts, and those are with the others.
        #expect(try cluster.ask(.ringOwner(.name("anna")), at: 2).status == 503)
    }

    @Test("tells that a node has gone, and later that its arcs have")
    func tellsAway() throws {
        var cluster = try serving()
        let before = try ring(&cluster, at: 0)
        cluster.kill(2)
        let isMissed = cluster.run(atMost: .seconds(20)) { cluster in
            do {
                return try ring(&cluster, at: 0).nodes[2].isRegistered == false
            } catch {
                return false
            }
        }
        #expect(isMissed)
        #expect(try ring(&cluster, at: 0).nodes[2].weight == nil)
        let isTaken = cluster.run(atMost: .seconds(120)) { cluster in
            do {
                return try ring(&cluster, at: 0).nodes[2].arcs == 0
            } catch {
                return false
            }
        }
        #expect(isTaken)
        let after = try ring(&cluster, at: 1)
        #expect(after.epoch > before.epoch)
        #expect(after.nodes.map(\.arcs) == [8_192, 8_192, 0])
    }

    @Test("is the placement of every group as it shall be and as it is")
    func tellsPlacement() throws {
        var cluster = try serving()
        let everybody = (UInt16(1)...3).map { NodeID($0) }
        for node in 0..<3 {
            let told = try placement(&cluster, at: node)
            #expect(told.groups.map(\.group) == cluster.groups.map(\.id))
            #expect(told.groups.map(\.kind) == [.coordination, .membership, .messages, .messages])
            #expect(told.groups.map(\.shard) == [nil, nil, ShardID(0), ShardID(1)])
            #expect(told.groups.map(\.partitions) == [0, 0, 512, 512])
            for group in told.groups {
                let leader = try #require(cluster.leader(of: group.group))
                #expect(group.leader == NodeID(UInt16(leader + 1)))
                #expect(group.voters == everybody)
                #expect(group.assignment?.voters == everybody)
                #expect((group.assignment?.epoch ?? 0) >= 1)
            }
        }
    }

    @Test("keeps what was read last when a table in the tree is damaged, and names it")
    func tellsUndecodable() throws {
        var cluster = try serving()
        let before = try ring(&cluster, at: 1)
        let owner = try owner(&cluster, of: .id(UserID(17)), at: 1).owner
        var keeper = try cluster.keeper(at: 0)
        let proof = CoordinationServiceInstance.clusterProof(
            secret: cluster.nodes[0].plan.secrets.cluster)
        try cluster.prove("rookery", proof, for: &keeper)
        let damage = SetDataRequest(path: RookeryPaths.ring, data: Bytes([1, 2, 3]))
        guard case .reply(_, nil, _) = try cluster.reply(to: .setData(damage), for: &keeper) else {
            Issue.record("the ring cannot be damaged: \(keeper.heard)")
            return
        }
        let isNamed = cluster.run(atMost: .seconds(5)) { cluster in
            do {
                return try ring(&cluster, at: 1).undecodable == ["/rookery/ring"]
            } catch {
                return false
            }
        }
        #expect(isNamed)
        let after = try ring(&cluster, at: 1)
        #expect(after.epoch >= before.epoch)
        #expect(after.nodes.map(\.arcs) == before.nodes.map(\.arcs))
        #expect(try self.owner(&cluster, of: .id(UserID(17)), at: 1).owner == owner)
        #expect(try placement(&cluster, at: 1).undecodable == ["/rookery/ring"])
    }
}

extension Cluster {
    /// Shows who the client is.
    fileprivate mutating func prove(
        _ scheme: Bytes, _ credentials: Bytes, for keeper: inout Keeper
    ) throws {
        let request = ZooKeeperRequest.auth(
            AuthenticationRequest(scheme: scheme, credentials: credentials))
        keeper.asked[Xid.auth.rawValue] = request.operation
        var writer = ByteWriter(reserving: 64)
        writer.write(request: RequestFrame(request, xid: .auth))
        send(writer.take(), on: keeper.socket)
        try wait(for: &keeper) { $0.asked[Xid.auth.rawValue] == nil }
    }
}
