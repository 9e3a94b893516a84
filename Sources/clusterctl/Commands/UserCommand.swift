import AdminWire
import Vocabulary

/// `clusterctl user`
struct UserCommand: Command {
    static let description = CommandDescription(
        path: ["user"], summary: "Shows an account.",
        operands: [.init("NAME", help: "the account's name")],
        options: [.init("--id", help: "NAME is the account's number instead, such as 17 or u17")],
        details: "An account that is called like a command: clusterctl user -- import")

    private let user: AdminRequest.UserReference

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        let text = arguments.operands[0]
        user =
            arguments.has("--id")
            ? .id(try CommandArguments.id(text, "an account's number")) : .name(text)
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let account: UserStatus
        switch try options.door().askAny(.user(user), for: UserStatus.self) {
        case .success(let found): account = found
        case .failure(let failure): throw failure.asControlFailure()
        }
        console.write(options.printsJSON ? account.encoded().line : Self.table(account).text)
        return .good
    }

    private static func table(_ account: UserStatus) -> Table {
        .facts([
            ("user", "\(account.user)"), ("name", account.name),
            ("display name", account.displayName), ("chats", String(account.chats)),
            ("home", "\(account.home)"),
            (
                "devices",
                account.devices.isEmpty
                    ? Table.nothing : account.devices.map { "\($0)" }.joined(separator: " ")
            ),
        ])
    }
}
