import AdminWire
import Testing
import Toolbox
import Vocabulary
import clusterctl

@Suite("Commands about the coordination tree")
struct CoordinationCommandTests {
    private static func stat(
        version: Int32 = 0, mzxid: Int64 = 17, pzxid: Int64 = 17, aversion: Int32 = 0,
        children: Int32 = 0
    ) -> ZnodeStat {
        var stat = ZnodeStat()
        stat.czxid = 17
        stat.mzxid = mzxid
        stat.pzxid = pzxid
        stat.ctime = WallTime(milliseconds: 1_709_251_199_007)
        stat.mtime = WallTime(milliseconds: -1)
        stat.version = version
        stat.cversion = children
        stat.aversion = aversion
        stat.dataLength = 3
        stat.numChildren = children
        return stat
    }

    private static func znode(
        _ stat: ZnodeStat, data: ZnodeStatus.Content = .untold, children: [String]? = nil
    ) -> AdminResponder.Reply {
        .init(
            body: ZnodeStatus(
                path: "/tea", through: LogIndex(40), stat: stat, data: data, children: children
            ).encoded())
    }

    private static func question(_ part: String) -> String {
        "GET /admin/v1/znodes?show=\(part)&path=%2ftea"
    }

    @Test("children are listed one a line, and what is not told is missed")
    func lists() throws {
        let cluster = try TestCluster([
            [
                Self.question("children"): [
                    Self.znode(Self.stat(children: 2), children: ["a", "b\u{202E}c"]),
                    Self.znode(Self.stat(children: 3), children: ["a", "b"]),
                ]
            ]
        ])
        let (status, output, _) = cluster.run("znode", "ls", "/tea")
        #expect(status == .good)
        #expect(output == "a\nb?c\n")
        let cut = cluster.run("znode", "ls", "/tea", "--json")
        #expect(cut.status == .bad)
        #expect(cut.output.contains(#""children":["a","b"]"#))
        #expect(cut.complaints == "/tea has 3 children: the first 2 are shown\n")
    }

    @Test(
        "data is printed as text, and nothing of it moves the cursor",
        arguments: [
            (.bytes("one\ntwo\u{1B}[2J\tthree"), "one\ntwo?[2J\tthree\n"),
            (.bytes("line\n"), "line\n"), (.bytes(""), "\n"), (.null, ""),
        ] as [(ZnodeStatus.Content, String)])
    func gets(data: ZnodeStatus.Content, printed: String) throws {
        let cluster = try TestCluster([
            [Self.question("data"): [Self.znode(Self.stat(), data: data)]]
        ])
        let (status, output, _) = cluster.run("znode", "get", "/tea")
        #expect(status == .good)
        #expect(output == printed)
    }

    @Test("data that is no text is only for programs")
    func getsBytes() throws {
        let data = ZnodeStatus.Content.bytes(Bytes([0xFF, 0x00]))
        let cluster = try TestCluster([
            [Self.question("data"): [Self.znode(Self.stat(), data: data)]]
        ])
        let (status, output, complaints) = cluster.run("znode", "get", "/tea")
        #expect(status == .bad)
        #expect(output.isEmpty)
        #expect(complaints == "/tea holds 2 bytes that are no text: add --json\n")
        let json = cluster.run("znode", "get", "/tea", "--json")
        #expect(json.status == .good)
        #expect(json.output.contains(#""data_base64":"/wA=""#))
    }

