/// A leader's reign in one replica group. Terms start at 1; 0 is before the first.
public struct Term: Identifier {
    public static let symbol = "t"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let zero = Term(0)
    @inlinable public var next: Term { Term(rawValue + 1) }
}

/// A position in one replica group's log. The first entry is 1; 0 is before the first.
public struct LogIndex: Identifier {
    public static let symbol = "i"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let zero = LogIndex(0)
    @inlinable public var next: LogIndex { LogIndex(rawValue + 1) }

    /// - Precondition: not `zero`.
    @inlinable public var previous: LogIndex { LogIndex(rawValue - 1) }
    @inlinable public func advanced(by count: Int) -> LogIndex {
        LogIndex(UInt64(Int64(rawValue) + Int64(count)))
    }

    /// How many entries lie in `self + 1 ... other`; negative if `other` is before.
    @inlinable public func distance(to other: LogIndex) -> Int {
        Int(Int64(bitPattern: other.rawValue &- rawValue))
    }
}

/// A position in a chat's own log: 1, 2, 3, ... without gaps. 0 is before the first.
public struct SequenceNumber: Identifier {
    public static let symbol = "#"
    public let rawValue: UInt64
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let zero = SequenceNumber(0)
    @inlinable public var next: SequenceNumber { SequenceNumber(rawValue + 1) }
}
