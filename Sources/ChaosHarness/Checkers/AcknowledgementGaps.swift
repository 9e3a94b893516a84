public import Vocabulary

/// How long nothing was acknowledged after each kill.
public struct AcknowledgementGaps: Sendable {
    public struct Acknowledgement: Hashable, Sendable {
        public let at: Instant
        public let group: ReplicaGroupID

        public init(at: Instant, group: ReplicaGroupID) {
            self.at = at
            self.group = group
        }
    }

    public struct Kill: Hashable, Sendable {
        public let at: Instant
        /// Groups that lost their leader.
        public let groups: [ReplicaGroupID]

        public init(at: Instant, groups: [ReplicaGroupID]) {
            self.at = at
            self.groups = groups
        }
    }

    /// For each kill, the longest time without any acknowledgement.
    public private(set) var ofAll: [Duration] = []
    /// For each kill and group that lost its leader, the longest time without one of that group.
    public private(set) var ofGroups: [Duration] = []

    /// - Parameter acknowledgements: in order of time.
    /// - Parameter end: of sending; what comes after is no gap.
    public init(_ acknowledgements: [Acknowledgement], _ kills: [Kill], end: Instant) {
        for (index, kill) in kills.enumerated() {
            let until = index + 1 < kills.count ? min(kills[index + 1].at, end) : end
            guard kill.at < until else { continue }
            ofAll.append(Self.longest(acknowledgements, from: kill.at, until: until, end: end))
            for group in kill.groups {
                let own = acknowledgements.filter { $0.group == group }
                guard !own.isEmpty else { continue }
                ofGroups.append(Self.longest(own, from: kill.at, until: until, end: end))
            }
        }
    }

    /// The longest time between two of them that begins in the window, whenever it ends.
    private static func longest(
        _ acknowledgements: [Acknowledgement], from: Instant, until: Instant, end: Instant
    ) -> Duration {
        var (last, longest) = (from, Duration.zero)
        for acknowledgement in acknowledgements where acknowledgement.at > from {
            guard last < until else { return longest }
            longest = max(longest, min(acknowledgement.at, end) - last)
            last = acknowledgement.at
        }
        return last < until ? max(longest, end - last) : longest
    }

    /// The median and the longest; nil of none.
    public static func summary(_ gaps: [Duration]) -> (median: Duration, longest: Duration)? {
        let sorted = gaps.sorted()
        guard let longest = sorted.last else { return nil }
        return (sorted[sorted.count / 2], longest)
    }
}
