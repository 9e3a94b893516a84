import AdminWire
import HTTPWire
import SystemIO
import Testing
import Toolbox
import Vocabulary
import clusterctl

struct AccountCommandTests {
    static let hash = "$y$j9T$abcdefghijklmnop$ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"

    private static func imported(_ user: UInt64) -> AdminResponder.Reply {
        .init(status: 201, body: UserImported(user: UserID(user)).encoded())
    }

    private static let anna = UserStatus(
        user: UserID(1), name: "anna", displayName: "Anna", devices: [DeviceID(5)], chats: 2,
        home: NodeID(3))

    @Test("an account is shown, by name or by number")
    func showsUser() throws {
        let reply = AdminResponder.Reply(body: Self.anna.encoded())
        let cluster = try TestCluster([
            ["GET /admin/v1/users?name=anna": [reply], "GET /admin/v1/users/1": [reply]]
        ])
        let (status, output, _) = cluster.run("user", "anna")
        #expect(status == .good)
        #expect(
            output == """
                user          u1
                name          anna
                display name  Anna
                chats         2
                home          n3
                devices       d5

                """)
        #expect(cluster.run("user", "u1", "--id").output == output)
    }

    @Test("a question goes on to the next node when one is down or has no quorum")
    func asksNext() throws {
        let question = "GET /admin/v1/users?name=anna"
        let cluster = try TestCluster([
            nil, [question: [Scripts.refusal(503, "no_quorum", "nobody leads")]],
            [question: [.init(body: Self.anna.encoded())]],
        ])
        #expect(cluster.run("user", "anna", "--json").status == .good)
    }

    @Test("of several failures the one that tells most is told")
    func tellsMost() throws {
        let cluster = try TestCluster([
            ["GET /admin/v1/users?name=anna": [Scripts.refusal(503, "no_quorum", "nobody leads")]],
            nil,
        ])
        let (status, _, complaints) = cluster.run("user", "anna")
        #expect(status == .bad)
        #expect(complaints == "nobody leads (no_quorum)\n")
    }

    @Test("an account that is not there is bad, nobody to ask is unreachable")
    func isMissing() throws {
        let cluster = try TestCluster([
            ["GET /admin/v1/users?name=bob": [Scripts.refusal(404, "not_found", "no such user")]]
        ])
        let (status, _, complaints) = cluster.run("user", "bob")
        #expect(status == .bad)
        #expect(complaints == "no such user (not_found)\n")
        #expect(try TestCluster([nil, nil]).run("user", "bob").status == .unreachable)
    }

    @Test("a token is printed alone")
    func issuesToken() throws {
        let issued = IssuedToken(
            token: "abc", user: UserID(1), device: DeviceID(2),
            expires: WallTime(milliseconds: 9))
        let cluster = try TestCluster([
            ["POST /admin/v1/tokens": [.init(status: 201, body: issued.encoded())]]
        ])
        let (status, output, _) = cluster.run("token", "issue", "anna", "--device", "shell")
        #expect(status == .good)
        #expect(output == "abc\n")
        let body = try #require(cluster.responders.first??.requests.first?.body)
        #expect(try TokenRequest.decode(body) == TokenRequest(name: "anna", device: "shell"))
    }

    @Test("an import tells of every line, goes on after errors, and is bad if any failed")
    func imports() throws {
        let cluster = try TestCluster([
            [
                "POST /admin/v1/users": [
                    Self.imported(11), Scripts.refusal(409, "name_taken", "the name is taken"),
                    Self.imported(12),
                ]
            ]
        ])
        try cluster.write(
            "people",
            """
            # name, display name, hash
            anna\tAnna: A.\t\(Self.hash)

            bob:Bob:\(Self.hash)
            cleo:Cleo:letmein
            nonsense
            {"name":"dora","hash":"\(Self.hash)"}
            {"name":
            """)
        let (status, output, _) = cluster.run("user", "import", cluster.folder.path(of: "people"))
        #expect(status == .bad)
        #expect(
            output == """
                line 2: anna imported as u11
                line 4: bob failed: the name is taken (name_taken)
                line 5: failed: no crypt(3) hash such as $y$j9T$...: hash passwords first
                line 6: failed: three fields are needed: name, display name, hash, separated by tabs
                line 7: dora imported as u12
                line 8: failed: this is no JSON
                2 imported, 4 failed

                """)
        let bodies = try (cluster.responders.first??.requests ?? []).map {
            try UserImport.decode($0.body)
        }
        #expect(
            bodies == [
                UserImport(name: "anna", displayName: "Anna: A.", hash: Self.hash),
                UserImport(name: "bob", displayName: "Bob", hash: Self.hash),
                UserImport(name: "dora", displayName: "dora", hash: Self.hash),
            ])
    }

    @Test("an import as JSON is a line for each line")
    func importsAsJSON() throws {
        let cluster = try TestCluster([["POST /admin/v1/users": [Self.imported(11)]]])
        try cluster.write("people", "anna:Anna:\(Self.hash)\n")
        let file = cluster.folder.path(of: "people")
        let (status, output, _) = cluster.run("user", "import", file, "--json")
        #expect(status == .good)
        #expect(output == "{\"line\":1,\"name\":\"anna\",\"user\":\"11\"}\n")
    }

    @Test("an import that nobody answers says where it stopped")
    func stops() throws {
        let cluster = try TestCluster([nil, nil])
        try cluster.write("people", "\nanna:Anna:\(Self.hash)\nbob:Bob:\(Self.hash)\n")
        let file = cluster.folder.path(of: "people")
        let (status, _, complaints) = cluster.run("user", "import", file)
        #expect(status == .unreachable)
        #expect(complaints.hasPrefix("stopped at line 2 (anna)"))
    }

    @Test("an import stops when no group decides, instead of failing line by line")
    func stopsWithoutQuorum() throws {
        let refusal = Scripts.refusal(503, "no_quorum", "nobody leads")
        let cluster = try TestCluster([["POST /admin/v1/users": [refusal]]])
        try cluster.write("people", "anna:Anna:\(Self.hash)\nbob:Bob:\(Self.hash)\n")
        let file = cluster.folder.path(of: "people")
        let (status, _, complaints) = cluster.run("user", "import", file)
        #expect(status == .bad)
        #expect(complaints.hasPrefix("stopped at line 1 (anna)"))
        #expect(cluster.responders.first??.requests.count == 1)
    }

    @Test(
        "no password in clear is ever sent or printed",
        arguments: [
            "hunter2hunter2hunter2hunter2", "$hunter2$", "$1$hunter2", "$y$hunter2 with spaces$abc",
            "*", "", "$zz$hunter2hunter2$hunter2hunter2",
        ])
    func keepsPasswords(_ password: String) throws {
        let cluster = try TestCluster([["POST /admin/v1/users": [Self.imported(11)]]])
        try cluster.write("people", "anna\tAnna\t\(password)\n")
        let file = cluster.folder.path(of: "people")
        let (status, output, complaints) = cluster.run("user", "import", file)
        #expect(status == .bad)
        #expect(!(output + complaints).contains("hunter2"))
        #expect(cluster.responders.first??.requests.isEmpty == true)
    }
}
