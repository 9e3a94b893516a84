import Testing
import clusterctl

struct HelpTests {
    static let levels = [
        "", "status", "nodes", "groups", "group", "group list", "group transfer",
        "group add-learner", "group promote", "group demote", "group remove", "shards", "chat",
        "user", "user import", "token",
        "token issue", "config", "config check", "config show", "secrets", "secrets create",
        "znode", "znode ls", "znode get", "znode stat", "znode watch", "sessions",
        "ring", "ring owner", "placement",
    ]

    @Test("every level has help that fits a terminal", arguments: levels)
    func helps(_ level: String) {
        var console = RecordingConsole()
        let words = level.split(separator: " ").map(String.init) + ["--help"]
        #expect(ClusterControl.run(words, &console) == .good)
        #expect(console.output.hasPrefix("usage:"))
        #expect(console.output.contains(level))
        #expect(console.output.contains("exit status:"))
        #expect(console.complaints.isEmpty)
        let longest = console.output.split(separator: "\n").map(\.count).max() ?? 0
        #expect(longest <= 100)
    }

    @Test("a command's help names its arguments and options")
    func namesArguments() {
        var console = RecordingConsole()
        #expect(ClusterControl.run(["status", "--help"], &console) == .good)
        #expect(
            console.output.hasPrefix(
                """
                usage: clusterctl status [--wait SECONDS]

                Shows all nodes and all groups, and whether all is well.

                """))
        #expect(console.output.contains("\n  --wait SECONDS  wait until"))
        #expect(console.output.contains("\n  --config FILE "))
    }

    @Test("a wrong command line says what is wrong and where help is")
    func pointsToHelp() {
        var console = RecordingConsole()
        #expect(ClusterControl.run(["token", "issue"], &console) == .usage)
        let expected = "NAME is missing\nTry \"clusterctl token issue --help\".\n"
        #expect(console.complaints == expected)
        #expect(console.output.isEmpty)
    }
}
