public import Vocabulary

/// Names one write of one instance; each is greater than all before it.
public struct WriteToken: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: WriteToken, right: WriteToken) -> Bool {
        left.rawValue < right.rawValue
    }

    public var description: String { "w\(rawValue)" }

    var next: WriteToken { WriteToken(rawValue + 1) }
}

/// What one directive asks to be made durable, as one atomic unit and in the order of tokens.
public struct RaftWrite: Hashable, Sendable {
    public let token: WriteToken
    /// Only if it changed since the previous write.
    public let hardState: HardState?
    /// Contiguous. If the first index is not above the last one written before, all that was
    /// written from it on is replaced. Empty if only the hard state changed.
    public let entries: [LogEntry]

    public init(token: WriteToken, hardState: HardState?, entries: [LogEntry]) {
        self.token = token
        self.hardState = hardState
        self.entries = entries
    }
}
