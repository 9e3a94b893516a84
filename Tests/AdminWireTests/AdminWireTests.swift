import AdminWire
import Testing
import Toolbox
import Vocabulary

private func node() -> NodeStatus {
    var status = NodeStatus(
        node: NodeID(2), pid: 4_711, url: "http://127.0.0.1:8082", state: .ready,
        incarnation: Incarnation(.max))
    status.cpuSeconds = 1.5
    status.uptimeSeconds = 60
    status.rssBytes = 1 << 25
    status.connections = 12
    status.longestTurnMicroseconds = 830
    return status
}

private func group(_ leader: NodeID?) -> GroupStatus {
    var status = GroupStatus(
        group: ReplicaGroupID(101), kind: .messages, node: NodeID(2), role: .follower,
        leader: leader, term: Term(3))
    status.commit = LogIndex(40)
    status.applied = LogIndex(39)
    status.last = LogIndex(41)
    status.replica = ReplicaID(.max)
    status.members = [
        GroupMember(node: NodeID(2), replica: ReplicaID(.max), standing: .voter),
        GroupMember(
            node: NodeID(5), replica: ReplicaID(9), standing: .learner, match: LogIndex(39)),
    ]
    status.isJoint = true
    status.preferred = NodeID(2)
    status.waitsFor = [NodeID(3)]
    return status
}

private func shard() -> ShardStatus {
    var status = ShardStatus(
        shard: ShardID(1), group: ReplicaGroupID(101), replicas: [NodeID(1), NodeID(2)],
        leader: nil, partitions: 256)
    status.chats = 5
    return status
}

private func chat() -> ChatStatus {
    var status = ChatStatus(
        chat: ChatID(4), kind: .group, title: "tea \"at\" five", shard: ShardID(1),
        group: ReplicaGroupID(101), node: NodeID(1))
    status.head = SequenceNumber(9)
    status.ord = 7
    status.digest = 0xAB
    status.membersVersion = 2
    status.members = [ChatStatus.Member(user: UserID(1), role: .owner)]
    return status
}

private func stat() -> ZnodeStat {
    var stat = ZnodeStat()
    stat.czxid = 5
    stat.mzxid = .max
    stat.pzxid = -1
    stat.ctime = WallTime(milliseconds: .min)
    stat.version = .max
    stat.cversion = .min
    stat.ephemeralOwner = "0x100000000000001"
    stat.numChildren = 2
    return stat
}

private func session(_ name: String) -> SessionStatus {
    SessionStatus(
        session: name, node: NodeID(2), timeoutMilliseconds: 4_000,
        openedAt: WallTime(milliseconds: 7), ephemerals: 2, isClosing: true)
}

private func user() -> UserStatus {
    UserStatus(
        user: UserID(1), name: "anna", displayName: "Änna", devices: [DeviceID(7)], chats: 2,
        home: NodeID(3))
}

@Suite struct ShapeTests {
    @Test("every shape reads back what it wrote, and takes any damage without a trap")
    func roundTrips() throws {
        try expectRoundTrip(node())
        try expectRoundTrip(group(NodeID(1)))
        try expectRoundTrip(group(nil))
        try expectRoundTrip(shard())
        try expectRoundTrip(chat())
        try expectRoundTrip(user())
        try expectRoundTrip(
            StatusReport(cluster: "tea", node: node(), groups: [group(nil), group(NodeID(2))]))
        try expectRoundTrip(UserImport(name: "a", displayName: "b", hash: "$y$j9T$x$y"))
        try expectRoundTrip(UserImported(user: UserID(.max)))
        try expectRoundTrip(TokenRequest(name: "anna", device: "desk"))
        try expectRoundTrip(
            IssuedToken(
                token: "t", user: UserID(1), device: DeviceID(2),
                expires: WallTime(milliseconds: 5)))
        try expectRoundTrip(AdminError(code: "not_found", message: "no such chat"))
        try expectRoundTrip(AdminError(code: "not_leader", message: "ask n2", leader: NodeID(2)))
        for data in [
            ZnodeStatus.Content.untold, .null, .bytes(""), .bytes("tea \u{1}"),
            .bytes(Bytes([0xC3, 0x28])),
        ] {
            try expectRoundTrip(
                ZnodeStatus(path: "/a", through: LogIndex(1 << 62), stat: stat(), data: data))
        }
        try expectRoundTrip(
            ZnodeStatus(path: "/", through: .zero, stat: stat(), children: ["a", "\u{E4}"]))
        try expectRoundTrip(session("0x1"))
        try expectRoundTrip(
            SessionsReport(
                through: LogIndex(3), now: WallTime(milliseconds: 9), count: 5,
                sessions: [session("0x1"), session("0x2")]))
        try expectRoundTrip(DroppedCount(reason: "unknown_group", count: 3))
        for action in GroupChange.Action.allCases {
            let change = GroupChange(action, NodeID(4))
            try expectRoundTrip(change)
            try expectRoundTrip(
                GroupChanged(group: ReplicaGroupID(100), change: change, outcome: .begun))
        }
    }

