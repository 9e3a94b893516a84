import AdminWire
import HTTPWire
import Testing
import Toolbox
import Vocabulary
import clusterctl

/// The commands that change who holds and who leads a group.
struct GroupCommandTests {
    private static let path = "POST /admin/v1/groups/100/change"

    private func done(
        _ action: GroupChange.Action, _ outcome: GroupChanged.Outcome = .done
    ) -> AdminResponder.Reply {
        .init(
            body: GroupChanged(
                group: Scripts.messages, change: GroupChange(action, NodeID(2)), outcome: outcome
            ).encoded())
    }

    @Test(
        "each says what has come of it",
        arguments: [
            (.transfer, .done, "n2 leads g100\n"),
            (.transfer, .unchanged, "n2 leads g100, and did before\n"),
            (.addLearner, .done, "n2 is a learner of g100\n"),
            (.promote, .done, "n2 votes in g100\n"),
            (
                .promote, .begun,
                "n2 votes in g100: begun, and goes on by itself; see \"clusterctl group list\"\n"
            ),
            (.demote, .done, "n2 has no vote in g100\n"),
            (.remove, .done, "n2 has no share in g100\n"),
        ] as [(GroupChange.Action, GroupChanged.Outcome, String)])
    func tells(
        _ action: GroupChange.Action, _ outcome: GroupChanged.Outcome, _ expected: String
    ) throws {
        let cluster = try TestCluster([[Self.path: [done(action, outcome)]]])
        let (status, output, complaints) = cluster.run("group", action.rawValue, "g100", "n2")
        #expect(status == .good)
        #expect(output == expected)
        #expect(complaints.isEmpty)
        let request = try #require(cluster.responders.first??.requests.first)
        #expect(request.bearerToken == cluster.token)
        #expect(
            try GroupChange.decode(request.body) == GroupChange(action, NodeID(2)))
    }

    @Test("the question follows the leader, whom anybody may name")
    func followsLeader() throws {
        let cluster = try TestCluster([
            [Self.path: [Scripts.notLeader(3)]], [Self.path: [Scripts.notLeader(nil)]],
            [Self.path: [done(.promote)]],
        ])
        #expect(cluster.run("group", "promote", "100", "2").status == .good)
        #expect(cluster.responders[1]?.requests.isEmpty == true)
        #expect(cluster.run("group", "promote", "100", "2", "--node", "1").status == .good)
    }

    @Test("a leader that is named and is down, or no longer leads, is passed over")
    func passesOver() throws {
        let down = try TestCluster([
            [Self.path: [Scripts.notLeader(2)]], nil, [Self.path: [done(.demote)]],
        ])
        #expect(down.run("group", "demote", "100", "2").status == .good)
        let inCircles = try TestCluster([
            [Self.path: [Scripts.notLeader(2)]], [Self.path: [Scripts.notLeader(1)]],
        ])
        let (status, output, complaints) = inCircles.run("group", "demote", "100", "2")
        #expect(status == .bad)
        #expect(output.isEmpty)
        #expect(complaints == "another node leads (not_leader)\n")
    }

    @Test("a refusal is printed with its reason, and asked of nobody else")
    func refused() throws {
        let reason = "n2 lags by 1,200 entries: it can be promoted once it has caught up"
        let cluster = try TestCluster([
            [Self.path: [Scripts.refusal(409, "lagging", reason)]],
            [Self.path: [done(.promote)]],
        ])
        let (status, output, complaints) = cluster.run("group", "promote", "100", "2")
        #expect(status == .bad)
        #expect(output.isEmpty)
        #expect(complaints == reason + " (lagging)\n")
        #expect(cluster.responders[1]?.requests.isEmpty == true)
    }

    @Test("a change that may have begun is not asked for again")
    func silent() throws {
        let cluster = try TestCluster([nil, nil])
        #expect(cluster.run("group", "remove", "100", "2").status == .unreachable)
        let words = [["group", "remove", "x", "2"], ["group", "remove", "100", "-"]]
        for line in words {
            #expect(cluster.run(line[0], line[1], line[2], line[3]).status == .usage)
        }
        #expect(cluster.run("group", "remove", "100").status == .usage)
    }

    @Test("as JSON it is the node's answer")
    func json() throws {
        let cluster = try TestCluster([[Self.path: [done(.remove)]]])
        let output = cluster.run("group", "remove", "100", "2", "--json").output
        #expect(try GroupChanged.decode(Bytes(output)).outcome == .done)
    }

    @Test("the list shows every member with its copy, its standing and its lag")
    func lists() throws {
        var leading = Scripts.copy(Scripts.messages, on: 1, leader: 1)
        leading.isJoint = true
        leading.members[1].standing = .outgoing
        leading.members[2].standing = .incoming
        leading.members[2].match = LogIndex(4)
        leading.members[0].match = nil
        leading.members.append(
            GroupMember(
                node: NodeID(4), replica: ReplicaID(9), standing: .learner, match: LogIndex(1)))
        let cluster = try TestCluster([
            ["GET /admin/v1/groups": [.init(body: GroupStatus.encodeList([leading]))]]
        ])
        let (status, output, _) = cluster.run("group", "list")
        #expect(status == .good)
        #expect(
            output == """
                GROUP  KIND        NODE  COPY  STANDING  LEADS       MATCH  LAG
                g1     membership  -     -     -         -               -    -
                g100   messages    n1    y71   voter     with lease      -    -
                g100   messages    n2    y72   outgoing  -               9    0
                g100   messages    n3    y73   incoming  -               4    5
                g100   messages    n4    y9    learner   -               1    8

                g100 is joint: both sets of voters must agree

                """)
    }

    @Test("status tells of the joint phase, of learners, and of founders that are missed")
    func statusRemarks() throws {
        var joint = Scripts.copy(Scripts.messages, on: 1, leader: 1)
        joint.isJoint = true
        joint.members[2].standing = .incoming
        joint.members.append(
            GroupMember(node: NodeID(4), replica: ReplicaID(9), standing: .learner))
        var waiting = Scripts.copy(Scripts.membership, on: 1, leader: nil)
        waiting.members = []
        waiting.waitsFor = [NodeID(2), NodeID(3)]
        let report = StatusReport(
            cluster: "test", node: Scripts.node(1), groups: [waiting, joint])
        let cluster = try TestCluster([["GET /admin/v1/status": [.init(body: report.encoded())]]])
        let (status, output, _) = cluster.run("status")
        #expect(status == .bad)
        #expect(output.contains("n1 n2 -> n1 n2 n3  n4        n1\n"))
        #expect(output.contains("\ng1 waits for n2, n3 to be seen once\n"))
        #expect(output.contains("\ng100 is joint: both sets of voters must agree\n"))
    }
}
