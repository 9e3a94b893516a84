import AdminWire
import Configuration
import Vocabulary

/// `clusterctl ring owner`
struct RingOwnerCommand: Command {
    static let description = CommandDescription(
        path: ["ring", "owner"], summary: "Shows which node is home to a user.",
        operands: [.init("USER", help: "the account's number, such as 17, or its name")],
        options: [
            .init("--id", help: "USER is a number for certain, such as 17 or u17"),
            .init("--name", help: "USER is a name for certain"),
        ],
        details: """
            Any number has a home, whether or not there is such an account; a name is looked up.
            The node that is asked is one with the newest ring that is not fenced; it answers from
            the ring that it has read last.
            JSON: {user, arc, owner, url, epoch, node, fenced}; node is the one that tells it.
            """)

    private let user: AdminRequest.UserReference

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        let text = arguments.operands[0]
        if arguments.has("--id") {
            guard !arguments.has("--name") else {
                throw .usage("--id and --name exclude each other")
            }
            user = .id(try CommandArguments.id(text, "an account's number"))
        } else if !arguments.has("--name"), let id = UserID(digits: text) {
            user = .id(id)
        } else {
            user = .name(text)
        }
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        let tables = try TablesReading<RingStatus>(door, .ring(runs: false))
        let informed = door.nodes.first { $0.id == tables.best?.node }
        guard let informed, let answer = try door.ask(informed, .ringOwner(user)) else {
            tables.complain(&console)
            return tables.status
        }
        let found: RingOwnerStatus
        do throws(AdminCallFailure) {
            found = try answer.shape()
        } catch {
            throw error.asControlFailure("node \(informed.id.digits): ")
        }
        console.write(options.printsJSON ? found.encoded().line : Self.table(found).text)
        guard found.isFenced else { return .good }
        console.complain(
            "node \(found.node.digits) is fenced: what it tells may be out of date")
        return .bad
    }

    private static func table(_ found: RingOwnerStatus) -> Table {
        .facts([
            ("user", "\(found.user)"), ("arc", "\(found.arc)"), ("owner", "\(found.owner)"),
            ("url", found.url.isEmpty ? Table.nothing : found.url), ("epoch", "\(found.epoch)"),
            ("told by", "\(found.node)"),
        ])
    }
}
