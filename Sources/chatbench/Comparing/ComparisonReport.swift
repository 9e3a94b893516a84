public import Toolbox

/// Our figures beside those of others, as a table in Markdown and as JSON.
public struct ComparisonReport: Sendable {
    private typealias Other = Comparison.Other

    private let table: FigureTable

    public init(_ table: FigureTable) { self.table = table }

    /// A line for each target that is missed, or was not measured.
    public var shortfalls: [String] { TargetReport(table).shortfalls }

    private static func ours(_ caseName: String) -> Other {
        Other(peer: Comparison.ourName, caseName: caseName)
    }

    private func median(_ figure: String, _ of: Other) -> Double? {
        table.median(figure, of.peer, of.caseName)
    }

    private func ratio(of figure: String, _ one: Other, to other: Other) -> Double? {
        guard let ours = median(figure, one), let theirs = median(figure, other), theirs > 0
        else { return nil }
        return ours / theirs
    }

    // MARK: For people

    private static let ratedFigures = ["ops_s", "p50_us", "srv_cpu_s_100k"]

    /// Remarks, the comparison, our own figures, and what is wanted of them.
    public var markdown: String {
        var lines = table.remarks.map { "- \($0)" }
        if let disk = diskText { lines.append("- fdatasync of 4 KiB here: \(disk)") }
        if !lines.isEmpty { lines.append("") }
        lines += comparisonLines + [""] + ownLines + [""] + TargetReport(table).markdown
        return lines.joined(separator: "\n") + "\n"
    }

    private var diskText: String? {
        let sync = Other(peer: Comparison.ceilingName, caseName: "sync")
        guard let p50 = median("p50_us", sync), let p99 = median("p99_us", sync) else { return nil }
        let range = table.range(of: "p50_us", sync.peer, sync.caseName) ?? p50...p50
        return "p50 \(Self.time(p50)) (\(Self.time(range.lowerBound)) to"
            + " \(Self.time(range.upperBound))), p99 \(Self.time(p99))"
    }

    private var comparisonLines: [String] {
        var lines = [
            "| case | system | rate/s (runs) | p50 | p99 | servers' CPU for 100,000"
                + " | bench CPU for 100,000 | our rate | our p50 | our CPU |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for row in Comparison.rows {
            let ours = Self.ours(row.caseName)
            let others = row.others.filter { median("ops_s", $0) != nil }
            guard median("ops_s", ours) != nil || !others.isEmpty else { continue }
            lines.append(
                Self.line(
                    ["\(row.caseName): \(row.what)", "**Rookery**"] + cells(ours)
                        + ["", "", ""]))
            for other in others {
                let ratios = Self.ratedFigures.map { figure in
                    ratio(of: figure, ours, to: other).map { "\(Figure.hundredths($0)) x" } ?? "-"
                }
                lines.append(
                    Self.line(["", "\(other.peer) `\(other.caseName)`"] + cells(other) + ratios))
            }
        }
        return lines
    }

    /// Rate, p50, p99, CPU, and that of the program that makes the load.
    private func cells(_ of: Other) -> [String] {
        [
            rate("ops_s", of), median("p50_us", of).map(Self.time) ?? "-",
            median("p99_us", of).map(Self.time) ?? "-",
            seconds("srv_cpu_s_100k", of), seconds("gen_cpu_s_100k", of),
        ]
    }

    private func seconds(_ figure: String, _ of: Other) -> String {
        median(figure, of).map { "\(Figure.hundredths($0)) s" } ?? "-"
    }

    private var ownLines: [String] {
        var lines = [
            "| case | rate/s | p99.9 | deliveries/s | delivery p50 | own CPU, of a core"
                + " | servers' peak memory | longest turn |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for caseName in table.cases(of: Comparison.ourName) {
            let ours = Self.ours(caseName)
            lines.append(
                Self.line([
                    caseName, rate("ops_s", ours), median("p999_us", ours).map(Self.time) ?? "-",
                    rate("deliveries_s", ours),
                    median("delivery_p50_us", ours).map(Self.time) ?? "-",
                    median("gen_cpu_pct", ours).map { "\(Self.whole($0)) %" } ?? "-",
                    median("srv_peak_rss_mb", ours).map { "\(Self.whole($0)) MiB" } ?? "-",
                    median("longest_turn_us", ours).map(Self.time) ?? "-",
                ]))
        }
        return lines.count > 2 ? lines : []
    }

    private func rate(_ figure: String, _ of: Other) -> String {
        guard let median = median(figure, of) else { return "-" }
        let text = Self.whole(median)
        guard let range = table.range(of: figure, of.peer, of.caseName),
            table.runsCount(of.peer, of.caseName) > 1
        else { return text }
        return "\(text) (\(Self.whole(range.lowerBound)) to \(Self.whole(range.upperBound)))"
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }

    private static func whole(_ value: Double) -> String {
        0..<1e15 ~= value ? Figure.grouped(Int(value + 0.5)) : "-"
    }

    private static func time(_ microseconds: Double) -> String {
        0..<1e15 ~= microseconds ? Figure.microseconds(UInt64(microseconds + 0.5)) : "-"
    }

    // MARK: For programs

    /// One JSON object: remarks, each measured case with the medians, and what falls short.
    public func encoded() -> Bytes {
        var object = JSONObject()
        object.set("remarks", to: .array(table.remarks.map { .text($0) }))
        object.set(
            "cases",
            to: .array(
                table.measured.map { peer, caseName in
                    .object(encodedCase(Other(peer: peer, caseName: caseName)))
                }))
        object.set("shortfalls", to: .array(shortfalls.map { .text($0) }))
        return JSONValue.object(object).encoded()
    }

    private func encodedCase(_ of: Other) -> JSONObject {
        var object = JSONObject()
        object.set("peer", to: .text(of.peer))
        object.set("case", to: .text(of.caseName))
        object.set("runs", to: .integer(Int64(table.runsCount(of.peer, of.caseName))))
        for figure in table.figures(of.peer, of.caseName) {
            guard let median = median(figure, of) else { continue }
            object.set(figure, to: .number(median))
        }
        return object
    }
}
