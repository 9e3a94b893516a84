/// How long things took, in microseconds: exact below 32, within 1/32 above, up to 19 hours.
///
/// Each power of two is cut into 32 equal buckets. Recording costs some nanoseconds and no memory.
public struct Histogram: Sendable, Equatable {
    private static let cuts = 32
    private static let cutBits = 5
    private static let valueBits = 36

    /// Longer is counted as this.
    public static let microsecondsMaximum: UInt64 = (1 << UInt64(valueBits)) - 1

    private var counts = [UInt64](repeating: 0, count: (valueBits - cutBits + 1) * cuts)
    public private(set) var count: UInt64 = 0
    public private(set) var sumMicroseconds: UInt64 = 0
    /// The longest; 0 if there is none.
    public private(set) var longestMicroseconds: UInt64 = 0

    public init() {}

    public mutating func record(microseconds: UInt64) {
        let value = min(microseconds, Self.microsecondsMaximum)
        counts[Self.bucket(of: value)] += 1
        count += 1
        sumMicroseconds &+= value
        longestMicroseconds = max(longestMicroseconds, value)
    }

    /// Adds what `other` has recorded.
    public mutating func add(_ other: Histogram) {
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
        count += other.count
        sumMicroseconds &+= other.sumMicroseconds
        longestMicroseconds = max(longestMicroseconds, other.longestMicroseconds)
    }

    /// What `share` thousandths of all took at most, rounded up to a bucket's end; 0 if there is
    /// none.
    ///
    /// - Parameter share: 0 ... 1000; 500 is the median, 999 the 99.9th percentile, 1000 the
    ///   longest.
    public func percentile(perMille share: Int) -> UInt64 {
        // In whole numbers: rounding a Double would make every program link the mathematics
        // library.
        let thousandths = UInt64(min(max(share, 0), 1_000))
        let rank = max((count * thousandths + 999) / 1_000, 1)
        var seen: UInt64 = 0
        for (bucket, inBucket) in counts.enumerated() {
            seen += inBucket
            if seen >= rank { return min(Self.end(of: bucket), longestMicroseconds) }
        }
        return longestMicroseconds
    }

    /// How many took at most `microseconds`, as far as buckets tell: those that end there or
    /// before.
    public func count(withinMicroseconds microseconds: UInt64) -> UInt64 {
        var total: UInt64 = 0
        for (bucket, inBucket) in counts.enumerated() {
            guard Self.end(of: bucket) <= microseconds else { break }
            total += inBucket
        }
        return total
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(cuts) else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        let cut = Int(value >> UInt64(power - cutBits)) - cuts
        return (power - cutBits + 1) * cuts + cut
    }

    /// The largest value in a bucket.
    private static func end(of bucket: Int) -> UInt64 {
        guard bucket >= cuts else { return UInt64(bucket) }
        let shift = UInt64(bucket / cuts - 1)
        return (UInt64(cuts + bucket % cuts + 1) << shift) - 1
    }
}
