import AdminWire
import SystemIO
import Toolbox
import Vocabulary

/// `clusterctl user import`
struct UserImportCommand: Command {
    static let description = CommandDescription(
        path: ["user", "import"], summary: "Makes accounts from ready hashes of their passwords.",
        operands: [.init("FILE", help: "a line for each account")],
        details: """
            A line holds name, display name and crypt(3) hash, separated by tabs or colons, or is
            JSON: {"name": "anna", "display_name": "Anna", "hash": "$y$j9T$..."}. Empty lines and
            lines that start with # are passed over.

            Tells of every line, goes on after lines that fail, and exits with 1 if any failed.
            When no node can import it stops, and tells at which line.
            """)

    private static let fileBytesMaximum = 256 << 20

    private let file: String

    init(_ arguments: CommandArguments) { file = arguments.operands[0] }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let text = try readFile()
        let door = try options.door()
        var (imported, failed) = (0, 0)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            switch ImportLine(line) {
            case .nothing: continue
            case .wrong(let problem):
                failed += 1
                tell(ImportReport(line: index + 1, name: nil, problem: problem), options, &console)
            case .account(let account):
                let report = try importAccount(account, line: index + 1, door)
                if report.user == nil { failed += 1 } else { imported += 1 }
                tell(report, options, &console)
            }
        }
        if !options.printsJSON { console.write("\(imported) imported, \(failed) failed\n") }
        return failed == 0 ? .good : .bad
    }

    private func importAccount(
        _ account: UserImport, line: Int, _ door: ClusterDoor
    ) throws(ControlFailure) -> ImportReport {
        switch try door.askAny(.importUser(account), for: UserImported.self) {
        case .success(let answer):
            return ImportReport(line: line, name: account.name, user: answer.user)
        case .failure(let failure) where failure.isSilence || failure.isWorthAskingAnother:
            throw failure.asControlFailure(
                "stopped at line \(line) (\(account.name)); import the file from there on: ")
        case .failure(let failure):
            return ImportReport(line: line, name: account.name, problem: "\(failure)")
        }
    }

    private func tell(
        _ report: ImportReport, _ options: GlobalOptions, _ console: inout some Console
    ) {
        console.write(options.printsJSON ? report.json : report.text)
    }

    private func readFile() throws(ControlFailure) -> String {
        var bytes: Bytes?
        do throws(SystemCallFailure) {
            let opened = try OpenFile(file, .read)
            if try opened.byteCount <= Self.fileBytesMaximum { bytes = try opened.readAll() }
        } catch {
            throw .usage("\(error)")
        }
        guard let bytes else { throw .usage("\(file) is larger than 256 MiB: split it") }
        guard let text = bytes.text else { throw .usage("\(file) is not UTF-8") }
        return text
    }
}

/// What became of one line of a file of accounts.
struct ImportReport: Hashable {
    /// Counted from 1.
    let line: Int
    /// Nil where the line could not be read.
    var name: String?
    /// Nil where it failed.
    var user: UserID?
    var problem: String?

    var text: String {
        let who = name.map { " \($0)" } ?? ""
        let what = user.map { "imported as \($0)" } ?? "failed: \(problem ?? "for no known reason")"
        return "line \(line):\(who) \(what)\n"
    }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("line", Int64(line))
        json.member("name", ifAny: name)
        json.member("user", ifAny: user?.digits)
        json.member("problem", ifAny: problem)
        json.endObject()
        return json.take().line
    }
}
