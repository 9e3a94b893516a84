import ChaosHarness
import Testing
import Vocabulary

@Suite struct KillReportTests {
    private func report(_ messages: [SentMessage]) -> KillReport {
        KillReport(
            LoadReport(messages), gaps: AcknowledgementGaps([], [], end: Instant(nanoseconds: 0)))
    }

    @Test func `A run without violations and without unknown outcomes succeeds`() {
        let report = report(History(messages: 4).messages)
        #expect(report.isSuccess)
        #expect(report.load.acknowledged == 4)
    }

    @Test func `An unknown outcome is no success`() {
        var messages = History(messages: 4).messages
        messages[2].outcome = .unknown
        let report = report(messages)
        #expect(!report.isSuccess)
        #expect(report.load.unknown == 1)
    }

    @Test(arguments: Violation.Kind.allCases)
    func `Any violation is no success, and stands in the table`(_ kind: Violation.Kind) {
        var report = report(History(messages: 4).messages)
        let before = report.text()
        report.load.violations = [Violation(kind, "something")]
        #expect(!report.isSuccess)
        #expect(report.text() != before)
    }

    @Test func `The table says how leaders lost their places, and the gaps of how many`() {
        var report = report(History(messages: 4).messages)
        report.way = .stop
        report.killsCount = 2
        report.gaps = AcknowledgementGaps(
            [0, 10, 400, 410, 900].map {
                .init(at: Instant(nanoseconds: $0 * 1_000_000), group: ReplicaGroupID(100))
            },
            [5, 405].map { .init(at: Instant(nanoseconds: $0 * 1_000_000), groups: []) },
            end: Instant(nanoseconds: 900_000_000))
        let rows = report.text().split(separator: "\n")
        #expect(rows.contains { $0.hasPrefix("leaders stopped") && $0.hasSuffix("  2") })
        #expect(
            rows.contains {
                $0.hasPrefix("gap after a stop, any chat")
                    && $0.hasSuffix("median 490 ms, longest 490 ms, of 2")
            }, "\(rows)")
    }

    @Test func `A plan can be run again as it was`() {
        var plan = KillPlan(seed: 9)
        #expect(plan.reproduction == "REPRODUCE  scripts/chaos kills --seed 9")
        plan.way = .stop
        plan.killsCount = 50
        #expect(
            plan.reproduction == "REPRODUCE  scripts/chaos kills --seed 9 --how stop --kills 50")
    }
}
