import AdminWire
import ChatWire
import ClusterNode
import HTTPWire
import Placement
import Testing
import Toolbox
import Vocabulary

@Suite("The admin port")
struct AdminTests {
    @Test func tellsNothingWithoutTheTokenButThatTheNodeLives() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let closed: [AdminRequest] = [
            .metrics, .status, .nodes, .groups(digests: false), .shards, .chat(ChatID(1)),
            .user(.id(UserID(1))), .issueToken(TokenRequest(name: "anna", device: "x")),
            .importUser(UserImport(name: "anna", displayName: "", hash: "h")),
            .ring(runs: false), .ringOwner(.id(UserID(1))), .placement,
        ]
        for request in closed {
            for token in [nil, "", "another token", "operators-toke"] {
                let response = try cluster.ask(request, at: 0, token: token)
                #expect(response.status == 401, "\(request)")
                #expect(try AdminError.decode(response.body).code == "unauthenticated")
            }
        }
        #expect(try cluster.ask(.health, at: 0, token: nil).status == 200)
        #expect(try cluster.ask(.readiness, at: 0, token: nil).status == 200)
    }

    @Test func saysThatANodeIsNotReadyUntilItsGroupsAreLed() throws {
        var cluster = try Cluster()
        cluster.cutOff(0)
        cluster.pass(.seconds(2))
        #expect(try cluster.ask(.readiness, at: 0, token: nil).status == 503)
        #expect(try cluster.ask(.health, at: 0, token: nil).status == 200)
        cluster.tell(1, .shutdownRequested)
        #expect(try cluster.ask(.readiness, at: 1, token: nil).status == 503)
    }

    @Test func describesNodesGroupsAndShards() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        _ = try cluster.post(1, "hello", to: chat, by: anna, at: 0)
        cluster.pass(.milliseconds(300))
        var applied: [[LogIndex]] = []
        for node in 0..<3 {
            let id = NodeID(UInt16(node + 1))
            let nodes = try NodeStatus.decodeList(try cluster.ask(.nodes, at: node).body)
            #expect(nodes.map(\.node) == [id])
            #expect(nodes.map(\.state) == [.ready])
            let groups = try GroupStatus.decodeList(
                try cluster.ask(.groups(digests: true), at: node).body)
            #expect(groups.map(\.group) == cluster.groups.map(\.id))
            #expect(groups.allSatisfy { $0.node == id && $0.leader != nil && $0.digest != nil })
            applied.append(groups.map(\.applied))
            let shards = try ShardStatus.decodeList(try cluster.ask(.shards, at: node).body)
            #expect(shards.map(\.shard) == [ShardID(0), ShardID(1)])
            #expect(shards.reduce(0) { $0 + $1.chats } == 1)
            #expect(shards.reduce(0) { $0 + $1.entries } == 2)
            #expect(shards.reduce(0) { $0 + $1.partitions } == UInt64(Limits.partitionsCount))
            let status = try StatusReport.decode(try cluster.ask(.status, at: node).body)
            #expect(status.cluster == "tests")
            #expect(status.groups.count == 4)
            let metrics = try cluster.ask(.metrics, at: node).body.text ?? ""
            #expect(metrics.contains("rookery_group_term{group=\"1\"}"))
        }
        #expect(Set(applied).count == 1)
    }

    @Test func describesAChatAsEachCopyHasIt() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        let chat = try cluster.createDirect(anna, bert, at: 0)
        _ = try cluster.post(1, "hello", to: chat, by: anna, at: 0)
        cluster.pass(.milliseconds(300))
        var digests: Set<UInt64> = []
        for node in 0..<3 {
            let found = try ChatStatus.decode(try cluster.ask(.chat(chat), at: node).body)
            #expect(found.chat == chat)
            #expect(found.node == NodeID(UInt16(node + 1)))
            #expect(found.kind == .direct)
            #expect(found.head == SequenceNumber(2))
            #expect(found.ord == 1)
            #expect(found.group == cluster.group(of: chat))
            #expect(found.members.map(\.user) == [anna.user, bert.user].sorted())
            digests.insert(found.digest)
        }
        #expect(digests.count == 1)
        #expect(try cluster.ask(.chat(ChatID(4_711)), at: 0).status == 404)
    }

    @Test func describesAUserByNameAndNumber() throws {
        var cluster = try Cluster()
        let anna = try cluster.register("anna")
        let bert = try cluster.register("bert")
        _ = try cluster.createDirect(anna, bert, at: 0)
        for reference in [AdminRequest.UserReference.id(anna.user), .name("anna")] {
            for node in 0..<3 {
                let found = try UserStatus.decode(
                    try cluster.ask(.user(reference), at: node).body)
                #expect(found.user == anna.user)
                #expect(found.name == "anna")
                #expect(found.devices.count == 1)
                #expect(found.home == NodeID(UInt16(anna.home + 1)))
            }
        }
        let missing = try cluster.ask(.user(.name("nobody")), at: 1)
        #expect(missing.status == 404)
        #expect(try AdminError.decode(missing.body).code == "not_found")
    }

    @Test func importsAccountsAndIssuesTokensThatWork() throws {
        var cluster = try Cluster()
        let account = UserImport(name: "carl", displayName: "Carl", hash: "secret of Carl's")
        let imported = try cluster.ask(.importUser(account), at: 2)
        #expect(imported.status == 201)
        let user = try UserImported.decode(imported.body).user
        let again = try cluster.ask(.importUser(account), at: 1)
        #expect(again.status == 409)
        let request = TokenRequest(name: "carl", device: "a test")
        let issued = try IssuedToken.decode(try cluster.ask(.issueToken(request), at: 1).body)
        #expect(issued.user == user)
        let carl = Person(user: user, token: Bytes(issued.token), home: 0)
        let response = try cluster.call(.gateway, by: carl, at: 0)
        #expect(response.status == 200)
        let unknown = TokenRequest(name: "nobody", device: "a test")
        #expect(try cluster.ask(.issueToken(unknown), at: 1).status == 404)
    }

    @Test func refusesWhatIsNoRequest() throws {
        var cluster = try Cluster(1, shards: 1)
        for (bytes, status): (Bytes, Int) in [
            ("nonsense\r\n\r\n", 400),
            ("GET /nowhere HTTP/1.1\r\nHost: n\r\nAuthorization: Bearer x\r\n\r\n", 404),
            ("DELETE /admin/v1/nodes HTTP/1.1\r\nHost: n\r\n\r\n", 405),
        ] {
            let socket = cluster.connect(0, .admin)
            cluster.send(bytes, on: socket)
            cluster.settle()
            #expect(try cluster.answer(on: socket)?.status == status)
        }
    }
}