    @Test("a stat is shown under ZooKeeper's names, with dates")
    func shows() throws {
        let cluster = try TestCluster([
            [Self.question("stat"): [Self.znode(Self.stat(version: 5, children: 1))]]
        ])
        let (status, output, _) = cluster.run("znode", "stat", "/tea")
        #expect(status == .good)
        #expect(
            output == """
                path            /tea
                cZxid           0x11
                ctime           2024-02-29T23:59:59.007Z
                mZxid           0x11
                mtime           1969-12-31T23:59:59.999Z
                pZxid           0x11
                cversion        1
                dataVersion     5
                aclVersion      0
                ephemeralOwner  -
                dataLength      3
                numChildren     1

                """)
    }

    @Test("a watch tells how a node is and then each change, over a silence of the group")
    func watches() throws {
        let missing = Scripts.refusal(404, "not_found", "no node /tea")
        let cluster = try TestCluster([
            [
                Self.question("stat"): [
                    missing, missing, Self.znode(Self.stat()),
                    Self.znode(Self.stat(version: 2, mzxid: 20, pzxid: 19, children: 1)),
                    Scripts.refusal(503, "no_quorum", "nobody leads"),
                    Scripts.refusal(503, "no_quorum", "nobody leads"),
                    Self.znode(
                        Self.stat(version: 2, mzxid: 20, pzxid: 19, aversion: 1, children: 1)),
                    missing,
                ]
            ]
        ])
        let (status, output, complaints) = cluster.run(
            "znode", "watch", "/tea", "--every", "0.01", "--for", "1")
        #expect(status == .good)
        #expect(
            output == """
                -  /tea  is not there
                0x11  /tea  was created: 3 bytes
                0x13  /tea  has other children: 1 child
                0x14  /tea  has other data: version 2, 3 bytes
                -  /tea  has another ACL: version 1
                -  /tea  was deleted

                """)
        #expect(complaints == "nobody leads (no_quorum)\n")
    }

    @Test("a watch for programs is a line of JSON for each change")
    func watchesForPrograms() throws {
        let cluster = try TestCluster([
            [Self.question("stat"): [Self.znode(Self.stat())]]
        ])
        let (status, output, _) = cluster.run(
            "znode", "watch", "/tea", "--json", "--every", "0.01", "--for", "0.05")
        #expect(status == .good)
        let start = #"{"change":"present","zxid":17,"path":"/tea","stat":{"czxid":17,"#
        #expect(output.hasPrefix(start))
        #expect(output.split(separator: "\n").count == 1)
    }

    @Test("a question goes on to a node that has a copy; refusals are told")
    func asksNext() throws {
        let question = Self.question("data")
        let cluster = try TestCluster([
            [question: [Scripts.refusal(503, "not_ready", "n1 has no copy")]], nil,
            [question: [Self.znode(Self.stat(), data: .bytes("pot"))]],
        ])
        #expect(cluster.run("znode", "get", "/tea").output == "pot\n")
        let (status, _, complaints) = cluster.run("znode", "get", "/tea", "--node", "1")
        #expect(status == .bad)
        #expect(complaints == "n1 has no copy (not_ready)\n")
        #expect(cluster.run("znode", "get", "/tea", "--node", "2").status == .unreachable)
        for words in ["ls", "get", "stat", "watch"] {
            let relative = cluster.run("znode", words, "tea")
            #expect(relative.status == .usage)
            #expect(relative.complaints.contains("must begin with a slash"))
        }
    }

    @Test("sessions are listed with their nodes, their nodes' count and their age")
    func listsSessions() throws {
        let opened = WallTime(milliseconds: 1_709_251_199_007)
        let sessions = [
            SessionStatus(
                session: "0x100000000000001", node: NodeID(2), timeoutMilliseconds: 4_000,
                openedAt: opened, ephemerals: 3),
            SessionStatus(
                session: "0x100000000000002", node: NodeID(3), timeoutMilliseconds: 30_500,
                openedAt: WallTime(milliseconds: opened.milliseconds + 90_000), ephemerals: 0,
                isClosing: true),
        ]
        let report = SessionsReport(
            through: LogIndex(9), now: WallTime(milliseconds: opened.milliseconds + 100_000),
            count: 2, sessions: sessions)
        var more = report
        more.count = 12_000
        let cluster = try TestCluster([
            [
                "GET /admin/v1/sessions": [
                    .init(body: report.encoded()), .init(body: more.encoded()),
                ]
            ]
        ])
        let (status, output, _) = cluster.run("sessions")
        #expect(status == .good)
        #expect(
            output == """
                SESSION            NODE  TIMEOUT  EPHEMERALS  OPEN FOR  SINCE                     STATE
                0x100000000000001  n2       4.0s           3     1m40s  2024-02-29T23:59:59.007Z  open
                0x100000000000002  n3      30.5s           0     10.0s  2024-03-01T00:01:29.007Z  closing

                """)
        let cut = cluster.run("sessions", "--json")
        #expect(cut.status == .bad)
        #expect(cut.output == (more.encoded().text ?? "") + "\n")
        #expect(cut.complaints == "there are 12000 sessions: the first 2 are shown\n")
    }
}
