import ChatWire
public import Toolbox
import Vocabulary

/// What came of the messages of a run, whatever was broken meanwhile.
public struct LoadReport: Sendable {
    public var acknowledged = 0
    public var unknown = 0
    /// Acknowledged as repeats of what had been taken before.
    public var repeated = 0
    public var delivered = 0
    /// Connections that ended.
    public var disconnections = 0
    public var violations: [Violation] = []
    /// From a send to its acknowledgement.
    public var latency = Histogram()

    public init(_ messages: [SentMessage]) {
        for message in messages {
            guard case .acknowledged(let receipt, let at) = message.outcome else {
                if case .unknown = message.outcome { unknown += 1 }
                continue
            }
            acknowledged += 1
            if receipt.isDuplicate { repeated += 1 }
            let duration = (at - message.sentAt).nanoseconds / 1_000
            latency.record(microseconds: UInt64(max(0, duration)))
        }
    }

    public var isSuccess: Bool { violations.isEmpty && unknown == 0 }

    private func count(_ kinds: Violation.Kind...) -> Int {
        violations.count { kinds.contains($0.kind) }
    }

    var rows: [TextTable.Row] {
        var rows: [TextTable.Row] = [
            ("acknowledged", "\(acknowledged)"),
            ("unknown", "\(unknown)"),
            ("repeated", "\(repeated)"),
            ("lost", "\(count(.lost))"),
            ("doubled", "\(count(.doubled, .invented))"),
            ("out of order", "\(count(.disorder, .gap))"),
            ("different histories", "\(count(.difference))"),
            ("refused", "\(count(.refused))"),
        ]
        for kind in [Violation.Kind.ring, .pace] where count(kind) > 0 {
            rows.append(("broken promises of the \(kind.rawValue)", "\(count(kind))"))
        }
        rows += [
            ("shown to devices", "\(delivered)"),
            ("connections lost", "\(disconnections)"),
        ]
        return rows
    }

    var latencyRows: [TextTable.Row] {
        [
            ("acknowledgement p50", TextTable.text(latency.percentile(perMille: 500))),
            ("acknowledgement p99", TextTable.text(latency.percentile(perMille: 990))),
        ]
    }
}

/// Figures for people: a name and a value in each line.
enum TextTable {
    typealias Row = (name: String, value: String)

    static func text(_ rows: [Row]) -> String {
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width + 2 - name.count) + value
        }.joined(separator: "\n") + "\n"
    }

    static func text(_ duration: Duration) -> String {
        "\(duration.nanoseconds / 1_000_000) ms"
    }

    static func text(_ microseconds: UInt64) -> String {
        "\(microseconds / 1_000).\(microseconds / 100 % 10) ms"
    }
}
