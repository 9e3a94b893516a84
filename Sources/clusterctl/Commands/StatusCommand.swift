import SystemIO
import Vocabulary

/// `clusterctl status`
struct StatusCommand: Command {
    static let description = CommandDescription(
        path: ["status"], summary: "Shows all nodes and all groups, and whether all is well.",
        options: [
            .init(
                "--wait", "SECONDS",
                help: "wait until all nodes are ready and all groups led; exit 1 if that is longer")
        ],
        details: """
            Exits with 1 if a node is down or a group has no leader. A group's line is its leader's
            view, or the best copy's if nobody leads.
            """)

    private static let pollInterval = Duration.milliseconds(100)

    private let patience: Duration?

    init(_ arguments: CommandArguments) throws(ControlFailure) {
        patience = try arguments.seconds("--wait")
    }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        guard let patience else {
            return report(try ClusterPicture(door), options, &console)
        }
        let deadline = SystemClock.instant() + patience
        var picture = try ClusterPicture(door.limited(to: patience))
        while !picture.isReady {
            let left = deadline - SystemClock.instant()
            guard left > .zero else {
                _ = report(picture, options, &console)
                console.complain("the cluster is not ready after \(patience)")
                return .bad
            }
            try pause(min(left, Self.pollInterval))
            picture = try ClusterPicture(door.limited(to: deadline - SystemClock.instant()))
        }
        return report(picture, options, &console)
    }

    private func report(
        _ picture: ClusterPicture, _ options: GlobalOptions, _ console: inout some Console
    ) -> ControlStatus {
        console.write(options.printsJSON ? picture.json : picture.text)
        picture.reading.complain(&console)
        return picture.status
    }
}
