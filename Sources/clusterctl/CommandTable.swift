/// All commands, as help lists them.
enum CommandTable {
    static let commands: [any Command.Type] = [
        StatusCommand.self, NodesCommand.self, GroupsCommand.self, ShardsCommand.self,
        ChatCommand.self, UserCommand.self, UserImportCommand.self, TokenIssueCommand.self,
        ConfigCheckCommand.self, ConfigShowCommand.self, SecretsCreateCommand.self,
    ]

    static var descriptions: [CommandDescription] { commands.map { $0.description } }
}
