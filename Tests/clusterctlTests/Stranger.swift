import Glibc
import SystemIO
import Testing
import Toolbox

/// Python with the program on the page of `Placement`.
struct Stranger {
    private let folder: Folder
    private static let page =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/Sources/Placement/Placement.docc"

    /// Takes the program from the page.
    init(in folder: Folder) throws {
        self.folder = folder
        let page = try #require(try Folder(Self.page).read("Placement.md").text)
        let start = try #require(page.firstRange(of: "```python\n"))
        let rest = page[start.upperBound...]
        let end = try #require(rest.firstRange(of: "\n```"))
        try folder.replace("follow.py", by: Bytes(String(rest[..<end.lowerBound]) + "\n"))
    }

    /// Whether there is Python with kazoo.
    static var canRun: Bool {
        do {
            return try shell("exec python3 -c 'import kazoo'", []) == .exited(code: 0)
        } catch {
            return false
        }
    }

    /// What the program prints at first: it ends as soon as nobody types, and here nobody does.
    func follow(_ address: String, user: UInt64) throws -> String {
        let status = try Self.shell(
            "exec python3 \"$1\" \"$2\" \"$3\" >\"$4\"",
            [folder.path(of: "follow.py"), address, "\(user)", folder.path(of: "printed")])
        #expect(status == .exited(code: 0))
        return try folder.read("printed").text ?? ""
    }

    /// Runs a line of shell to its end, with the folders of Python that this process was given.
    private static func shell(
        _ line: String, _ arguments: [String]
    ) throws -> ChildProcess.ExitStatus {
        let path = getenv("PYTHONPATH").map { String(cString: $0) } ?? ""
        var child = try ChildProcess.start(
            "/bin/sh", ["-c", "export PYTHONPATH=\"$0\"; " + line, path] + arguments,
            standardError: "/dev/null")
        var poll = try EventPoll(eventsMaximum: 1)
        var ready: [EventPoll.Ready] = []
        while true {
            if let status = try child.exitStatus() { return status }
            try poll.wait(timeout: .milliseconds(20), into: &ready)
        }
    }
}