    @Test("a group is written as tools expect it")
    func groupText() {
        #expect(
            group(nil).encoded()
                == """
                {"group":101,"kind":"messages","leader":null,"term":3,"commit":40,"applied":39,\
                "first":1,"last":41,"role":"follower","node":2,"replica":"18446744073709551615",\
                "members":[{"node":2,"replica":"18446744073709551615","standing":"voter",\
                "match":null},{"node":5,"replica":"9","standing":"learner","match":39}],\
                "joint":true,"lease":false,"preferred":2,"waits_for":[3]}
                """)
    }

    @Test("a node is written as tools expect it")
    func nodeText() {
        #expect(
            node().encoded()
                == """
                {"node":2,"pid":4711,"url":"http://127.0.0.1:8082","state":"ready",\
                "incarnation":"18446744073709551615","uptime_seconds":60.0,"cpu_seconds":1.5,\
                "rss_bytes":33554432,"connections":12,"longest_turn_us":830}
                """)
    }

    @Test("a group of an earlier version has no members that are known of")
    func earlierGroup() throws {
        let earlier: Bytes = """
            {"group":101,"kind":"messages","leader":null,"term":3,"commit":40,"applied":39,\
            "first":1,"last":41,"role":"follower","node":2}
            """
        let status = try GroupStatus.decode(earlier)
        #expect(status.members.isEmpty)
        #expect(status.replica == nil)
        #expect(status.waitsFor.isEmpty)
    }

    @Test("fields that a later version adds are ignored")
    func unknownFields() throws {
        #expect(
            try UserImported.decode(#"{"colour":"red","user":"5"}"#)
                == UserImported(user: UserID(5)))
    }

    @Test("an import without a display name shows the name")
    func displayName() throws {
        #expect(
            try UserImport.decode(#"{"name":"anna","hash":"x"}"#)
                == UserImport(name: "anna", displayName: "anna", hash: "x"))
    }

    @Test(
        "an error names the field",
        arguments: [
            (#"{"user":5}"#, .invalidField("user", expected: "a string")),
            (#"{}"#, .invalidField("user", expected: "a string")),
            (#"{"user":null}"#, .invalidField("user", expected: "a string")),
            (
                #"{"user":"05"}"#,
                .invalidField("user", expected: "a string of decimal digits")
            ),
            (#"[]"#, .invalidField("answer", expected: "an object")), (#"{"#, .notJSON),
        ] as [(String, AdminFailure)])
    func named(text: String, failure: AdminFailure) {
        #expect(throws: failure) { try UserImported.decode(Bytes(text)) }
    }
}

@Suite struct AdminRequestTests {
    static let requests: [AdminRequest] = [
        .health, .readiness, .metrics, .status, .nodes, .groups(digests: true),
        .groups(digests: false), .shards, .chat(ChatID(17)), .user(.id(UserID(3))),
        .user(.name("anna")), .user(.name("Änna & co/ü%")), .user(.name("17")),
        .importUser(UserImport(name: "a", displayName: "b", hash: "c")),
        .issueToken(TokenRequest(name: "anna", device: "desk")),
        .changeGroup(ReplicaGroupID(100), GroupChange(.addLearner, NodeID(4))), .sessions,
        .znode(ZnodeQuestion(.stat, of: "/")), .znode(ZnodeQuestion(.data, of: "/a&show=stat")),
        .znode(ZnodeQuestion(.children, of: "Ä ?=%")), .ring(runs: false), .ring(runs: true),
        .ringOwner(.id(UserID(.max))), .ringOwner(.name("17")), .ringOwner(.name("Ä&user=1")),
        .placement,
    ]

    @Test("reads back what it sent", arguments: requests)
    func roundTrip(request: AdminRequest) throws {
        let read = try AdminRequest(
            method: request.method.rawValue, target: request.target, body: request.body)
        #expect(read == request)
    }

    @Test("only probes go without the token")
    func open() {
        #expect(Self.requests.filter(\.isOpen) == [.health, .readiness])
    }

    @Test("a user is found by id or by name in the path")
    func userPath() throws {
        #expect(try read("GET", "/admin/v1/users/17") == .user(.id(UserID(17))))
        #expect(try read("GET", "/admin/v1/users/anna%20b") == .user(.name("anna b")))
        #expect(try read("GET", "/admin/v1/ring/owner?user=17") == .ringOwner(.id(UserID(17))))
        #expect(
            try read("GET", "/admin/v1/ring/owner?user=anna%20b") == .ringOwner(.name("anna b")))
    }

    @Test(
        "refuses what it does not know",
        arguments: [
            ("GET", "/", .unknownPath), ("GET", "/admin/v1/", .unknownPath),
            ("GET", "/admin/v1/status/", .unknownPath), ("POST", "/healthz", .otherMethod(.get)),
            ("DELETE", "/admin/v1/status", .otherMethod(.get)),
            ("POST", "/admin/v1/users", .malformed(.notJSON)),
            ("POST", "/admin/v1/groups/1/change", .malformed(.notJSON)),
            (
                "POST", "/admin/v1/groups/x/change",
                .malformed(.invalidField("group", expected: "decimal digits"))
            ),
            (
                "GET", "/admin/v1/chats/x",
                .malformed(.invalidField("chat", expected: "decimal digits"))
            ),
            (
                "GET", "/admin/v1/users/%f",
                .malformed(.invalidField("user", expected: "an id or a name"))
            ),
            (
                "GET", "/admin/v1/users",
                .malformed(.invalidField("name", expected: "in the query"))
            ),
            (
                "GET", "/admin/v1/znodes?show=stat",
                .malformed(.invalidField("path", expected: "in the query"))
            ),
            (
                "GET", "/admin/v1/znodes?path=%2f&show=all",
                .malformed(
                    .invalidField("show", expected: "one of stat, data, children in the query"))
            ), ("POST", "/admin/v1/sessions", .otherMethod(.get)), ("", "", .unknownPath),
            ("POST", "/admin/v1/ring", .otherMethod(.get)),
            ("GET", "/admin/v1/ring/", .unknownPath),
            (
                "GET", "/admin/v1/ring/owner",
                .malformed(.invalidField("name", expected: "in the query"))
            ),
            (
                "GET", "/admin/v1/ring/owner?user=%",
                .malformed(.invalidField("user", expected: "an id or a name"))
            ),
        ] as [(String, String, AdminRequest.Refusal)])
    func refused(method: String, target: String, refusal: AdminRequest.Refusal) {
        #expect(throws: refusal) { try read(method, target) }
    }

    private func read(_ method: String, _ target: String) throws -> AdminRequest {
        try AdminRequest(method: method, target: target, body: Bytes())
    }
}

@Suite struct MetricsTextTests {
    @Test("writes families and samples, and escapes labels")
    func text() {
        var metrics = MetricsText()
        metrics.single("rookery_connections", .gauge, help: "Client sockets.", 12)
        metrics.family("rookery_term", .counter, help: "Raft term.")
        metrics.sample("rookery_term", labels: [("group", "101"), ("note", "a\"b\\c\nd")], 3)
        #expect(
            metrics.take()
                == #"""
                # HELP rookery_connections Client sockets.
                # TYPE rookery_connections gauge
                rookery_connections 12.0
                # HELP rookery_term Raft term.
                # TYPE rookery_term counter
                rookery_term{group="101",note="a\"b\\c\nd"} 3.0

                """#)
    }
}
