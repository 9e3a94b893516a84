import SystemIO
import Testing
import Toolbox

@Suite("Child processes")
struct ChildProcessTests {
    /// Asks until it has ended.
    private func status(of child: inout ChildProcess) throws -> ChildProcess.ExitStatus {
        while true {
            if let status = try child.exitStatus() { return status }
        }
    }

    @Test("A child's status and what it said are known")
    func statusAndWords() throws {
        let temporary = try TemporaryFolder()
        let words = temporary.folder.path(of: "words")
        for code in [0, 7] as [Int32] {
            var child = try ChildProcess.start(
                "/bin/sh", ["-c", "echo \"$0\" >&2; exit \(code)", "said"], standardError: words)
            #expect(try status(of: &child) == .exited(code: code))
        }
        #expect(try temporary.folder.read("words") == "said\nsaid\n")
    }

    @Test("A child that is killed is gone when that returns")
    func killing() throws {
        let temporary = try TemporaryFolder()
        var child = try ChildProcess.start(
            "/bin/sleep", ["1000"], standardError: temporary.folder.path(of: "words"))
        #expect(try child.exitStatus() == nil)
        try child.end()
        #expect(try child.exitStatus() == .killed(signal: 9))
    }

    @Test("A child that is asked to end may say how it ended")
    func asking() throws {
        let temporary = try TemporaryFolder()
        let words = temporary.folder.path(of: "words")
        var idle = try ChildProcess.start("/bin/sleep", ["1000"], standardError: words)
        try idle.askToEnd()
        #expect(try status(of: &idle) == .killed(signal: 15))
        try idle.askToEnd()
        #expect(try idle.exitStatus() == .killed(signal: 15))
    }

    @Test("A program that is not there cannot be started")
    func missing() throws {
        let temporary = try TemporaryFolder()
        let words = temporary.folder.path(of: "words")
        #expect(throws: SystemCallFailure.self) {
            _ = try ChildProcess.start("/nothing/here", [], standardError: words)
        }
    }

    @Test("A tree of folders is removed with all that is in it")
    func trees() throws {
        let folder = try Folder.temporary(prefix: "rookery-test")
        let deep = Folder(folder.path(of: "one/two"))
        try deep.create()
        try deep.replace("file", by: "bytes")
        try folder.removeTree()
        #expect(throws: SystemCallFailure.self) { _ = try folder.names() }
    }
}
