/// What `--help` prints, on every level.
struct HelpText {
    let commands: [CommandDescription]
    let globalOptions: [CommandDescription.Option]

    private static let exitStatus = """
        exit status: 0 all is well; 1 the answer is bad; 2 wrong arguments, configuration or
        secrets; 3 nobody answered.

        """

    func text(for path: [String]) -> String {
        let family = commands.filter { $0.path.starts(with: path) }
        let parts =
            if path.isEmpty {
                overview
            } else if let command = family.first(where: { $0.path == path }) {
                page(of: command, beside: family.filter { $0.path != path })
            } else {
                ["usage:", listed(family)]
            }
        return (parts + [Self.optionList("options everywhere:", globalOptions), Self.exitStatus])
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var overview: [String] {
        [
            """
            usage: clusterctl COMMAND [OPTIONS]

            Asks the nodes of a cluster how they are, through their admin ports.

            commands:
            """ + "\n" + listed(commands),
            "\"clusterctl COMMAND --help\" tells more of a command.\n",
        ]
    }

    private func page(
        of command: CommandDescription, beside others: [CommandDescription]
    ) -> [String] {
        var parts = ["usage: clusterctl \(command.synopsis)\n", "\(command.summary)\n"]
        if !command.details.isEmpty { parts.append("\(command.details)\n") }
        if !others.isEmpty { parts.append("see also:\n\(listed(others))") }
        let operands = command.operands.map { ($0.name, $0.help) }
        if !operands.isEmpty { parts.append("arguments:\n" + Self.aligned(operands)) }
        parts.append(Self.optionList("options:", command.options))
        return parts
    }

    private func listed(_ commands: [CommandDescription]) -> String {
        Self.aligned(
            commands.map { command in
                let words = command.path + command.operands.map(\.synopsis)
                return (words.joined(separator: " "), command.summary)
            })
    }

    private static func optionList(
        _ title: String, _ options: [CommandDescription.Option]
    ) -> String {
        options.isEmpty ? "" : title + "\n" + aligned(options.map { ($0.synopsis, $0.help) })
    }

    private static func aligned(_ rows: [(String, String)]) -> String {
        var table = Table(columns: [.init(""), .init("")], showsHeader: false)
        for (left, right) in rows { table.append(["  " + left, right]) }
        return table.text
    }
}
