public import Toolbox

/// The figures of the machine itself, named as those of a run.
public struct CeilingReport: Sendable {
    public let settings: CeilingSettings
    public let figures: [(name: String, value: Double)]

    public init(_ settings: CeilingSettings, figures: [(name: String, value: Double)]) {
        self.settings = settings
        self.figures = figures
    }

    /// Measures what the settings say; this thread writes.
    public static func measure(_ settings: CeilingSettings) throws(BenchFailure) -> CeilingReport {
        switch settings.kind {
        case .fanOut: try FanOutCeiling.measure(settings)
        case .sync: try SyncCeiling.measure(settings)
        }
    }

    /// One line, as a run prints it.
    public var line: String {
        let words = figures.map { "\($0.name)=\(Figure.hundredths($0.value))" }
        return (["peer=\(Comparison.ceilingName)", "case=\(settings.caseName)"] + words)
            .joined(separator: " ")
    }

    /// One JSON object.
    public func encoded() -> Bytes {
        var object = JSONObject()
        object.set("peer", to: .text(Comparison.ceilingName))
        object.set("case", to: .text(settings.caseName))
        for figure in figures { object.set(figure.name, to: .number(figure.value)) }
        return JSONValue.object(object).encoded()
    }

    /// For people, the last line as above.
    public var text: String {
        var rows: [String] = []
        for (name, value) in figures {
            guard let title = Self.titles.first(where: { $0.figure == name })?.title else {
                continue
            }
            rows.append("  \(title)\(Self.padding(behind: title))\(Figure.hundredths(value))")
        }
        return (["\(settings.caseName):"] + rows + [line, ""]).joined(separator: "\n")
    }

    private static let titles = [
        (figure: "ops_s", title: "a second"),
        (figure: "p50_us", title: "p50, us"),
        (figure: "p99_us", title: "p99, us"),
        (figure: "srv_cpu_s_100k", title: "writer's CPU, s for 100,000"),
        (figure: "gen_cpu_s_100k", title: "reader's CPU, s for 100,000"),
        (figure: "srv_cpu_pct", title: "writer's CPU, % of a core"),
        (figure: "gen_cpu_pct", title: "reader's CPU, % of a core"),
    ]

    private static func padding(behind title: String) -> String {
        String(repeating: " ", count: max(1, 30 - title.utf8.count))
    }
}
