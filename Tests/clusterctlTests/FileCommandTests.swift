import SystemIO
import Testing
import Toolbox
import clusterctl

/// The commands that ask no node.
struct FileCommandTests {
    @Test("a good configuration is told to be good")
    func checksGood() throws {
        let cluster = try TestCluster([nil, nil])
        let (status, output, _) = cluster.run("config", "check", cluster.config)
        #expect(status == .good)
        #expect(output == "\(cluster.config) is good: cluster test, 2 nodes, 1 shards, 3 copies\n")
    }

    @Test("all that is wrong with a configuration is told, with lines")
    func checksBad() throws {
        let cluster = try TestCluster([nil])
        let file = cluster.folder.path(of: "bad")
        try cluster.write("bad", "{\n  clustr: 1,\n  nodes: 2,\n}\n")
        let (status, output, complaints) = cluster.run("config", "check", file, "--json")
        #expect(status == .bad)
        #expect(complaints.contains("\(file):2: "))
        #expect(complaints.contains("\(file):3: "))
        let json = try JSONValue.parse(Bytes(output))
        #expect(json["good"] == false)
        #expect((json["problems"]?.array?.count ?? 0) >= 2)
    }

    @Test("a configuration that is not there is wrong usage for other commands")
    func needsConfiguration() {
        var console = RecordingConsole()
        let words = ["nodes", "--config", "/nowhere/at-all.json5"]
        #expect(ClusterControl.run(words, &console) == .usage)
        #expect(console.complaints.contains("with --config FILE"))
    }

    @Test("scripts read nodes as words between tabs, and single values")
    func showsForScripts() throws {
        let cluster = try TestCluster([nil, nil])
        let folder = cluster.folder.path
        #expect(
            cluster.run("config", "show", "nodes").output == """
                1\t127.0.0.1\t101\t201\t127.0.0.1\t1\thttp://127.0.0.1:201\t\(folder)/n1
                2\t127.0.0.1\t102\t202\t127.0.0.1\t2\thttp://127.0.0.1:202\t\(folder)/n2

                """)
        let one = cluster.run("config", "show", "nodes", "--node", "2").output
        #expect(one.hasPrefix("2\t") && one.split(separator: "\n").count == 1)
        #expect(cluster.run("config", "show", "secretDirectory").output == "\(folder)/secrets\n")
        #expect(cluster.run("config", "show", "colour").status == .usage)
    }

    @Test("people and programs see all of a configuration")
    func showsAll() throws {
        let cluster = try TestCluster([nil])
        #expect(cluster.run("config", "show").output.contains("\nNODE  URL "))
        let json = try JSONValue.parse(Bytes(cluster.run("config", "show", "--json").output))
        #expect(json["cluster"] == "test")
        #expect(json["nodes"]?.array?.first?["adminPort"] == 1)
    }

    @Test("secrets are made once and kept")
    func makesSecrets() throws {
        let cluster = try TestCluster([nil])
        let secrets = cluster.folder.path(of: "secrets")
        let kept = cluster.run("secrets", "create")
        #expect(kept.status == .good)
        #expect(kept.output == "\(secrets) has all secrets already\n")
        #expect(try cluster.folder(named: "secrets").remove("admin"))
        #expect(cluster.run("nodes").status == .usage)
        #expect(cluster.run("secrets", "create").output == "\(secrets): made admin\n")
        #expect(cluster.run("secrets", "create", "--directory", cluster.config).status == .bad)
    }

    @Test(
        "values that make no sense are wrong usage",
        arguments: [
            ["nodes", "--node", "9"], ["nodes", "--node", "x"], ["nodes", "--timeout", "0"],
            ["status", "--wait", "-1"], ["status", "--wait", "nan"], ["status", "--wait", "1e9"],
        ])
    func refusesValues(_ words: [String]) throws {
        let cluster = try TestCluster([nil])
        var console = RecordingConsole()
        #expect(ClusterControl.run(words + ["--config", cluster.config], &console) == .usage)
        #expect(!console.complaints.isEmpty)
    }
}
