import ChatWire
public import Toolbox
import Vocabulary

/// What a run of `chaos kills` found.
public struct KillReport: Sendable {
    public var acknowledged = 0
    public var unknown = 0
    /// Acknowledged as repeats of what had been taken before.
    public var repeated = 0
    public var delivered = 0
    public var reconnections = 0
    public var violations: [Violation] = []
    /// Of leaders; the kill of all nodes at the end not counted.
    public var killsCount = 0
    public var way = KillPlan.Way.kill
    public var gaps: AcknowledgementGaps
    /// From a send to its acknowledgement.
    public var latency = Histogram()

    public init(_ messages: [SentMessage], gaps: AcknowledgementGaps) {
        self.gaps = gaps
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

    /// A table for people.
    public func text() -> String {
        let rows = [
            ("acknowledged", "\(acknowledged)"),
            ("unknown", "\(unknown)"),
            ("repeated", "\(repeated)"),
            ("lost", "\(count(.lost))"),
            ("doubled", "\(count(.doubled, .invented))"),
            ("out of order", "\(count(.disorder, .gap))"),
            ("different histories", "\(count(.difference))"),
            ("refused", "\(count(.refused))"),
            ("shown to devices", "\(delivered)"),
            ("connections lost", "\(reconnections)"),
            ("leaders \(way.past)", "\(killsCount)"),
            ("gap after a \(way.rawValue), any chat", Self.text(gaps.ofAll)),
            ("gap after a \(way.rawValue), chats of that leader", Self.text(gaps.ofGroups)),
            ("acknowledgement p50", Self.milliseconds(latency.percentile(perMille: 500))),
            ("acknowledgement p99", Self.milliseconds(latency.percentile(perMille: 990))),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width + 2 - name.count) + value
        }.joined(separator: "\n") + "\n"
    }

    private static func text(_ gaps: [Duration]) -> String {
        guard let (median, longest) = AcknowledgementGaps.summary(gaps) else { return "none" }
        return "median \(milliseconds(median)), longest \(milliseconds(longest)),"
            + " of \(gaps.count)"
    }

    private static func milliseconds(_ duration: Duration) -> String {
        "\(duration.nanoseconds / 1_000_000) ms"
    }

    private static func milliseconds(_ microseconds: UInt64) -> String {
        "\(microseconds / 1_000).\(microseconds / 100 % 10) ms"
    }
}

extension KillPlan.Way {
    /// What was done.
    var past: String {
        switch self {
        case .kill: "killed"
        case .stop: "stopped"
        case .transfer: "replaced"
        }
    }
}
