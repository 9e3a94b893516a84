import Placement
import Vocabulary

// What came of it.
extension KillRun {
    func report() -> KillReport {
        var acknowledgements: [AcknowledgementGaps.Acknowledgement] = []
        for message in messages {
            guard case .acknowledged(_, let at) = message.outcome else { continue }
            let group = files.partitions.group(of: message.chat)
            acknowledgements.append(AcknowledgementGaps.Acknowledgement(at: at, group: group))
        }
        acknowledgements.sort { $0.at < $1.at }
        let end = acknowledgements.last?.at ?? Instant(nanoseconds: 0)
        var report = KillReport(
            messages, gaps: AcknowledgementGaps(acknowledgements, kills, end: end))
        report.violations = violations
        report.killsCount = kills.count
        report.way = plan.way
        report.delivered = deliveries.entriesCount
        report.reconnections = devices.reduce(0) { $0 + $1.disconnectionsCount }
        return report
    }
}
