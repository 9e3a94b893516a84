import AdminWire
import ClusterNode
import HTTPWire
import Placement
import Raft
import Testing
import Toolbox
import Vocabulary
import ZooKeeperWire

@Suite("What operators see of the coordination tree")
struct CoordinationInquiryTests {
    private static let group = GroupNumbers.coordination

    private func create(
        _ path: ZnodePath, _ data: Bytes?, _ mode: CreateMode = .persistent
    ) -> ZooKeeperRequest {
        .create(CreateRequest(path: path, data: data, mode: mode))
    }

    private func refusal(_ response: HTTPResponse) throws -> [String] {
        let error = try AdminError.decode(response.body)
        return ["\(response.status)", error.code, error.message]
    }

    @Test("is as new as the last answer to any client, on whatever node they ask")
    func isFresh() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var writer = try cluster.keeper(at: 0)
        _ = try cluster.reply(to: create("/counter", "0"), for: &writer)
        for round in 1...5 {
            let number = Bytes("\(round)")
            let set = SetDataRequest(path: "/counter", data: number)
            _ = try cluster.reply(to: .setData(set), for: &writer)
            for node in 0..<3 {
                let response = try cluster.ask(
                    .znode(ZnodeQuestion(.data, of: "/counter")), at: node)
                let found = try ZnodeStatus.decode(response.body)
                #expect(found.data == .bytes(number), "round \(round), n\(node + 1)")
                #expect(found.stat.version == Int32(round))
                #expect(found.stat.mzxid <= Int64(found.through.rawValue))
            }
        }
    }

    @Test("has stats, data and children, each when asked for, also of what clients may not read")
    func parts() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var writer = try cluster.keeper(at: 1)
        _ = try cluster.reply(to: create("/closed", nil), for: &writer)
        for name in ["c", "a", "b"] {
            _ = try cluster.reply(
                to: create(ZnodePath(Bytes("/closed/\(name)")), "x", .ephemeral), for: &writer)
        }
        let nobody = AccessEntry(
            permissions: .all, identity: AccessIdentity(scheme: "digest", id: "a:b"))
        _ = try cluster.reply(
            to: .setACL(SetACLRequest(path: "/closed", access: [nobody])), for: &writer)
        let refused = try cluster.reply(
            to: .getData(ReadRequest(path: "/closed")), for: &writer)
        guard case .reply(_, .noAuth, _) = refused else {
            Issue.record("a client read it: \(refused)")
            return
        }
        func ask(_ part: ZnodeQuestion.Part, _ path: String) throws -> ZnodeStatus {
            try ZnodeStatus.decode(
                try cluster.ask(.znode(ZnodeQuestion(part, of: path)), at: 2).body)
        }
        let stat = try ask(.stat, "/closed")
        #expect(stat.stat.numChildren == 3)
        #expect(stat.stat.aversion == 1)
        #expect(stat.data == .untold && stat.children == nil)
        #expect(try ask(.data, "/closed").data == .null)
        #expect(try ask(.children, "/closed").children == ["a", "b", "c"])
        let session = try #require(writer.session?.session)
        #expect(try ask(.stat, "/closed/a").stat.ephemeralOwner == "\(session)")
    }

    @Test("has every session with its node and the number of its nodes")
    func sessions() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        var keepers: [Keeper] = []
        for node in 0..<3 { keepers.append(try cluster.keeper(at: node, timeout: 6_000)) }
        for name in ["/a", "/b"] {
            let path = ZnodePath(Bytes(name))
            _ = try cluster.reply(to: create(path, "x", .ephemeral), for: &keepers[2])
        }
        let areRegistered = cluster.run { cluster in
            cluster.nodes.allSatisfy { $0.instance?.isRegistered == true }
        }
        #expect(areRegistered)
        let before = cluster.moment(0).wall
        for node in 0..<3 {
            let report = try SessionsReport.decode(try cluster.ask(.sessions, at: node).body)
            // The nodes' own are there as well.
            #expect(report.count == keepers.count + cluster.nodes.count)
            for (index, keeper) in keepers.enumerated() {
                let id = try #require(keeper.session?.session)
                let found = try #require(report.sessions.first { $0.session == "\(id)" })
                #expect(found.node == NodeID(UInt16(index + 1)))
                #expect(found.timeoutMilliseconds == 6_000)
                #expect(found.ephemerals == (index == 2 ? 2 : 0))
                #expect(found.openedAt <= before)
                #expect(found.openedAt > WallTime(milliseconds: Cluster.wallStart))
                #expect(!found.isClosing)
            }
        }
    }

    @Test("is refused with a reason: no such node, no path, no question")
    func refusals() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let expected: [(String, [String])] = [
            ("/missing", ["404", "not_found", "no node /missing"]),
            ("tea", ["400", "invalid_field", "tea is no path: it must begin with a slash"]),
            ("/tea/", ["400", "invalid_field", "/tea/ is no path: it must not end in a slash"]),
            ("/a//b", ["400", "invalid_field", "/a//b is no path: two slashes at byte 3"]),
            ("/a/../b", ["400", "invalid_field", "/a/../b is no path: . or .. before byte 5"]),
            (
                "/a\u{7}",
                ["400", "invalid_field", "/a\u{7} is no path: a forbidden character at byte 2"]
            ),
        ]
        for (path, reason) in expected {
            for part in ZnodeQuestion.Part.allCases {
                let response = try cluster.ask(.znode(ZnodeQuestion(part, of: path)), at: 1)
                #expect(try refusal(response) == reason)
            }
        }
        let closed = try cluster.ask(.sessions, at: 1, token: nil)
        #expect(closed.status == 401)
    }

    @Test("is refused on a node that hears no majority, and told again once it does")
    func needsQuorum() throws {
        var cluster = try Cluster()
        let isLed = cluster.waitForLeaders()
        #expect(isLed)
        let leader = try #require(cluster.leader(of: Self.group))
        for lonely in [(leader + 1) % 3, leader] {
            cluster.cutOff(lonely)
            // A lease of the time before may hold for a moment.
            cluster.pass(.seconds(2))
            for request in [AdminRequest.sessions, .znode(ZnodeQuestion(.stat, of: "/"))] {
                let reason = try refusal(try cluster.ask(request, at: lonely))
                #expect(reason.dropLast() == ["503", "no_quorum"])
            }
            cluster.nodes[lonely].isCutOff = false
            let isBack = cluster.run(atMost: .seconds(30)) {
                $0.nodes[lonely].instance?.consensus(of: Self.group)?.leader != nil
            }
            #expect(isBack)
            cluster.pass(.seconds(2))
            #expect(try cluster.ask(.sessions, at: lonely).status == 200)
        }
    }

    @Test("is looked for elsewhere where the node has no copy yet")
    func withoutCopy() throws {
        var cluster = try Cluster(4, replicas: 3)
        cluster.settle()
        let reason = try refusal(try cluster.ask(.sessions, at: 3))
        #expect(reason.dropLast() == ["503", "not_ready"])
        #expect(reason.last?.hasSuffix("ask one of n1, n2, n3") == true)
        let hasCopy = cluster.run(atMost: .seconds(30)) {
            $0.nodes[3].instance?.appliedIndex(of: Self.group) ?? .zero > .zero
        }
        #expect(hasCopy)
        #expect(try cluster.ask(.sessions, at: 3).status == 200)
    }
}
