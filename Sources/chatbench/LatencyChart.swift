public import Toolbox

/// A histogram as people look at it.
public enum LatencyChart {
    private static let barWidth: UInt64 = 50

    /// One line for each step of 1, 2, 5, 10, ... that has any, with a bar.
    public static func lines(of histogram: Histogram) -> [String] {
        var lines: [String] = []
        var before: UInt64 = 0
        let steps = stepsCovering(histogram.longestMicroseconds)
        let counts = steps.map { step in
            let upTo = histogram.count(withinMicroseconds: step)
            defer { before = upTo }
            return upTo - before
        }
        let most = max(counts.max() ?? 0, 1)
        for (step, count) in zip(steps, counts) where count > 0 {
            let bar = String(repeating: "#", count: Int((count * barWidth + most - 1) / most))
            lines.append(
                "  to \(padded(Figure.microseconds(step), 9))  \(padded("\(count)", 10))  \(bar)")
        }
        return lines
    }

    /// 1, 2, 5, 10, 20, ...; the last one holds everything, however buckets round.
    private static func stepsCovering(_ longest: UInt64) -> [UInt64] {
        var steps: [UInt64] = []
        var power: UInt64 = 1
        while power <= Histogram.microsecondsMaximum / 10 {
            for digit: UInt64 in [1, 2, 5] {
                steps.append(digit * power)
                if digit * power > longest + longest / 16 { return steps }
            }
            power *= 10
        }
        return steps + [Histogram.microsecondsMaximum]
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
