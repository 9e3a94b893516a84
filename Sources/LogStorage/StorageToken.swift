/// Names a run of storage directives; reported when all of them are done.
///
/// Tokens of one purpose are completed in rising order. Tokens of different purposes say nothing
/// about each other, although they compare.
public struct StorageToken: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// What the directives before the token were for.
    public enum Purpose: UInt8, Comparable, Sendable, CaseIterable {
        /// A batch of the write-ahead log: carried out on the log lane.
        case log = 0
        /// Spare segments made, old ones recycled: carried out on the bulk lane.
        case upkeep = 1
        /// A snapshot's file: carried out on the bulk lane, numbered by whoever saves snapshots.
        case snapshot = 2

        public static func < (left: Purpose, right: Purpose) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    public let purpose: Purpose
    public let number: UInt64

    public init(_ purpose: Purpose, number: UInt64) {
        self.purpose = purpose
        self.number = number
    }

    public static func < (left: StorageToken, right: StorageToken) -> Bool {
        (left.purpose, left.number) < (right.purpose, right.number)
    }

    public var description: String { "\(purpose)\(number)" }
}
