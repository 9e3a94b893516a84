import AdminWire
import HTTPWire
import SystemIO
import Testing
import Toolbox
import Vocabulary
import clusterctl

/// The commands that show nodes and groups, against responders on loopback.
struct ClusterCommandTests {
    private static let healthy = """
        cluster test: 3 of 3 nodes ready, 2 of 2 groups led

        NODE  STATE   PID  UPTIME   CPU   MEMORY  CLIENTS  LONGEST TURN  URL
        n1    ready  4001   3m12s  1.3s  15.0MiB        3         840us  http://127.0.0.1:201
        n2    ready  4002   3m12s  1.3s  15.0MiB        3         840us  http://127.0.0.1:202
        n3    ready  4003   3m12s  1.3s  15.0MiB        3         840us  http://127.0.0.1:203

        GROUP  KIND        LEADER  LEASE  PREFERRED  TERM  COMMIT  APPLIED  VOTERS    LEARNERS  COPIES
        g1     membership  n1      held   n1            2       9        9  n1 n2 n3  -         n1 n2 n3
        g100   messages    n1      held   n1            2       9        9  n1 n2 n3  -         n1 n2 n3

        """

    @Test("status shows nodes and groups of a healthy cluster in tables")
    func showsStatus() throws {
        let cluster = try TestCluster((1...3).map { Scripts.answering($0) })
        let (status, output, complaints) = cluster.run("status")
        #expect(status == .good)
        #expect(complaints.isEmpty)
        #expect(
            output == Self.healthy)
    }

    @Test("every question carries the admin token")
    func showsToken() throws {
        let cluster = try TestCluster([Scripts.answering(1)])
        _ = cluster.run("nodes")
        let requests = try #require(cluster.responders.first??.requests)
        #expect(requests.map(\.bearerToken) == [cluster.token])
    }

    @Test("a node that does not answer is down, and status is bad")
    func showsDown() throws {
        let cluster = try TestCluster([Scripts.answering(1), nil, Scripts.answering(3)])
        let (status, output, complaints) = cluster.run("status")
        #expect(status == .bad)
        #expect(output.contains("\nn2    down"))
        #expect(complaints.contains("node 2: connect 127.0.0.1:2: Connection refused"))
    }

    @Test("a group whose only known leader is silent has none")
    func hasNoLeader() throws {
        let cluster = try TestCluster([
            nil, Scripts.answering(2, leader: 1), Scripts.answering(3, leader: 1),
        ])
        let (status, output, _) = cluster.run("groups")
        #expect(status == .good)
        #expect(
            output.contains(
                "g100   messages    -       -      n1            2       9        9  n1 n2 n3  -         n2 n3"
            ))
        #expect(cluster.run("status").status == .bad)
    }

    @Test("one node asked alone may say that another one leads")
    func believesOne() throws {
        let cluster = try TestCluster([nil, Scripts.answering(2, leader: 1), nil])
        let (status, output, _) = cluster.run("status", "--node", "2")
        #expect(status == .good)
        #expect(output.contains("g100   messages    n1 "))
    }

    @Test("nodes as JSON lists every node, those that are down too")
    func nodesAsJSON() throws {
        let cluster = try TestCluster([Scripts.answering(1), nil])
        let (status, output, _) = cluster.run("nodes", "--json")
        #expect(status == .good)
        let nodes = try NodeStatus.decodeList(Bytes(output))
        #expect(nodes == [Scripts.node(1), .down(NodeID(2), url: "http://127.0.0.1:202")])
    }

    @Test("groups as JSON take the leader's view")
    func groupsAsJSON() throws {
        let behind = Scripts.copy(Scripts.messages, on: 1, leader: 2, term: 3, applied: 99)
        let leading = Scripts.copy(Scripts.messages, on: 2, leader: 2, term: 3, applied: 70)
        let cluster = try TestCluster(
            [behind, leading].map {
                ["GET /admin/v1/groups": [.init(body: GroupStatus.encodeList([$0]))]]
            })
        let groups = try JSONValue.parse(Bytes(cluster.run("groups", "--json").output)).array ?? []
        try #require(groups.count == 2)
        #expect(groups[0]["group"] == 1)
        #expect(groups[0]["leader"] == .null)
        #expect(groups[1]["group"] == 100)
        #expect(groups[1]["kind"] == "messages")
        #expect(groups[1]["leader"] == 2)
        #expect(groups[1]["term"] == 3)
        #expect(groups[1]["commit"] == 70)
        #expect(groups[1]["applied"] == 70)
    }

    @Test(
        "copies that applied equally much must have the same digest",
        arguments: [
            (9, 5, ControlStatus.good), (9, 6, .bad), (8, 6, .good),
        ] as [(UInt64, UInt64, ControlStatus)])
    func comparesDigests(_ applied: UInt64, _ digest: UInt64, _ expected: ControlStatus) throws {
        let copies = [
            Scripts.copy(Scripts.messages, on: 1, leader: 1, applied: 9, digest: 5),
            Scripts.copy(Scripts.messages, on: 2, leader: 1, applied: applied, digest: digest),
        ]
        let cluster = try TestCluster(
            copies.map {
                ["GET /admin/v1/groups?digests=true": [.init(body: GroupStatus.encodeList([$0]))]]
            })
        let (status, output, complaints) = cluster.run("groups", "--digests")
        #expect(status == expected)
        #expect(output.contains("0000000000000005"))
        #expect(complaints.contains("differ") == (expected == .bad))
    }

    @Test("waiting ends when the last node is ready")
    func waits() throws {
        var script = Scripts.answering(1)
        script["GET /admin/v1/status"] = [
            Scripts.status(1, leader: nil, state: .starting),
            Scripts.status(1, leader: 1, state: .starting), Scripts.status(1, leader: 1),
        ]
        let cluster = try TestCluster([script])
        #expect(cluster.run("status", "--wait", "30").status == .good)
        #expect(cluster.responders.first??.requests.count == 3)
    }

    @Test("waiting in vain is bad")
    func waitsInVain() throws {
        var script = Scripts.answering(1)
        script["GET /admin/v1/status"] = [Scripts.status(1, leader: 1, state: .starting)]
        let cluster = try TestCluster([script])
        let (status, output, complaints) = cluster.run("status", "--wait", "0.2")
        #expect(status == .bad)
        #expect(output.contains("starting"))
        #expect(complaints.contains("not ready after"))
    }

    @Test("nobody answering has a status of its own", arguments: ["status", "nodes", "groups"])
    func isUnreachable(_ command: String) throws {
        let cluster = try TestCluster([nil, nil])
        let (status, output, _) = cluster.run(command)
        #expect(status == .unreachable)
        #expect(!output.isEmpty)
    }

    @Test("a node that listens and says nothing is given up on")
    func timesOut() throws {
        let address = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let silent = try ListeningSocket(on: address)
        let cluster = try TestCluster([Scripts.answering(1)])
        let other = """
            { cluster: "test", stateDirectory: ".", shards: 1, replicas: 1,
              nodes: [{ id: 1, host: "127.0.0.1", zone: "a",
              peerPort: 101, clientPort: 201, adminPort: \(silent.address.port),
              dataDirectory: "n1", roles: ["gateway", "storage"] }] }
            """
        try cluster.write("cluster.json5", other)
        let (status, output, complaints) = cluster.run("nodes", "--timeout", "0.1")
        #expect(status == .unreachable)
        #expect(output.contains("n1    down"))
        #expect(complaints.contains("did not answer within"))
    }

    @Test("a refused token is no silence, and says what to do")
    func isRefused() throws {
        let cluster = try TestCluster([
            ["GET /admin/v1/nodes": [Scripts.refusal(401, "unauthenticated", "token")]]
        ])
        let (status, _, complaints) = cluster.run("nodes")
        #expect(status == .bad)
        #expect(complaints.contains("does it run with the same secret directory?"))
    }

    @Test(
        "answers that are none are told, not trapped on",
        arguments: ["", "{", "[]", "[{\"node\":1}]", "null", "{\"node\":{}}"])
    func survivesRubbish(_ body: String) throws {
        let reply = AdminResponder.Reply(body: Bytes(body))
        let cluster = try TestCluster([
            ["GET /admin/v1/status": [reply], "GET /admin/v1/chats/4": [reply]]
        ])
        #expect(cluster.run("status").status == .bad)
        #expect(cluster.run("chat", "4").status == .bad)
    }

    @Test("shards are shown as their leaders see them")
    func showsShards() throws {
        let views = [(1, 5), (2, 4)].map { node, entries in
            var shard = ShardStatus(
                shard: ShardID(0), group: Scripts.messages, replicas: [NodeID(1), NodeID(2)],
                leader: NodeID(2), partitions: 1_024)
            shard.entries = UInt64(entries)
            return [
                "GET /admin/v1/shards": [
                    AdminResponder.Reply(body: ShardStatus.encodeList([shard]))
                ]
            ]
        }
        let (status, output, _) = try TestCluster(views).run("shards")
        #expect(status == .good)
        #expect(
            output == """
                SHARD  GROUP  LEADER  REPLICAS  PARTITIONS  CHATS  ENTRIES  REMEMBERED
                s0     g100   n2      n1 n2           1024      0        4           0

                """)
    }
}
