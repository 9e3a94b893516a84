import AdminWire

/// `clusterctl token issue`
struct TokenIssueCommand: Command {
    static let description = CommandDescription(
        path: ["token", "issue"], summary: "Makes a token that opens the client API as a user.",
        operands: [.init("NAME", help: "the account's name")],
        options: [
            .init("--device", "LABEL", help: "what the new device is called (default: clusterctl)")
        ],
        details: """
            Prints the token alone, for scripts. Whoever has it is that user until it expires, or
            until its device is removed.
            """)

    private let request: TokenRequest

    init(_ arguments: CommandArguments) {
        request = TokenRequest(
            name: arguments.operands[0], device: arguments.options["--device"] ?? "clusterctl")
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        switch try options.door().askAny(.issueToken(request), for: IssuedToken.self) {
        case .success(let issued):
            console.write(options.printsJSON ? issued.encoded().line : issued.token + "\n")
            return .good
        case .failure(let failure): throw failure.asControlFailure()
        }
    }
}
