import ChaosHarness
import Testing
import Vocabulary

@Suite struct ChurnReportTests {
    private func ring(_ epoch: UInt64, movedBelow bound: Int) -> RingReading {
        RingReading(
            node: NodeID(1), epoch: RingEpoch(epoch),
            owners: (0..<Int(Limits.arcsCount)).map { NodeID($0 < bound ? 2 : 1) })
    }

    @Test func `The table says how many arcs moved in which steps`() {
        let rings = [ring(3, movedBelow: 0), ring(4, movedBelow: 820), ring(5, movedBelow: 1_000)]
        let change = ChurnReport.Change(
            "join", of: NodeID(2), rings, from: Instant(nanoseconds: 0),
            to: Instant(nanoseconds: 2_500_000_000))
        let report = ChurnReport(LoadReport(History(messages: 4).messages), [change])
        let rows = report.text().split(separator: "\n")
        #expect(report.isSuccess)
        #expect(rows.contains { $0.hasSuffix("1000, in 2 epochs: 820 180") }, "\(rows)")
        #expect(rows.contains { $0.contains("last arc moved") && $0.hasSuffix("2500 ms") })
    }

    @Test(arguments: [Violation.Kind.ring, .pace])
    func `A broken promise of the ring is no success, and stands in the table`(
        _ kind: Violation.Kind
    ) {
        var report = ChurnReport(LoadReport(History(messages: 4).messages), [])
        let before = report.text()
        report.load.violations = [Violation(kind, "something")]
        #expect(!report.isSuccess)
        #expect(report.text() != before)
    }

    @Test func `A plan can be run again as it was`() {
        let plan = ChurnPlan(seed: 9, departuresPerSecond: 500, admissionsPerSecond: 2_000)
        #expect(
            plan.reproduction
                == "REPRODUCE  scripts/chaos ring --seed 9 --connections 3000 --rate 400 --pace 500"
        )
    }
}
