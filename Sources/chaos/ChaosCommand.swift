import ChaosHarness
import ClusterNode
import Configuration
import Gateway
import Glibc
import SystemIO

/// `chaos`: breaks a cluster of real processes and looks whether it kept its promises.
enum ChaosCommand {
    static let help = """
        usage: chaos kills [--sends 20000 | --kills N] [--how kill|stop|transfer]
                           [--connections 50] [--rate 600] [--config FILE] [--seed N] [--keep]
               chaos ring  [--connections 3000] [--rate 400] [--pace 500]
                           [--config FILE] [--seed N] [--keep]

        kills starts a cluster of its own, sends messages over WebSocket connections while a leader
        is killed with SIGKILL every 3 s and started again, then kills all nodes at once, and reads
        everything back from each of them. Nothing that was acknowledged may be lost, doubled or out
        of order.

        ring starts five nodes with clients at their homes, who send all the time; tells one node to
        end, and starts it again when the others have taken its arcs and clients. Only the share
        that must move may move, at the pace that is set, and every send must come through.

          --sends N        messages to send
          --kills N        kill so many leaders, and send as long as that takes
          --how WAY        kill: SIGKILL (the default); stop: SIGTERM, then a new start, as for an
                           update; transfer: one group is handed over to another node. All nodes
                           at once are killed in any case
          --connections N  WebSocket connections, each of a user of its own
          --rate N         sends a second, of all connections together
          --pace N         clients that one node may send elsewhere in a second
          --config FILE    the number of nodes, and all settings; ports and folders are its own.
                           Without it three or five nodes, cheap passwords, no rate limits
          --seed N         draws chats, texts, and whom it hits
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
        case .run(let arguments): exit(run(arguments) ? 0 : 1)
        }
    }

    private static func run(_ arguments: ChaosArguments) -> Bool {
        do {
            let configuration = try arguments.config.map(ClusterConfiguration.load)
            let chatnode = try Folder.ofThisProgram().path(of: "chatnode")
            try DescriptorLimit.raise()
            return switch arguments.suite {
            case .kills:
                ChaosSuite.kills(
                    killPlan(arguments),
                    draft(
                        configuration, nodesCount: 3, configuration?.settings ?? ownSettings()),
                    chatnode: chatnode)
            case .ring: ring(arguments, configuration, chatnode: chatnode)
            }
        } catch {
            StandardError.write("chaos: \(error)\n")
            return false
        }
    }

    private static func killPlan(_ arguments: ChaosArguments) -> KillPlan {
        var plan = KillPlan(seed: arguments.seed)
        plan.way = arguments.way
        plan.killsCount = arguments.killsCount
        plan.sendsCount = arguments.sendsCount ?? plan.sendsCount
        plan.connectionsCount = arguments.connectionsCount ?? plan.connectionsCount
        plan.sendsPerSecond = arguments.sendsPerSecond ?? plan.sendsPerSecond
        plan.keepsFiles = arguments.keepsFiles
        return plan
    }

    private static func ring(
        _ arguments: ChaosArguments, _ configuration: ClusterConfiguration?, chatnode: String
    ) -> Bool {
        var settings = configuration?.settings ?? ownSettings()
        if configuration == nil {
            // A client whose wait for a dead node ended at another one is a guest there. Nobody
            // learns more from half a minute of that.
            settings.node.gateway.guestPatience = .seconds(3)
        }
        if let pace = arguments.departuresPerSecond {
            settings.node.gateway.goawayPerSecondMaximum = pace
        }
        let gateway = settings.node.gateway
        var plan = ChurnPlan(
            seed: arguments.seed, departuresPerSecond: gateway.goawayPerSecondMaximum,
            admissionsPerSecond: gateway.admissionsPerSecondMaximum)
        plan.connectionsCount = arguments.connectionsCount ?? plan.connectionsCount
        plan.sendsPerSecond = arguments.sendsPerSecond ?? plan.sendsPerSecond
        plan.keepsFiles = arguments.keepsFiles
        let draft = draft(configuration, nodesCount: 5, settings)
        return ChaosSuite.ring(plan, draft, chatnode: chatnode)
    }

    // MARK: Clusters

    private static func draft(
        _ configuration: ClusterConfiguration?, nodesCount: Int, _ settings: ClusterSettings
    ) -> ClusterDraft {
        guard let configuration else {
            return ClusterDraft(
                zones: Array(repeating: "", count: nodesCount), shardsCount: 4, replicas: 3,
                settings: text(settings))
        }
        return ClusterDraft(
            zones: configuration.nodes.map(\.zone), shardsCount: configuration.shardsCount,
            replicas: configuration.replicas, settings: text(settings))
    }

    private static func ownSettings() -> ClusterSettings {
        var settings = ClusterSettings()
        settings.passwords.hashCost = 1
        settings.node.gateway.messagesPerSecond = 0
        return settings
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
