import ClusterNode
import Configuration
import CoordinationService
import Glibc
import LogStorage
import Placement
import Raft
import Replication
import Testing
import Toolbox
import Vocabulary

private let opening = """
    {
      cluster: "tea",
      stateDirectory: "state",
      nodes: [{ id: 1, peerPort: 7081, clientPort: 8081, adminPort: 9081 }],

    """

private func read(_ text: String) throws(ConfigurationFailure) -> ClusterConfiguration {
    try .read(Array(text.utf8), file: "config.json5", folder: "/etc/rookery")
}

/// The messages of a text that must not be taken.
private func problems(_ text: String) -> [String] {
    do throws(ConfigurationFailure) {
        _ = try read(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ClusterConfigurationTests {
    @Test("what is not said has its default")
    func defaults() throws {
        let configuration = try read(opening + "}")
        #expect(configuration.cluster == "tea")
        #expect(configuration.stateDirectory == "/etc/rookery/state")
        #expect(configuration.secretDirectory == "/etc/rookery/state/secrets")
        #expect(configuration.shardsCount == 4)
        #expect(configuration.replicas == 3)
        let node = try #require(configuration.node(NodeID(1)))
        #expect(node.host == "127.0.0.1" && node.adminHost == "127.0.0.1")
        #expect(node.roles == NodeRole.allCases)
        #expect(node.dataDirectory == "/etc/rookery/state/n1")
        #expect(node.coordinationPort == nil)
        #expect(node.clientURL == "http://127.0.0.1:8081")
        #expect(configuration.node(NodeID(2)) == nil)
    }

    @Test("what is said reaches the knob")
    func knobs() throws {
        let configuration = try read(
            opening
                + """
                  raft: { electionTimeoutMillisecondsMinimum: 300, appendEntriesMaximum: 0x10 },
                  log: { segmentBytes: 1048576, batchBytesMaximum: 65536, },
                  accounts: { tokenLifetimeSeconds: 60, passwordHashCost: 2 },
                }
                """)
        let settings = configuration.settings
        #expect(settings.node.replica.raft.electionTimeoutMinimum == .milliseconds(300))
        #expect(settings.node.replica.raft.appendEntriesMaximum == 16)
        #expect(settings.node.log.segmentBytes == 1_048_576)
        #expect(settings.passwords.hashCost == 2)
    }

    @Test("groups, ring and placement follow from the nodes")
    func derived() throws {
        let configuration = try read(
            """
            { cluster: "tea", stateDirectory: "/var/tea", shards: 2, nodes: [
              { id: 2, peerPort: 1, clientPort: 2, adminPort: 3, roles: ["gateway"] },
              { id: 1, peerPort: 4, clientPort: 5, adminPort: 6, roles: ["storage"] },
              { id: 3, peerPort: 7, clientPort: 8, adminPort: 9, coordinationPort: 10,
                roles: ["coordination"] },
            ] }
            """)
        #expect(configuration.nodes.map(\.id) == [NodeID(1), NodeID(2), NodeID(3)])
        #expect(configuration.ring.nodes == [NodeID(2)])
        #expect(configuration.groups.map(\.id.rawValue) == [0, 1, 100, 101])
        #expect(
            configuration.groups.map(\.kind) == [
                .coordination, .membership, .messages, .messages,
            ])
        #expect(configuration.groups.map(\.shard) == [nil, nil, ShardID(0), ShardID(1)])
        #expect(configuration.groups.first?.voters == [NodeID(3)])
        for group in configuration.groups.dropFirst() { #expect(group.voters == [NodeID(1)]) }
        #expect(configuration.node(NodeID(3))?.coordinationAddress == "127.0.0.1:10")
        #expect(configuration.node(NodeID(1))?.dataDirectory == "/var/tea/n1")
    }

    @Test(
        "five of five nodes or more vote on coordination, else three, else all",
        arguments: [(1, 1), (2, 2), (3, 3), (4, 3), (5, 5), (6, 5), (9, 5)])
    func coordinationVoters(nodes: Int, voters: Int) throws {
        let list = (1...nodes).map { number in
            "{ id: \(number), peerPort: \(100 + number), clientPort: \(200 + number),"
                + " adminPort: \(300 + number) }"
        }
        let configuration = try read(
            "{ cluster: \"tea\", stateDirectory: \"s\", nodes: [\(list.joined(separator: ","))] }")
        let group = try #require(configuration.groups.first)
        #expect(group.kind == .coordination)
        #expect(group.id == GroupNumbers.coordination)
        #expect(Set(group.voters).count == voters)
        #expect(group.voters.contains(group.preferredLeader))
    }

    @Test("without a node for coordination there is no such group")
    func withoutCoordination() throws {
        let configuration = try read(
            """
            { cluster: "tea", stateDirectory: "/var/tea", shards: 1, nodes: [
              { id: 1, peerPort: 4, clientPort: 5, adminPort: 6, roles: ["gateway", "storage"] },
            ] }
            """)
        #expect(configuration.groups.map(\.kind) == [.membership, .messages])
    }

    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let problems: [String]
    }

    static let wrong = [
        Wrong(
            testDescription: "a misspelt key",
            text: opening + "  raft: {\n    electionTimeoutMilisecondsMinimum: 300,\n  },\n}",
            problems: [
                "config.json5:6: unknown key \"electionTimeoutMilisecondsMinimum\" in \"raft\""
                    + " (did you mean \"electionTimeoutMillisecondsMinimum\"?)"
            ]),
        Wrong(
            testDescription: "a misspelt section", text: opening + "  raff: {},\n}",
            problems: ["config.json5:5: unknown key \"raff\" (did you mean \"raft\"?)"]),
        Wrong(
            testDescription: "a key like none", text: opening + "  colour: 1,\n}",
            problems: ["config.json5:5: unknown key \"colour\""]),
        Wrong(
            testDescription: "values of other types, all at once",
            text: opening + "  shards: \"four\",\n  raft: 5,\n  log: { segmentBytes: 1.5 },\n}",
            problems: [
                "config.json5:5: \"shards\" must be a whole number of 1 to 1024 shards, not a text",
                "config.json5:6: \"raft\" must be an object, not a number",
                "config.json5:7: \"segmentBytes\" in \"log\" must be a whole number of 4096 to"
                    + " 1073741824 bytes, not 1.5",
            ]),
        Wrong(
            testDescription: "a value out of its range", text: opening + "  replicas: 8,\n}",
            problems: [
                "config.json5:5: \"replicas\" must be a whole number of 1 to 7 copies, not 8"
            ]),
        Wrong(
            testDescription: "a relation that does not hold",
            text: opening + "  raft: { heartbeatIntervalMilliseconds: 200 },\n}",
            problems: [
                "config.json5:5: \"raft\": electionTimeoutMillisecondsMinimum is 0.4 seconds, below"
                    + " three heartbeats of 0.2 seconds: one late packet would cost an election"
            ]),
        Wrong(
            testDescription: "nothing of what must be there", text: "{}",
            problems: [
                "config.json5:1: \"cluster\" is missing",
                "config.json5:1: \"stateDirectory\" is missing",
                "config.json5:1: \"nodes\" is missing",
            ]),
        Wrong(
            testDescription: "a name that could not be a folder",
            text: "{ cluster: \"Tea/..\", stateDirectory: \"s\",\n nodes: [] }",
            problems: [
                "config.json5:1: \"cluster\" must be 1 to 64 of a-z, 0-9 and \"-\", not \"Tea/..\"",
                "config.json5:2: \"nodes\" must have 1 to 100 elements",
            ]),
        Wrong(
            testDescription: "two nodes on one port",
            text: """
                { cluster: "tea", stateDirectory: "s", nodes: [
                  { id: 1, peerPort: 1, clientPort: 2, adminPort: 3 },
                  { id: 2, peerPort: 4, clientPort: 1, adminPort: 6 },
                  { id: 2, peerPort: 7, clientPort: 8, adminPort: 8 } ] }
                """,
            problems: [
                "config.json5:3: two nodes have the address 127.0.0.1:1",
                "config.json5:4: two nodes have the id 2",
                "config.json5:4: two nodes have the data directory /etc/rookery/s/n2",
                "config.json5:4: the node has the address 127.0.0.1:8 twice",
            ]),
        Wrong(
            testDescription: "a node that is not described well",
            text: """
                { cluster: "tea", stateDirectory: "s", nodes: [
                  { id: 0, host: "localhost", peerPort: 70000, clientPort: 2,
                    roles: ["storage", "cook"], port: 1 } ] }
                """,
            problems: [
                "config.json5:2: \"id\" in \"nodes\" must be a whole number of 1 to 65535, not 0",
                "config.json5:2: \"host\" in \"nodes\" must be an IPv4 address, not \"localhost\"",
                "config.json5:2: \"peerPort\" in \"nodes\" must be a whole number of 1 to 65535,"
                    + " not 70000",
                "config.json5:2: \"adminPort\" in \"nodes\" is missing",
                "config.json5:3: \"roles\" in \"nodes\" must be some of \"coordination\","
                    + " \"gateway\", \"storage\"",
                "config.json5:3: unknown key \"port\" in \"nodes\" (did you mean \"host\"?)",
            ]),
        Wrong(
            testDescription: "nobody serves clients",
            text: """
                { cluster: "tea", stateDirectory: "s", nodes: [
                  { id: 1, peerPort: 1, clientPort: 2, adminPort: 3, roles: ["storage"] } ] }
                """,
            problems: ["config.json5:1: no node has the role \"gateway\""]),
        Wrong(
            testDescription: "no JSON5", text: "{\n  cluster: tea\n}",
            problems: ["config.json5:2: \"tea\" stands where a value belongs"]),
        Wrong(
            testDescription: "a key twice", text: "{\n  cluster: \"a\",\n  cluster: \"b\"\n}",
            problems: ["config.json5:3: \"cluster\" stands on line 2 already"]),
        Wrong(
            testDescription: "a bracket that is not closed", text: "{ nodes: [\n\n",
            problems: ["config.json5:3: the file ends where a value belongs"]),
        Wrong(
            testDescription: "no object", text: "[]",
            problems: ["config.json5:1: the file must hold an object, not a list"]),
        Wrong(
            testDescription: "nothing", text: "",
            problems: ["config.json5:1: the file ends where a value belongs"]),
    ]

    @Test("names key, line and file of all that is wrong", arguments: wrong)
    func refused(wrong: Wrong) {
        #expect(problems(wrong.text) == wrong.problems)
    }

    @Test("a file that is not there is named")
    func missing() {
        #expect(
            throws: ConfigurationFailure.self,
            performing: { try ClusterConfiguration.load("/nowhere/config.json5") })
    }

    @Test("no bytes make the reader trap, and damage is never taken in silence")
    func noise() {
        var random = SeededRandom(seed: 2)
        let good = Array(ReferenceText.text().utf8)
        for _ in 0..<600 {
            var bytes = good
            switch random.below(3) {
            case 0: bytes.removeSubrange(random.below(bytes.count)...)
            case 1: bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
            default: bytes.insert(UInt8(random.below(256)), at: random.below(bytes.count))
            }
            do throws(ConfigurationFailure) {
                _ = try ClusterConfiguration.read(bytes, file: "f", folder: "/")
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }

    @Test("brackets inside brackets end somewhere")
    func depth() {
        let text = String(repeating: "[", count: 100_000)
        #expect(problems(text) == ["config.json5:1: too many brackets inside each other"])
    }
}

@Suite struct JSON5Tests {
    /// Each is the value of `cluster`, which takes texts; others show what they were read as.
    @Test(
        "reads the texts of JSON5",
        arguments: [
            (#""a-b""#, "a-b"), (#"'a-b'"#, "a-b"), (#""\x61""#, "a"), (#""\u0061""#, "a"),
            ("'a\\\n b'", "a b"), (#"'\a'"#, "a"), ("/* a */ 'b' // c\n", "b"),
            ("\u{FEFF}\u{A0}'b'", "b"),
        ] as [(String, String)])
    func texts(text: String, value: String) {
        let messages = problems("{ cluster: \(text), stateDirectory: 's', nodes: [] }")
        let name = "\"cluster\" must be 1 to 64 of a-z, 0-9 and \"-\", not \"\(value)\""
        let isPlain = value.allSatisfy { $0 == "-" || $0.isLetter }
        #expect(messages.contains { $0.contains(name) } == !isPlain)
        #expect(!messages.contains { $0.contains("belongs") || $0.contains("quote") })
    }

    @Test(
        "reads the numbers of JSON5",
        arguments: [
            ("4", 4), ("+4", 4), ("0x4", 4), ("0X0a", 10), ("4.", nil), ("4.0", nil), (".5", nil),
            ("-4", nil), ("4e0", nil), ("04", nil), ("0x", nil), ("0x+4", nil), ("4-", nil),
            ("Infinity", nil), ("-Infinity", nil), ("NaN", nil), ("1e999", nil), ("--4", nil),
            ("9223372036854775808", nil), ("4_0", nil), ("+", nil), (".", nil),
        ] as [(String, Int?)])
    func numbers(text: String, value: Int?) {
        do throws(ConfigurationFailure) {
            let configuration = try read(opening + "shards: \(text) }")
            #expect(configuration.shardsCount == value)
        } catch {
            #expect(value == nil, "\(error)")
        }
    }
}

@Suite struct ReferenceTests {
    static let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    static let configurations = "/" + folder + "/cluster-configs/"

    @Test(
        "every configuration of ours is right",
        arguments: [
            ("single-node", 1), ("three-nodes", 3), ("five-nodes", 5),
            ("six-nodes-three-zones", 6), ("bench", 3), ("chaos-small-limits", 3),
            ("reference", 1),
        ])
    func files(name: String, count: Int) throws {
        let configuration = try ClusterConfiguration.load(Self.configurations + name + ".json5")
        #expect(configuration.cluster == name)
        #expect(configuration.nodes.count == count)
        #expect(configuration.stateDirectory == "/\(Self.folder)/.build/rookery/\(name)")
        for (index, node) in configuration.nodes.enumerated() {
            #expect(Int(node.clientPort) == 8_081 + index)
            #expect(Int(node.adminPort) == 9_081 + index)
        }
    }

    @Test("the reference says what is so; REWRITE=1 writes it anew")
    func reference() throws {
        let path = Self.configurations + "reference.json5"
        if getenv("REWRITE") != nil {
            let file = try #require(fopen(path, "w"))
            fputs(ReferenceText.text(), file)
            fclose(file)
        }
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == ReferenceText.text())
    }

    @Test("the reference changes nothing")
    func defaults() throws {
        let configuration = try ClusterConfiguration.read(
            Array(ReferenceText.text().utf8), file: "f", folder: "/")
        for key in SettingTable.keys {
            #expect(key.value(in: configuration.settings) == key.defaultValue)
        }
    }

    @Test("every key has a name with its unit, a default in its range, and one place")
    func keys() {
        var names: Set<String> = []
        for key in SettingTable.keys {
            #expect(names.insert("\(key.section).\(key.name)").inserted)
            #expect(key.range.contains(key.defaultValue), "\(key.name)")
            #expect(key.effect.hasSuffix("."), "\(key.name)")
            switch key.target {
            case .milliseconds: #expect(key.name.contains("Milliseconds"), "\(key.name)")
            case .seconds: #expect(key.name.contains("Seconds"), "\(key.name)")
            case .bytes: #expect(key.name.contains("Bytes"), "\(key.name)")
            case .count: #expect(!key.name.contains("Bytes"), "\(key.name)")
            }
        }
        #expect(SettingTable.sections.count == Set(SettingTable.sections).count)
    }
}

@Suite struct SecretsTests {
    /// A folder of its own, taken away at the end.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/rookery-secrets-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        let folder = String(cString: made)
        defer {
            let files = ["cluster", "tokens", "admin", "coordination-super", "coordination-users"]
            for file in files { unlink(folder + "/s/" + file) }
            rmdir(folder + "/s")
            rmdir(folder)
        }
        try body(folder + "/s")
    }

    private func write(_ path: String, _ text: String) throws {
        unlink(path)
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
        chmod(path, 0o600)
    }

    @Test("are made once, and read back")
    func create() throws {
        try withFolder { folder in
            #expect(throws: SecretsFailure.self) { try Secrets.load(folder) }
            #expect(try Secrets.create(folder) == ["cluster", "tokens", "admin"])
            let secrets = try Secrets.load(folder)
            #expect(secrets.cluster.count == 32)
            #expect(secrets.tokens.count == 32)
            #expect(secrets.cluster != secrets.tokens)
            #expect(secrets.admin.text == (try Secrets.adminToken(folder)))
            #expect(secrets.admin.count == 64)
            #expect(try Secrets.create(folder) == [])
            #expect(try Secrets.load(folder).cluster == secrets.cluster)
        }
    }

    @Test("of the coordination service's clients may be missing, and are read where they stand")
    func coordination() throws {
        try withFolder { folder in
            _ = try Secrets.create(folder)
            let none = try Secrets.load(folder)
            #expect(none.coordinationSuper == nil && none.coordinationUsers.isEmpty)
            try write(folder + "/coordination-super", "super:D/InIHSb7yEEbrWz8b9l71RjZJU=\n")
            try write(folder + "/coordination-users", "anna:pass:word\nben:x\n")
            let secrets = try Secrets.load(folder)
            #expect(secrets.coordinationSuper == "super:D/InIHSb7yEEbrWz8b9l71RjZJU=")
            #expect(
                secrets.coordinationUsers == [
                    CoordinationUser(name: "anna", password: "pass:word"),
                    CoordinationUser(name: "ben", password: "x"),
                ])
        }
    }

    @Test(
        "of the coordination service's clients are refused where they are not as they must be",
        arguments: [
            ("coordination-super", "super", "one line user:digest"),
            ("coordination-super", "", "one line user:digest"),
            ("coordination-super", "a:b\nc:d\n", "one line user:digest"),
            ("coordination-users", "anna:x\nben\n", "user:password in line 2"),
            ("coordination-users", ":x\n", "user:password in line 1"),
        ])
    func wrongCoordination(file: String, text: String, message: String) throws {
        try withFolder { folder in
            _ = try Secrets.create(folder)
            try write(folder + "/" + file, text)
            let failure = #expect(throws: SecretsFailure.self) { try Secrets.load(folder) }
            #expect(failure?.path == folder + "/" + file)
            #expect(failure?.message.contains(message) == true)
        }
    }

    @Test(
        "of the coordination service's clients are refused where others may read them",
        arguments: ["coordination-super", "coordination-users"])
    func openCoordination(file: String) throws {
        try withFolder { folder in
            _ = try Secrets.create(folder)
            try write(folder + "/" + file, "anna:x\n")
            _ = try Secrets.load(folder)
            chmod(folder + "/" + file, 0o644)
            let failure = #expect(throws: SecretsFailure.self) { try Secrets.load(folder) }
            #expect(failure?.description.contains("chmod go-rwx") == true)
        }
    }

    @Test("are refused where others may read them")
    func permissions() throws {
        try withFolder { folder in
            _ = try Secrets.create(folder)
            chmod(folder + "/admin", 0o640)
            let failure = #expect(throws: SecretsFailure.self) { try Secrets.load(folder) }
            #expect(failure?.description.contains("chmod go-rwx") == true)
            chmod(folder + "/admin", 0o600)
            chmod(folder, 0o755)
            #expect(throws: SecretsFailure.self) { try Secrets.load(folder) }
            chmod(folder, 0o700)
            _ = try Secrets.load(folder)
        }
    }

    @Test(
        "are refused where they are none",
        arguments: [
            "", "\n", "secret", String(repeating: "0", count: 64),
            String(repeating: "0123456789abcdef", count: 4), String(repeating: "ab", count: 31),
            String(repeating: "x", count: 64),
        ])
    func examples(text: String) throws {
        try withFolder { folder in
            _ = try Secrets.create(folder)
            try write(folder + "/cluster", text)
            let failure = #expect(throws: SecretsFailure.self) { try Secrets.load(folder) }
            #expect(failure?.path == folder + "/cluster")
        }
    }
}
