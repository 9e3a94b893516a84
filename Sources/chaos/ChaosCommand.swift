import ChaosHarness
import ClusterNode
import Configuration
import Gateway
import Glibc
import SystemIO

/// `chaos kills`: breaks a cluster of real processes and looks whether it kept its promises.
enum ChaosCommand {
    static let help = """
        usage: chaos kills [--sends 20000 | --kills N] [--how kill|stop|transfer]
                           [--connections 50] [--rate 600] [--config FILE] [--seed N] [--keep]

        Starts a cluster of its own, sends messages over WebSocket connections while a leader is
        killed with SIGKILL every 3 s and started again, then kills all nodes at once, and reads
        everything back from each of them. Nothing that was acknowledged may be lost, doubled or out
        of order.

          --sends N        messages to send
          --kills N        kill so many leaders, and send as long as that takes
          --how WAY        kill: SIGKILL (the default); stop: SIGTERM, then a new start, as for an
                           update; transfer: one group is handed over to another node. All nodes
                           at once are killed in any case
          --connections N  WebSocket connections, each of a user of its own
          --rate N         sends a second, of all connections together
          --config FILE    the number of nodes, and all settings; ports and folders are its own.
                           Without it three nodes, cheap passwords, no rate limits
          --seed N         draws chats, texts and whom to kill
          --keep           leave the nodes' files where they are

        exit status: 0 if every promise was kept, 1 if not, 2 for wrong arguments.

        """

    static func run(_ arguments: [String]) {
        let arguments = Array(arguments.dropFirst())
        switch ChaosArguments.parse(arguments, seed: SystemRandom.seed() >> 32) {
        case .help: print(help, terminator: "")
        case .wrong(let what):
            StandardError.write("chaos: \(what)\n\n\(help)")
            exit(2)
        case .kills(let arguments): exit(kills(arguments) ? 0 : 1)
        }
    }

    private static func kills(_ arguments: ChaosArguments) -> Bool {
        do {
            let draft = try arguments.config.map(draft(from:)) ?? ownDraft()
            let chatnode = try Folder.ofThisProgram().path(of: "chatnode")
            try DescriptorLimit.raise()
            return ChaosSuite.kills(arguments.plan, draft, chatnode: chatnode)
        } catch {
            StandardError.write("chaos: \(error)\n")
            return false
        }
    }

    private static func draft(from config: String) throws(ConfigurationFailure) -> ClusterDraft {
        let configuration = try ClusterConfiguration.load(config)
        return ClusterDraft(
            zones: configuration.nodes.map(\.zone), shardsCount: configuration.shardsCount,
            replicas: configuration.replicas, settings: text(configuration.settings))
    }

    private static func ownDraft() -> ClusterDraft {
        var settings = ClusterSettings()
        settings.passwords.hashCost = 1
        settings.node.gateway.messagesPerSecond = 0
        return ClusterDraft(
            zones: ["", "", ""], shardsCount: 4, replicas: 3, settings: text(settings))
    }

    /// All settings as a configuration file has them.
    private static func text(_ settings: ClusterSettings) -> String {
        SettingTable.sections.map { section in
            let keys = SettingTable.keys(of: section).map {
                "\($0.name): \($0.value(in: settings))"
            }
            return "  \(section): { \(keys.joined(separator: ", ")) },\n"
        }.joined()
    }
}
