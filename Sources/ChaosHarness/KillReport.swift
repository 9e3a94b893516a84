import Toolbox
import Vocabulary

/// What a run of `chaos kills` found.
public struct KillReport: Sendable {
    public var load: LoadReport
    /// Of leaders; the kill of all nodes at the end not counted.
    public var killsCount = 0
    public var way = KillPlan.Way.kill
    public var gaps: AcknowledgementGaps

    public init(_ load: LoadReport, gaps: AcknowledgementGaps) {
        self.load = load
        self.gaps = gaps
    }

    public var isSuccess: Bool { load.isSuccess }

    /// A table for people.
    public func text() -> String {
        TextTable.text(
            load.rows + [
                ("leaders \(way.past)", "\(killsCount)"),
                ("gap after a \(way.rawValue), any chat", Self.text(gaps.ofAll)),
                ("gap after a \(way.rawValue), chats of that leader", Self.text(gaps.ofGroups)),
            ] + load.latencyRows)
    }

    private static func text(_ gaps: [Duration]) -> String {
        guard let (median, longest) = AcknowledgementGaps.summary(gaps) else { return "none" }
        return "median \(TextTable.text(median)), longest \(TextTable.text(longest)),"
            + " of \(gaps.count)"
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
