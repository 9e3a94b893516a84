import AdminWire
import Vocabulary

/// `clusterctl sessions`
struct SessionsCommand: Command {
    static let description = CommandDescription(
        path: ["sessions"], summary: "Lists the sessions of the coordination service.",
        details: """
            A line for each: the node where its client is connected, or was last, the silence that
            ends it, how many ephemeral nodes it owns, and for how long it has been open.
            JSON: {through, now, count, sessions: [{session, node, timeout_milliseconds, opened_at,
            ephemerals, closing}]}; times are Unix milliseconds.
            """)

    init(_ arguments: CommandArguments) {}

    func run(
        _ options: GlobalOptions, _ console: inout some Console
    ) throws(ControlFailure) -> ControlStatus {
        let report: SessionsReport
        switch try options.door().askAny(.sessions, for: SessionsReport.self) {
        case .success(let found): report = found
        case .failure(let failure): throw failure.asControlFailure()
        }
        console.write(options.printsJSON ? report.encoded().line : Self.table(report).text)
        guard report.sessions.count < Int(report.count) else { return .good }
        console.complain(
            "there are \(report.count) sessions: the first \(report.sessions.count) are shown")
        return .bad
    }

    private static func table(_ report: SessionsReport) -> Table {
        var table = Table(columns: [
            .init("SESSION"), .init("NODE"), .init("TIMEOUT", .right), .init("EPHEMERALS", .right),
            .init("OPEN FOR", .right), .init("SINCE"), .init("STATE"),
        ])
        for session in report.sessions {
            let age = report.now.milliseconds - session.openedAt.milliseconds
            table.append([
                session.session, "\(session.node)",
                Quantity.seconds(Double(session.timeoutMilliseconds) / 1_000),
                String(session.ephemerals), Quantity.seconds(max(0, Double(age) / 1_000)),
                Quantity.date(session.openedAt), session.isClosing ? "closing" : "open",
            ])
        }
        return table
    }
}
