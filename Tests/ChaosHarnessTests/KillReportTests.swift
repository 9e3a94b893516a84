import ChaosHarness
import Testing
import Vocabulary

@Suite struct KillReportTests {
    private func report(_ messages: [SentMessage]) -> KillReport {
        KillReport(
            messages, gaps: AcknowledgementGaps([], [], end: Instant(nanoseconds: 0)))
    }

    @Test func `A run without violations and without unknown outcomes succeeds`() {
        let report = report(History(messages: 4).messages)
        #expect(report.isSuccess)
        #expect(report.acknowledged == 4)
    }

    @Test func `An unknown outcome is no success`() {
        var messages = History(messages: 4).messages
        messages[2].outcome = .unknown
        let report = report(messages)
        #expect(!report.isSuccess)
        #expect(report.unknown == 1)
    }

    @Test(arguments: Violation.Kind.allCases)
    func `Any violation is no success, and stands in the table`(_ kind: Violation.Kind) {
        var report = report(History(messages: 4).messages)
        let before = report.text()
        report.violations = [Violation(kind, "something")]
        #expect(!report.isSuccess)
        #expect(report.text() != before)
    }
}
