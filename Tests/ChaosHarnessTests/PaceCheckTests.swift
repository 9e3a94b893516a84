import ChaosHarness
import Testing
import Vocabulary

@Suite struct PaceCheckTests {
    private func moment(_ milliseconds: Int) -> Instant {
        Instant(nanoseconds: Int64(milliseconds) * 1_000_000)
    }

    private func reconnections(
        _ count: Int, each interval: Int, from: UInt16 = 1, to: UInt16 = 2,
        _ cause: Reconnection.Cause = .ring
    ) -> [Reconnection] {
        (0..<count).map {
            Reconnection(
                at: moment($0 * interval), cause: cause, from: NodeID(from), to: NodeID(to))
        }
    }

    @Test(arguments: [
        ([], 0), ([5], 1), ([0, 999], 2), ([0, 1_000], 1), ([0, 500, 1_000, 1_499], 3),
        ([3_000, 0, 10, 20, 2_500], 3),
    ])
    func `The peak is the most within any second`(milliseconds: [Int], peak: Int) {
        #expect(PaceCheck.peak(of: milliseconds.map { moment($0) }) == peak)
    }

    @Test func `What is spaced by the pace keeps it`() {
        let check = PaceCheck(reconnections(1_000, each: 10))
        #expect(check.peakOfOneNode == 100)
        #expect(check.violations(perSecond: 100, admissionsPerSecond: 100).isEmpty)
    }

    @Test func `What comes faster than the pace breaks it`() {
        let check = PaceCheck(reconnections(1_000, each: 8))
        #expect(check.violations(perSecond: 100, admissionsPerSecond: 0).map(\.kind) == [.pace])
        #expect(check.violations(perSecond: 0, admissionsPerSecond: 100).map(\.kind) == [.pace])
        #expect(check.violations(perSecond: 0, admissionsPerSecond: 0).isEmpty)
    }

    @Test func `Each node has a pace of its own, and one that many go to has none`() {
        let check = PaceCheck(
            reconnections(100, each: 10, from: 1, to: 3)
                + reconnections(100, each: 10, from: 2, to: 3))
        #expect(check.peak == 200)
        #expect(check.peakOfOneNode == 100)
        #expect(check.peakToOneNode == 200)
        #expect(check.violations(perSecond: 100, admissionsPerSecond: 200).isEmpty)
    }

    @Test func `Connections that broke are nobody's pace`() {
        let check = PaceCheck(reconnections(500, each: 0, .lost))
        #expect(check.peakOfOneNode == 0)
        #expect(check.peak == 500)
        #expect(check.violations(perSecond: 100, admissionsPerSecond: 0).isEmpty)
    }
}
