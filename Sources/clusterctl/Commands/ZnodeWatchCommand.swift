import AdminWire
import SystemIO
import Toolbox
import Vocabulary

/// `clusterctl znode watch`
struct ZnodeWatchCommand: Command {
    static let description = CommandDescription(
        path: ["znode", "watch"],
        summary: "Follows the changes of a node of the coordination tree.",
        operands: [ZnodePathArgument.operand],
        options: [
            .init("--every", "SECONDS", help: "how often to look (default: 0.5)"),
            .init("--for", "SECONDS", help: "end after that time (default: when interrupted)"),
        ],
        details: """
            Prints how the node is now, and a line for each change: of the node, its data, its
            children, its ACL. It looks again and again, so changes of one kind between two looks
            are one line. The node may not be there yet.
            JSON: a line each, {change, zxid, path, stat}; change is "present", "absent", "created",
            "deleted", "data", "children" or "acl".
            """)

    private let path: String
    private let interval: Duration
    private let length: Duration?

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        path = try ZnodePathArgument.read(arguments)
        interval = try arguments.seconds("--every") ?? .milliseconds(500)
        length = try arguments.seconds("--for")
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        let end = length.map { SystemClock.instant() + $0 }
        var last: ZnodeSighting?
        var complaint: String?
        while true {
            do throws(ControlFailure) {
                let sighting = try look(door)
                for change in sighting.changes(since: last) {
                    console.write(
                        options.printsJSON
                            ? change.json(of: path).line : change.text(of: path))
                }
                last = sighting
                complaint = nil
            } catch {
                // The first look tells whether the question makes sense; later ones go on.
                guard last != nil else { throw error }
                if complaint != error.message { console.complain(error.message) }
                complaint = error.message
            }
            if let end, SystemClock.instant() + interval > end {
                return complaint == nil ? .good : .bad
            }
            try pause(interval)
        }
    }

    private func look(_ door: ClusterDoor) throws(ControlFailure) -> ZnodeSighting {
        switch try door.askAny(.znode(ZnodeQuestion(.stat, of: path)), for: ZnodeStatus.self) {
        case .success(let found): return .present(found.stat)
        case .failure(.refused(_, let error)) where error.code == "not_found": return .absent
        case .failure(let failure): throw failure.asControlFailure()
        }
    }
}

/// How a node was when somebody looked.
enum ZnodeSighting: Hashable {
    case absent
    case present(ZnodeStat)

    /// What happened between an earlier look and this one, in the order of the changes.
    func changes(since last: ZnodeSighting?) -> [ZnodeNews] {
        switch (last, self) {
        case (nil, .absent): [ZnodeNews(.absent)]
        case (nil, .present(let stat)): [ZnodeNews(.present, by: stat.czxid, stat)]
        case (.absent, .absent): []
        case (.absent, .present(let stat)): [ZnodeNews(.created, by: stat.czxid, stat)]
        case (.present, .absent): [ZnodeNews(.deleted)]
        case (.present(let old), .present(let new)): Self.changes(from: old, to: new)
        }
    }

    private static func changes(from old: ZnodeStat, to new: ZnodeStat) -> [ZnodeNews] {
        guard old.czxid == new.czxid else {
            return [ZnodeNews(.deleted), ZnodeNews(.created, by: new.czxid, new)]
        }
        var changes: [ZnodeNews] = []
        if old.mzxid != new.mzxid { changes.append(ZnodeNews(.data, by: new.mzxid, new)) }
        if old.pzxid != new.pzxid { changes.append(ZnodeNews(.children, by: new.pzxid, new)) }
        changes.sort { ($0.zxid ?? 0) < ($1.zxid ?? 0) }
        // A stat does not tell which change set the ACL.
        if old.aversion != new.aversion { changes.append(ZnodeNews(.acl, new)) }
        return changes
    }
}

/// One line of what happens to a node.
struct ZnodeNews: Hashable {
    enum Change: String, Hashable {
        case present, absent, created, deleted, data, children, acl
    }

    let change: Change
    /// The number of the change, where it is known.
    let zxid: Int64?
    /// As it is since; nil where there is no node.
    let stat: ZnodeStat?

    init(_ change: Change, by zxid: Int64? = nil, _ stat: ZnodeStat? = nil) {
        self.change = change
        self.zxid = zxid
        self.stat = stat
    }

    func json(of path: String) -> Bytes {
        var json = JSONWriter(reserving: 256)
        json.beginObject()
        json.member("change", change.rawValue)
        json.key("zxid")
        if let zxid { json.value(zxid) } else { json.null() }
        json.member("path", path)
        json.key("stat")
        if let stat { json.raw(stat.encoded()) } else { json.null() }
        json.endObject()
        return json.take()
    }

    func text(of path: String) -> String {
        let number = zxid.map { Quantity.zxid($0) } ?? Table.nothing
        return Table.printable("\(number)  \(path)  \(words)") + "\n"
    }

    private static func counted(_ count: Int32, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    private var words: String {
        let version = "version \(stat?.version ?? 0)"
        let length = Self.counted(stat?.dataLength ?? 0, "byte", "bytes")
        let children = Self.counted(stat?.numChildren ?? 0, "child", "children")
        return switch change {
        case .present: "is there: \(version), \(length), \(children)"
        case .absent: "is not there"
        case .created: "was created: \(length)"
        case .deleted: "was deleted"
        case .data: "has other data: \(version), \(length)"
        case .children: "has other children: \(children)"
        case .acl: "has another ACL: version \(stat?.aversion ?? 0)"
        }
    }
}
