import Testing
import clusterctl

struct ArgumentParserTests {
    static let commands = [
        CommandDescription(
            path: ["user"], summary: "", operands: [.init("NAME", help: "")],
            options: [.init("--id", help: "")]),
        CommandDescription(
            path: ["user", "import"], summary: "", operands: [.init("FILE", help: "")]),
        CommandDescription(
            path: ["config", "show"], summary: "",
            operands: [.init("KEY", isOptional: true, help: "")],
            options: [.init("--wait", "SECONDS", help: "")]),
    ]
    static let globals = [
        CommandDescription.Option("--json", help: ""),
        CommandDescription.Option("--config", "FILE", help: ""),
    ]

    struct Good: CustomTestStringConvertible, Sendable {
        let line: String
        let path: [String]
        var operands: [String] = []
        var options: [String: String] = [:]
        var testDescription: String { line }
    }

    static let good = [
        Good(line: "user anna", path: ["user"], operands: ["anna"]),
        Good(line: "user import list", path: ["user", "import"], operands: ["list"]),
        Good(line: "user -- import", path: ["user"], operands: ["import"]),
        Good(line: "user import import", path: ["user", "import"], operands: ["import"]),
        Good(line: "user import -", path: ["user", "import"], operands: ["-"]),
        Good(line: "user -- --id", path: ["user"], operands: ["--id"]),
        Good(
            line: "--json user anna --id", path: ["user"], operands: ["anna"],
            options: ["--json": "", "--id": ""]),
        Good(
            line: "config --config=a=b show", path: ["config", "show"],
            options: ["--config": "a=b"]),
        Good(
            line: "config show key --wait 3", path: ["config", "show"], operands: ["key"],
            options: ["--wait": "3"]),
    ]

    @Test("a command line that fits is taken apart", arguments: good)
    func takesApart(_ row: Good) throws {
        let expected = CommandArguments(
            path: row.path, operands: row.operands, options: row.options)
        #expect(try parse(row.line) == .run(expected))
    }

    static let bad: [(String, String)] = [
        ("", "a command is missing"),
        ("usr anna", "unknown command \"usr\", did you mean \"user\"?"),
        ("config shw", "unknown command \"config shw\", did you mean \"show\"?"),
        ("config", "which? one of: show"),
        ("user", "NAME is missing"),
        ("user anna bob", "\"bob\" is one argument too many"),
        ("user anna --jsn", "unknown option \"--jsn\", did you mean \"--json\"?"),
        ("user anna --wait 3", "unknown option \"--wait\""),
        ("config show --wait", "--wait needs a value: --wait SECONDS"),
        ("config show --wait=", "--wait needs a value: --wait SECONDS"),
        ("user anna --json=yes", "--json takes no value"),
        ("user anna --json --json", "--json stands twice"),
    ]

    @Test("a command line that does not fit is refused in words", arguments: bad)
    func refuses(_ line: String, _ message: String) {
        let failure = #expect(throws: ArgumentFailure.self) { try parse(line) }
        #expect(failure?.message == message)
    }

    @Test(
        "help is asked for on every level, whatever is missing",
        arguments: [
            ("--help", []), ("user --help", ["user"]), ("user import -h", ["user", "import"]),
            ("config --help", ["config"]), ("user a b c --help", ["user"]),
        ] as [(String, [String])])
    func helps(_ line: String, _ path: [String]) throws {
        #expect(try parse(line) == .help(path: path))
    }

    private func parse(_ line: String) throws(ArgumentFailure) -> ArgumentParser.Outcome {
        try ArgumentParser.parse(
            line.split(separator: " ").map(String.init), commands: Self.commands,
            globalOptions: Self.globals)
    }
}
