import AdminWire
import Configuration
import Toolbox
import Vocabulary

/// `clusterctl groups`
struct GroupsCommand: Command {
    static let description = CommandDescription(
        path: ["groups"], summary: "Lists the replica groups as their leaders see them.",
        options: [
            .init("--digests", help: "show every copy with the digest of its state")
        ],
        details: """
            With --digests, exits with 1 if copies that applied equally much hold different states;
            every node then walks over its whole state.
            JSON: a list of {group, kind, leader, term, commit, applied, copies}; leader is null
            where nobody leads.
            """)

    private let showsDigests: Bool

    init(_ arguments: CommandArguments) { showsDigests = arguments.has("--digests") }

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let door = try options.door()
        let answers = try door.askAll(.groups(digests: showsDigests))
        let reading = NodeReading(answers) { answer throws(AdminCallFailure) in
            try answer.list(of: GroupStatus.self)
        }
        let groups = GroupSummary.summarize(
            reading.told.flatMap(\.value), planned: door.plannedGroups,
            asked: door.nodes.map(\.id))
        console.write(text(groups, options))
        reading.complain(&console)
        let differing = groups.filter { !$0.differing.isEmpty }
        for group in differing {
            let nodes = group.differing.map { "\($0.node)" }.joined(separator: ", ")
            console.complain("group \(group.group): the copies on \(nodes) differ")
        }
        return differing.isEmpty ? reading.status : .bad
    }

    private func text(_ groups: [GroupSummary], _ options: GlobalOptions) -> String {
        if options.printsJSON {
            var json = JSONWriter(reserving: 4_096)
            GroupSummary.write(groups, into: &json)
            return json.take().line
        }
        return (showsDigests ? copies(groups) : GroupSummary.table(groups)).text
    }

    private func copies(_ groups: [GroupSummary]) -> Table {
        var table = Table(columns: [
            .init("GROUP"), .init("KIND"), .init("NODE"), .init("ROLE"), .init("TERM", .right),
            .init("COMMIT", .right), .init("APPLIED", .right), .init("DIGEST"),
        ])
        for copy in groups.flatMap(\.copies) {
            table.append([
                "\(copy.group)", copy.kind.rawValue, "\(copy.node)", copy.role.rawValue,
                copy.term.digits, copy.commit.digits, copy.applied.digits,
                copy.digest.map { HexDigits.encode($0) } ?? Table.nothing,
            ])
        }
        return table
    }
}
