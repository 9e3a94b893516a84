import AdminWire
import Toolbox
import Vocabulary

/// What all commands about one node of the coordination tree have in common.
enum ZnodePathArgument {
    static let operand = CommandDescription.Operand(
        "PATH", help: "the node's path, from the root: /rookery/nodes")

    static func read(_ arguments: CommandArguments) throws(ControlFailure) -> String {
        let path = arguments.operands[0]
        guard path.hasPrefix("/") else {
            throw .usage("\"\(path)\" is no path: it must begin with a slash, such as /rookery")
        }
        return path
    }
}

extension ClusterDoor {
    func znode(_ question: ZnodeQuestion) throws(ControlFailure) -> ZnodeStatus {
        switch try askAny(.znode(question), for: ZnodeStatus.self) {
        case .success(let found): return found
        case .failure(let failure): throw failure.asControlFailure()
        }
    }
}

/// `clusterctl znode ls`
struct ZnodeListCommand: Command {
    static let description = CommandDescription(
        path: ["znode", "ls"], summary: "Lists the children of a node of the coordination tree.",
        operands: [ZnodePathArgument.operand],
        details: """
            What is shown is no older than anything that any client was answered before.
            JSON: {path, through, stat, children}.
            """)

    private let path: String

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        path = try ZnodePathArgument.read(arguments)
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let found = try options.door().znode(ZnodeQuestion(.children, of: path))
        let children = found.children ?? []
        if options.printsJSON {
            console.write(found.encoded().line)
        } else {
            var table = Table(columns: [.init("")], showsHeader: false)
            for child in children { table.append([child]) }
            console.write(table.text)
        }
        guard children.count < Int(found.stat.numChildren) else { return .good }
        console.complain(
            "\(path) has \(found.stat.numChildren) children: the first \(children.count) are shown")
        return .bad
    }
}

/// `clusterctl znode get`
struct ZnodeGetCommand: Command {
    static let description = CommandDescription(
        path: ["znode", "get"], summary: "Prints the data of a node of the coordination tree.",
        operands: [ZnodePathArgument.operand],
        details: """
            What is shown is no older than anything that any client was answered before. Control
            characters but ends of lines and tabs are shown as question marks; data that is no text
            needs --json.
            JSON: {path, through, stat, data}; data_base64 instead of data where it is no text, null
            where the node was made without any.
            """)

    private let path: String

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        path = try ZnodePathArgument.read(arguments)
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let found = try options.door().znode(ZnodeQuestion(.data, of: path))
        if options.printsJSON {
            console.write(found.encoded().line)
            return .good
        }
        switch found.data {
        case .untold, .null: return .good
        case .bytes(let bytes):
            guard let text = bytes.text else {
                throw .bad("\(path) holds \(bytes.count) bytes that are no text: add --json")
            }
            console.write(Table.printable(text: text))
            if !text.hasSuffix("\n") { console.write("\n") }
            return .good
        }
    }
}

/// `clusterctl znode stat`
struct ZnodeStatCommand: Command {
    static let description = CommandDescription(
        path: ["znode", "stat"], summary: "Shows the stat of a node of the coordination tree.",
        operands: [ZnodePathArgument.operand],
        details: """
            Changes (zxid) are numbers of log entries, hexadecimal as in ZooKeeper's tools; times
            are by the group's clock. What is shown is no older than anything that any client was
            answered before.
            JSON: {path, through, stat}; numbers are decimal there, times Unix milliseconds.
            """)

    private let path: String

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        path = try ZnodePathArgument.read(arguments)
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let found = try options.door().znode(ZnodeQuestion(.stat, of: path))
        console.write(options.printsJSON ? found.encoded().line : Self.table(found).text)
        return .good
    }

    private static func table(_ found: ZnodeStatus) -> Table {
        let stat = found.stat
        return .facts([
            ("path", found.path), ("cZxid", Quantity.zxid(stat.czxid)),
            ("ctime", Quantity.date(stat.ctime)), ("mZxid", Quantity.zxid(stat.mzxid)),
            ("mtime", Quantity.date(stat.mtime)), ("pZxid", Quantity.zxid(stat.pzxid)),
            ("cversion", String(stat.cversion)), ("dataVersion", String(stat.version)),
            ("aclVersion", String(stat.aversion)),
            ("ephemeralOwner", stat.ephemeralOwner ?? Table.nothing),
            ("dataLength", String(stat.dataLength)), ("numChildren", String(stat.numChildren)),
        ])
    }
}
