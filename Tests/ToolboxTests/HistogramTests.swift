import Testing
import Toolbox

@Suite("A histogram")
struct HistogramTests {
    @Test("of nothing says zero")
    func empty() {
        let histogram = Histogram()
        #expect(histogram.percentile(perMille: 500) == 0)
        #expect(histogram.count == 0)
        #expect(histogram.longestMicroseconds == 0)
    }

    @Test("is exact for short times")
    func exact() {
        var histogram = Histogram()
        for value in 1...30 as ClosedRange<UInt64> { histogram.record(microseconds: value) }
        #expect(histogram.percentile(perMille: 0) == 1)
        #expect(histogram.percentile(perMille: 100) == 3)
        #expect(histogram.percentile(perMille: 500) == 15)
        #expect(histogram.percentile(perMille: 1_000) == 30)
        #expect(histogram.sumMicroseconds == 465)
        #expect(histogram.count(withinMicroseconds: 7) == 7)
    }

    @Test("is never below the truth and at most 1/32 above it")
    func accuracy() {
        var random = SeededRandom(seed: 99)
        for magnitude in 1...36 as ClosedRange<UInt64> {
            var histogram = Histogram()
            var values = (0..<200).map { _ in random.below(UInt64(1) << magnitude) }
            for value in values { histogram.record(microseconds: value) }
            values.sort()
            #expect(histogram.longestMicroseconds == values[199])
            for percent in [1, 25, 50, 90, 99, 100] {
                let truth = values[percent * 2 - 1]
                let told = histogram.percentile(perMille: percent * 10)
                #expect(told >= truth)
                #expect(told <= truth + truth / 32)
            }
        }
    }

    @Test("counts what is too long as its longest")
    func clamped() {
        var histogram = Histogram()
        histogram.record(microseconds: .max)
        #expect(histogram.longestMicroseconds == Histogram.microsecondsMaximum)
        #expect(histogram.percentile(perMille: 500) == Histogram.microsecondsMaximum)
        #expect(histogram.count(withinMicroseconds: .max) == 1)
    }

    @Test("adds up to what one histogram of all would be")
    func adding() {
        var random = SeededRandom(seed: 100)
        var (left, right, all) = (Histogram(), Histogram(), Histogram())
        for _ in 0..<1_000 {
            let value = random.below(UInt64(1) << UInt64(random.below(40)))
            if random.chance(0.5) {
                left.record(microseconds: value)
            } else {
                right.record(microseconds: value)
            }
            all.record(microseconds: value)
        }
        left.add(right)
        #expect(left == all)
    }
}
