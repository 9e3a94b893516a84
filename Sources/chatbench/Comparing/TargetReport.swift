/// What is wanted against what was measured, case by case.
struct TargetReport {
    struct Line {
        let target: Target
        let caseName: String
        /// Nil for what was not measured.
        let ours: Double?
        /// Nil for what was not measured, and where no peer is beside it.
        let theirs: Double?

        /// Nil where something was not measured.
        var isMet: Bool? {
            guard let ours else { return nil }
            switch target.bound {
            case .timesAtLeast(let factor, _): return ratio.map { $0 >= factor }
            case .timesAtMost(let factor, _): return ratio.map { $0 <= factor }
            case .atMost(let most): return ours <= most
            case .stated: return true
            }
        }

        var ratio: Double? {
            guard let ours, let theirs, theirs > 0 else { return nil }
            return ours / theirs
        }
    }

    /// Of each target, a line for each of its cases.
    let lines: [[Line]]

    init(_ table: FigureTable) {
        lines = Target.all.map { target in
            let theirs = target.peer.flatMap {
                table.median(target.figure, $0.peer, $0.caseName)
            }
            return target.caseNames.map { caseName in
                let ours = table.median(target.figure, Comparison.ourName, caseName)
                return Line(target: target, caseName: caseName, ours: ours, theirs: theirs)
            }
        }
    }

    /// A sentence for each target that no case meets, or that was not measured.
    var shortfalls: [String] {
        lines.compactMap { lines in
            guard !lines.contains(where: { $0.isMet == true }) else { return nil }
            // The first is what is wanted; the others count only if they were measured.
            return (lines.first { $0.isMet == false } ?? lines.first)?.shortfall
        }
    }

    var markdown: [String] {
        var rows = [
            "| target | case, by | ours | wanted | ratio | met |",
            "| --- | --- | ---: | ---: | ---: | --- |",
        ]
        for lines in lines {
            for (index, line) in lines.enumerated() where index == 0 || line.ours != nil {
                rows.append(line.markdown)
            }
        }
        return rows
    }
}

extension Target {
    var peer: Comparison.Other? {
        switch bound {
        case .timesAtLeast(_, let other), .timesAtMost(_, let other): other
        case .atMost, .stated: nil
        }
    }

    /// What is wanted, for people.
    fileprivate var text: String {
        switch bound {
        case .timesAtLeast(let factor, let other):
            "\(name) at least \(Figure.hundredths(factor)) x \(other.peer) `\(other.caseName)`"
        case .timesAtMost(let factor, let other):
            "\(name) at most \(Figure.hundredths(factor)) x \(other.peer) `\(other.caseName)`"
        case .atMost(let most): "\(name) at most \(value(most))"
        case .stated: "\(name) stated"
        }
    }

    private var name: String {
        switch figure {
        case "ops_s": "messages/s"
        case "p50_us": "p50"
        case "srv_cpu_s_100k": "servers' CPU for 100,000"
        case "longest_turn_us": "longest turn"
        case "delivery_p50_us": "delivery p50"
        case let other: other
        }
    }

    fileprivate func value(_ value: Double) -> String {
        guard 0..<1e15 ~= value else { return "-" }
        if figure.hasSuffix("_us") { return Figure.microseconds(UInt64(value + 0.5)) }
        return figure == "ops_s"
            ? Figure.grouped(Int(value + 0.5)) : "\(Figure.hundredths(value)) s"
    }
}

extension TargetReport.Line {
    fileprivate var markdown: String {
        let cells = [
            target.text, "\(caseName), \(caseName.contains("_http") ? "HTTP" : "WebSocket")",
            ours.map(target.value) ?? "-", wanted,
            ratio.map { "\(Figure.hundredths($0)) x" } ?? "-",
            isMet.map { $0 ? "yes" : "**no**" } ?? "**not measured**",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private var wanted: String {
        switch target.bound {
        case .timesAtLeast(let factor, _), .timesAtMost(let factor, _):
            theirs.map { target.value(factor * $0) } ?? "-"
        case .atMost(let most): target.value(most)
        case .stated: ""
        }
    }

    fileprivate var shortfall: String {
        let name = "\(caseName): \(target.figure)"
        let of = target.peer.map { "\($0.peer)'s \($0.caseName)" } ?? ""
        guard let ours, isMet != nil else {
            return of.isEmpty ? "\(name): not measured" : "\(name) beside \(of): not measured"
        }
        let times = Figure.hundredths(ratio ?? 0)
        switch target.bound {
        case .timesAtLeast(let factor, _):
            return "\(name) is \(times) times \(of), not \(Figure.hundredths(factor)) times or more"
        case .timesAtMost(let factor, _):
            return "\(name) is \(times) times \(of), not \(Figure.hundredths(factor)) times or less"
        case .atMost(let most):
            return "\(name) is \(target.value(ours)), not \(target.value(most)) or less"
        case .stated: return name
        }
    }
}
