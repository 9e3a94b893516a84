/// One thing that `clusterctl` does.
protocol Command: SendableMetatype {
    static var description: CommandDescription { get }

    /// - Throws: `usage` when an argument does not mean what it must.
    init(_ arguments: CommandArguments) throws(ControlFailure)

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus
}

/// All commands, as help lists them.
enum CommandTable {
    static let commands: [any Command.Type] = [
        StatusCommand.self, NodesCommand.self, GroupsCommand.self, GroupListCommand.self,
        GroupTransferCommand.self, GroupAddLearnerCommand.self, GroupPromoteCommand.self,
        GroupDemoteCommand.self, GroupRemoveCommand.self, ShardsCommand.self,
        ChatCommand.self, UserCommand.self, UserImportCommand.self, TokenIssueCommand.self,
        RingCommand.self, RingOwnerCommand.self, PlacementCommand.self,
        ZnodeListCommand.self, ZnodeGetCommand.self, ZnodeStatCommand.self,
        ZnodeWatchCommand.self, SessionsCommand.self,
        ConfigCheckCommand.self, ConfigShowCommand.self, SecretsCreateCommand.self,
    ]

    static var descriptions: [CommandDescription] { commands.map { $0.description } }
}
