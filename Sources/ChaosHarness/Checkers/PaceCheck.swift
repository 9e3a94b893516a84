public import Vocabulary

/// Whether clients were sent elsewhere as slowly as was set.
public struct PaceCheck: Sendable {
    /// The most in any second, of all reconnections.
    public let peak: Int
    /// The most in any second of those that one node asked for.
    public let peakOfOneNode: Int
    /// The most in any second to one node.
    public let peakToOneNode: Int

    /// How much more than was set may be seen: what was evenly spaced when it left a node is not
    /// quite so when a client with many others on one thread gets to it.
    private static let tolerancePerCent = 5

    public init(_ reconnections: [Reconnection]) {
        let causes: [Reconnection.Cause] = [.ring, .stop]
        let asked = reconnections.filter { causes.contains($0.cause) }
        peak = Self.peak(of: reconnections.map(\.at))
        peakOfOneNode = Self.peak(asked, by: \.from)
        peakToOneNode = Self.peak(reconnections, by: \.to)
    }

    private static func peak<Key: Hashable>(
        _ reconnections: [Reconnection], by key: (Reconnection) -> Key
    ) -> Int {
        let parts = Dictionary(grouping: reconnections, by: key)
        return parts.values.map { peak(of: $0.map(\.at)) }.max() ?? 0
    }

    /// The most moments that lie within one window, its end not counted.
    public static func peak(of moments: [Instant], within window: Duration = .seconds(1)) -> Int {
        let sorted = moments.sorted()
        var (first, most) = (0, 0)
        for (last, moment) in sorted.enumerated() {
            while moment - sorted[first] >= window { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    /// - Parameters:
    ///   - perSecond: how many one node may send elsewhere in a second; 0 sends none.
    ///   - admissionsPerSecond: how many one node takes in a second; 0 is without limit.
    public func violations(perSecond: Int, admissionsPerSecond: Int) -> [Violation] {
        var violations: [Violation] = []
        if perSecond > 0, peakOfOneNode > Self.bound(perSecond) {
            let text = "one node sent \(peakOfOneNode) clients elsewhere in a second"
            violations.append(Violation(.pace, "\(text); \(perSecond) are set"))
        }
        if admissionsPerSecond > 0, peakToOneNode > Self.bound(admissionsPerSecond) {
            let text = "\(peakToOneNode) clients came to one node in a second"
            violations.append(Violation(.pace, "\(text); it takes \(admissionsPerSecond)"))
        }
        return violations
    }

    private static func bound(_ count: Int) -> Int {
        // Two, since turns are moved by less than the distance to the next.
        count + 2 + count * tolerancePerCent / 100
    }
}
