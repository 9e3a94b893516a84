import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// `clusterctl group list`
struct GroupListCommand: Command {
    static let description = CommandDescription(
        path: ["group", "list"],
        summary: "Lists who has a share in each group, as its leader sees it.",
        details: """
            A line for each member: its copy's id, whether it votes, how far its log agrees with the
            leader's and how many entries it lags. While a group moves from one set of voters to
            another (joint), those of the new set alone are incoming, those of the old one outgoing.
            JSON: as "clusterctl groups".
            """)

    init(_ arguments: CommandArguments) {}

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        let answers = try door.askAll(.groups(digests: false))
        let reading = NodeReading(answers) { answer throws(AdminCallFailure) in
            try answer.list(of: GroupStatus.self)
        }
        let groups = GroupSummary.summarize(
            reading.told.flatMap(\.value), planned: door.plannedGroups,
            asked: door.nodes.map(\.id))
        if options.printsJSON {
            var json = JSONWriter(reserving: 4_096)
            GroupSummary.write(groups, into: &json)
            console.write(json.take().line)
        } else {
            console.write(Self.table(groups).text + GroupSummary.remarks(groups))
        }
        reading.complain(&console)
        return reading.status
    }

    private static func table(_ groups: [GroupSummary]) -> Table {
        var table = Table(columns: [
            .init("GROUP"), .init("KIND"), .init("NODE"), .init("COPY"), .init("STANDING"),
            .init("LEADS"), .init("MATCH", .right), .init("LAG", .right),
        ])
        for group in groups {
            for member in group.members {
                let leads =
                    group.leader == member.node
                    ? (group.holdsLease ? "with lease" : "yes")
                    : group.preferred == member.node ? "preferred" : Table.nothing
                let lag = member.match.map { match in
                    group.last.rawValue > match.rawValue
                        ? group.last.rawValue - match.rawValue : 0
                }
                table.append([
                    "\(group.group)", group.kind.rawValue, "\(member.node)", "\(member.replica)",
                    member.standing.rawValue, leads, member.match?.digits ?? Table.nothing,
                    lag.map { "\($0)" } ?? Table.nothing,
                ])
            }
            if group.members.isEmpty {
                table.append(
                    ["\(group.group)", group.kind.rawValue]
                        + Array(repeating: Table.nothing, count: 6))
            }
        }
        return table
    }
}
